"""Where the person stands by the needs scale, each time that it was filled in with them; and what is ready for work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from warmhandoff.casework.models import Rating, Ready
from warmhandoff.casework.models.standing import HIGHEST
from warmhandoff.foundation import terms
from warmhandoff.participants.models import Unknown
from warmhandoff.web.people.letter import Fact, Part, Section, Wording, as_it_stands, on_paper

STANDING = {
    Ready.Standing.HAS: gettext_lazy("It is there."),
    Ready.Standing.ON_THE_WAY: gettext_lazy("It is on the way."),
    Ready.Standing.HASNT: gettext_lazy("It is not there yet."),
    Ready.Standing.NOT_NEEDED: gettext_lazy("You do not need it."),
}
UNKNOWN = {
    Unknown.NOT_ASKED: gettext_lazy("We did not ask."),
    Unknown.DOESNT_KNOW: gettext_lazy("You said that you do not know."),
    Unknown.PREFERS_NOT: gettext_lazy("You said that you prefer not to say."),
}


def _rows(file: int) -> tuple[QuerySet[Any], ...]:
    return (
        on_paper(Rating.objects.filter(file_id=file)).order_by("on", "id"),
        on_paper(Ready.objects.filter(file_id=file)).order_by("on", "id"),
    )


def _tells(rows: Sequence[list[Any]], wording: Wording) -> Iterable[Section]:
    ratings, ready = rows
    if ratings:
        section = Section(
            _("Where you stand"),
            [_("You and we looked at this together: 1 is urgent, %(most)s is strong.") % {"most": HIGHEST}],
        )
        for rating in as_it_stands(ratings):
            section.tell(rating.on, f"{terms.word('scale_domain', rating.domain)}: {_level(rating)}")
        yield section
    if ready:
        last = {one.item: one.standing for one in as_it_stands(ready)}
        section = Section(_("What you have ready for work"))
        section.facts = [
            Fact(terms.word("ready_item", item), str(STANDING[Ready.Standing(standing)]))
            for item, standing in last.items()
        ]
        yield section


def _level(rating: Rating) -> str:
    if rating.level is None:
        return str(UNKNOWN[Unknown(rating.unknown)])
    return f"{rating.level}. {terms.word('scale_anchor', f'{rating.domain}_{rating.level}')}."


PART = Part(_rows, _tells)
