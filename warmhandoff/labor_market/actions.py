"""Writing down what the law asks: a new least wage follows the one before, from today or a later day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from warmhandoff.foundation import clock, terms
from warmhandoff.foundation.errors import BadValue
from warmhandoff.foundation.models import Actor
from warmhandoff.jurisdictions.dates import full_day
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.labor_market.models import Locality, WageFloor
from warmhandoff.labor_market.reading import dollars

# An hour pays more than that nowhere by law: a slip of the finger, not a rate.
HIGHEST = Decimal(100)


class FloorOfThePast(BadValue):
    """Hours were paid by the floor that was written down: it isn't changed for a day that has passed."""

    code = "floor_of_the_past"


@transaction.atomic
def set_floor(
    *,
    locality: Locality,
    rate: Decimal,
    valid_from: date,
    source: str,
    by: Actor,
    industry: str = "",
    verified_on: date | None = None,
) -> WageFloor:
    """The least that an hour pays there from a day on. What goes on until then ends the day before."""
    _check(rate, source, industry, verified_on)
    # Two who write at once: the second waits, and finds what the first wrote.
    Locality.objects.select_for_update().get(pk=locality.pk)
    same = WageFloor.objects.filter(locality=locality, industry=industry)
    standing = same.order_by("-valid_from").first()
    today = clock.today(current_place().zone)
    if standing is not None and valid_from < today:
        raise FloorOfThePast(
            "valid_from",
            _("%(rate)s is written down for %(day)s, and hours were paid by it.")
            % {"rate": dollars(standing.rate), "day": full_day(valid_from)},
            mend=_("A least wage can be written down from today on: choose today or a later day."),
        )
    if standing is not None and valid_from <= standing.valid_from:
        raise BadValue(
            "valid_from",
            _("%(rate)s is already written down from %(day)s on.")
            % {"rate": dollars(standing.rate), "day": full_day(standing.valid_from)},
            mend=_("Choose a later day."),
        )
    same.filter(valid_to__isnull=True).update(valid_to=valid_from - timedelta(days=1))
    return WageFloor.objects.create(
        locality=locality,
        industry=industry,
        rate=rate,
        valid_from=valid_from,
        source=source.strip(),
        verified_on=verified_on,
        by=by,
    )


@transaction.atomic
def verify_floor(*, floor: WageFloor, by: Actor) -> None:
    """Somebody held it against its source, today."""
    WageFloor.objects.filter(pk=floor.pk).update(verified_on=clock.today(current_place().zone))


def _check(rate: Decimal, source: str, industry: str, verified_on: date | None) -> None:
    if not 0 < rate <= HIGHEST:
        raise BadValue(
            "rate", _("This can’t be an hour’s least wage."), mend=_("Write dollars an hour, like 17.87.")
        )
    if not source.strip():
        raise BadValue("source", _("A least wage needs its source."), mend=_("Write where it can be read."))
    if industry and not terms.is_in_force("industry", industry):
        raise BadValue("industry", _("There is no such industry."), mend=_("Choose one from the list."))
    if verified_on is not None and verified_on > clock.today(current_place().zone):
        raise BadValue(
            "verified_on", _("This day is still to come."), mend=_("Write the day on which you read it.")
        )
