"""Asking how somebody stands: the needs scale, and what is ready for work. Each time it is asked is a row of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from warmhandoff.casework.models import Rating, Ready
from warmhandoff.casework.models.standing import HIGHEST, LOWEST
from warmhandoff.casework.reading.standing import HELD_ELSEWHERE, ready_now
from warmhandoff.foundation import clock, terms
from warmhandoff.foundation.errors import BadValue, NotYours
from warmhandoff.foundation.models import Actor
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants import profile
from warmhandoff.participants.correcting import require_may_correct
from warmhandoff.participants.models import Paper, Participant, Unknown
from warmhandoff.participants.profile import Answers

DOMAINS, ITEMS = "scale_domain", "ready_item"
# Why somebody stands nowhere on the scale; "not asked" is no row at all.
WHY_NOT = (Unknown.DOESNT_KNOW, Unknown.PREFERS_NOT)


@transaction.atomic
def rate(
    *, file: Participant, levels: Mapping[str, int | str], by: Actor, on: date | None = None
) -> list[Rating]:
    """Where somebody stands in some domains, as agreed with them: a level of 1 to 5, or why there is none."""
    _require_own(file)
    if not levels:
        raise BadValue("", "Nothing is chosen.", mend="Choose where they stand in one domain, or more.")
    day = _day(on)
    rows = [_rating(file, domain, level, by=by, on=day) for domain, level in levels.items()]
    return Rating.objects.bulk_create(rows)


@transaction.atomic
def correct_rating(*, rating: Rating, level: int | str, reason: str, by: Actor) -> Rating:
    """It was mistyped, or somebody else's: say it right."""
    require_may_correct(rating, reason, by=by)
    right = _rating(rating.file, rating.domain, level, by=by, on=rating.on)
    if (right.level, right.unknown) == (rating.level, rating.unknown):
        raise BadValue("level", "This says the same.", mend="Change what was wrong, or leave it as it is.")
    right.supersedes, right.reason = rating, reason
    right.save(force_insert=True)
    return right


@transaction.atomic
def mark_ready(*, file: Participant, standings: Mapping[str, str], by: Actor) -> int:
    """What is there, on the way, missing, or not needed. Only what differs from before is kept; returns how much that was.

    A paper is kept where papers stand, so that it is never asked for twice; phone, mail and housing are said there alone.
    """
    _require_own(file)
    for item, standing in standings.items():
        if not terms.is_in_force(ITEMS, item) or item in HELD_ELSEWHERE:
            raise BadValue(item, "This isn't said here.", mend="Choose from the list.")
        if standing not in (Paper.Standing.values if item in Paper.Kind.values else Ready.Standing.values):
            raise BadValue(item, "There is no such answer.", mend="Choose one from the list.")
    before = ready_now(file)
    fresh = {item: standing for item, standing in standings.items() if before.get(item, "") != standing}
    day = clock.today(current_place().zone)
    papers = {item: standing for item, standing in fresh.items() if item in Paper.Kind.values}
    if papers:
        profile.learn(file=file, answers=profile.told_again(file, Answers(papers=papers)), by=by)
    Ready.objects.bulk_create(
        Ready(
            file=file,
            organization_id=file.organization_id,
            item=item,
            data_class=terms.known()[ITEMS, item].data_class,
            standing=standing,
            on=day,
            by=by,
            happened_at=clock.now(),
        )
        for item, standing in fresh.items()
        if item not in papers
    )
    return len(fresh)


def _rating(file: Participant, domain: str, level: int | str, *, by: Actor, on: date) -> Rating:
    if not terms.is_in_force(DOMAINS, domain):
        raise BadValue(domain, "There is no such domain.", mend="Choose one from the list.")
    if isinstance(level, int) and not LOWEST <= level <= HIGHEST:
        raise BadValue(domain, "The scale goes from 1 to 5.", mend="Choose what comes nearest.")
    if isinstance(level, str) and level not in WHY_NOT:
        raise BadValue(domain, "There is no such answer.", mend="Choose one from the list.")
    return Rating(
        file=file,
        organization_id=file.organization_id,
        domain=domain,
        data_class=terms.known()[DOMAINS, domain].data_class,
        level=level if isinstance(level, int) else None,
        unknown="" if isinstance(level, int) else level,
        on=on,
        by=by,
        happened_at=min(clock.now(), current_place().end_of(on)),
    )


def _day(on: date | None) -> date:
    today = clock.today(current_place().zone)
    if on is not None and on > today:
        raise BadValue("on", "This can't have happened yet.", mend="Give a day up to today.")
    return on or today


def _require_own(file: Participant) -> None:
    if file.organization_id != current_organization():
        raise NotYours()
