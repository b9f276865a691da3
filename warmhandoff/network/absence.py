"""Being away, with dates, and who covers meanwhile.

Nothing changes hands: whoever is away goes on holding their people, and owes what they owe. Their cover sees it on their own
Today, as far as their own role sees it, and hears what is told about it. An absence is over after its last day by itself.
"""

from __future__ import annotations

from datetime import date

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from warmhandoff.foundation import clock, duties
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.errors import BadValue, DomainError, NotAllowed, NotYours, WrongState
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.jurisdictions import dates
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Absence, Membership
from warmhandoff.network.reading import absences_between, queue_of, today
from warmhandoff.network.roles import SHEETS, Permission, Role, may

SUBJECT = "absence"
FIND_COVER = "find_cover"

duties.name({FIND_COVER: duties.Kind(_("Choose who covers"))})

# Whoever is away longer hands their caseload over: nobody is held for a season by someone who isn't there.
LONGEST_DAYS = 90
# What a line on somebody's Today may lead to: a cover who sees less of it would leave it undone.
LINES = frozenset({Permission.SEE_TODAY, Permission.SEE_PEOPLE, Permission.SEE_REFERRALS})

duties.name({FIND_COVER: duties.Kind(_("Find a cover for a colleague"))})


class AwayAlready(DomainError):
    code = "away_already"
    sentence = "They are away in these days already."
    mend = "End that absence first, or choose other days."


class CannotCover(DomainError):
    code = "cannot_cover"
    sentence = "They can't cover in these days."
    mend = "Choose somebody who is here."


class NeedsCover(DomainError):
    code = "needs_cover"
    sentence = "Whoever answers for the queue is never away without a cover."
    mend = "Choose who covers, or appoint another lead first."


@transaction.atomic
def say_away(
    *, membership: Membership, from_day: date, until_day: date, cover: Membership | None, by: Actor
) -> Absence:
    """Someone is away from one day to another, both included, covered by a colleague, or by nobody in particular."""
    require_may_say(membership, by)
    _require_days(from_day, until_day)
    arrange(membership.organization_id)
    return _begin(membership, from_day, until_day, cover, by=by)


@transaction.atomic
def cover_by(*, absence: Absence, cover: Membership, by: Actor) -> Absence:
    """Somebody else covers from now on. What stood before is kept."""
    require_may_say(absence.membership, by)
    arrange(absence.organization_id)
    if is_over(absence):
        raise WrongState("They are back already.")
    _end_one(absence, Absence.Ended.REPLACED, by=by)
    return _begin(absence.membership, max(absence.from_day, today()), absence.until_day, cover, by=by)


@transaction.atomic
def end(*, absence: Absence, by: Actor) -> None:
    """They are back earlier, or don't go at all."""
    require_may_say(absence.membership, by)
    if is_over(absence):
        raise WrongState("They are back already.")
    _end_one(absence, Absence.Ended.EARLY, by=by)


def is_over(absence: Absence) -> bool:
    return absence.ended_at is not None or absence.until_day < today()


@transaction.atomic
def close_finding(*, absence: Absence, by: Actor) -> None:
    """Nobody need be found any more: they are back."""
    require_may_say(absence.membership, by)
    if not is_over(absence):
        raise WrongState("They are still away.", mend="Choose who covers.")
    _found([absence.pk], by=by)


def require_may_say(membership: Membership, by: Actor) -> None:
    """Oneself, or a lead here."""
    if by.kind != Actor.Kind.MEMBER or by.organization_id != membership.organization_id:
        raise NotYours()
    if by.subject_id == membership.pk:
        return
    role = Membership.objects.values_list("role", flat=True).get(pk=by.subject_id or 0)
    if not may(role, Permission.ASSIGN):
        raise NotAllowed("Only a lead says for others that they are away.", mend="Ask your lead.")


def arrange(organization_id: int) -> None:
    """Before all else: one at a time in an organization says who is away, covers or leaves, until its transaction has ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT wh_arrange_absences(%s)", [organization_id])


# --- Leaving ------------------------------------------------------------------------------------------------------


def end_with(membership: Membership, *, by: Actor) -> None:
    """Someone's work here ends, and with it their absences and whom they cover: whoever answers for the queue finds another."""
    arrange(membership.organization_id)
    _end(_not_over(membership.organization_id).filter(membership=membership), Absence.Ended.LEFT, by=by)
    left = list(_not_over(membership.organization_id).filter(cover=membership))
    for absence in left:
        if absence.membership.leads.exists():
            name = absence.membership.user.name
            raise NeedsCover(
                f"{membership.user.name} covers {name}, who answers for the queue.",
                mend=f"First let somebody else cover {name}.",
            )
    _end(Absence.objects.filter(pk__in=[absence.pk for absence in left]), Absence.Ended.COVER_LEFT, by=by)
    for absence in left:
        _find_cover(
            _begin(absence.membership, max(absence.from_day, today()), absence.until_day, None, by=by), by=by
        )


def end_all(organization_id: int, *, by: Actor) -> None:
    """The organization closes: nobody is away from it any more."""
    _end(_not_over(organization_id), Absence.Ended.LEFT, by=by)


def _find_cover(absence: Absence, *, by: Actor) -> None:
    begins = current_place().start_of(absence.from_day)
    duties.open_duty(
        owner=Owner(absence.organization_id, queue_id=queue_of(absence.organization_id).pk),
        kind=FIND_COVER,
        due_at=current_place().deadline("next_step", max(clock.now(), begins)),
        by=by,
        subject=(SUBJECT, absence.pk),
        detail=absence.code,
        max_days=LONGEST_DAYS,
    )


# --- What each of them does ---------------------------------------------------------------------------------------


def _not_over(organization_id: int) -> QuerySet[Absence]:
    return absences_between(organization_id, today(), date.max)


def _begin(
    membership: Membership, from_day: date, until_day: date, cover: Membership | None, *, by: Actor
) -> Absence:
    if not Membership.objects.filter(pk=membership.pk, state=Membership.State.ACTIVE).exists():
        raise NotYours()
    then = absences_between(membership.organization_id, from_day, until_day)
    again = then.filter(membership=membership).first()
    if again is not None:
        raise AwayAlready(f"{membership.user.name} is away already {_days(again)}.")
    covers = then.filter(cover=membership).first()
    if covers is not None:
        other = covers.membership.user.name
        raise CannotCover(
            f"{membership.user.name} covers {other} {_days(covers)}.",
            mend=f"First let somebody else cover {other}.",
        )
    if cover is not None:
        _require_can_cover(cover, membership, then)
    elif membership.leads.exists():
        raise NeedsCover()
    return Absence.objects.create(
        organization_id=membership.organization_id,
        membership=membership,
        cover=cover,
        from_day=from_day,
        until_day=until_day,
        said_by=by,
        said_at=clock.now(),
    )


def _require_days(from_day: date, until_day: date) -> None:
    if from_day < today():
        raise BadValue("from_day", "This day is over.", mend="Choose today or a later day.")
    if until_day < from_day:
        raise BadValue("until_day", "The last day comes before the first.", mend="Check both days.")
    if (until_day - from_day).days >= LONGEST_DAYS:
        raise BadValue(
            "until_day",
            f"An absence is at most {LONGEST_DAYS} days.",
            mend="Hand the caseload over for longer than that.",
        )


def _require_can_cover(cover: Membership, membership: Membership, then: QuerySet[Absence]) -> None:
    here = Membership.objects.filter(pk=cover.pk, organization_id=membership.organization_id)
    if not here.filter(state=Membership.State.ACTIVE).exists():
        raise NotYours("That colleague doesn't work here.", mend="Choose someone from the list.")
    if cover.pk == membership.pk:
        raise CannotCover("Nobody covers for themselves.", mend="Choose a colleague.")
    if not sees_what(cover, membership):
        raise CannotCover(
            f"A {SHEETS[Role(cover.role)].label} doesn't see all that {membership.user.name} has to do.",
            mend="Choose a colleague who does the same work.",
        )
    away = then.filter(membership=cover).first()
    if away is not None:
        raise CannotCover(f"{cover.user.name} is away {_days(away)}.")


def sees_what(cover: Membership, membership: Membership) -> bool:
    """Whether the cover's own role sees the lines that are on the other's Today."""
    needed = SHEETS[Role(membership.role)].permissions & LINES
    return needed <= SHEETS[Role(cover.role)].permissions


def can_cover(membership: Membership, colleagues: QuerySet[Membership]) -> list[Membership]:
    """Those of these colleagues whose role can; whether they are here then is asked with the days."""
    return [each for each in colleagues if each.pk != membership.pk and sees_what(each, membership)]


def _days(absence: Absence) -> str:
    return f"from {dates.short_day(absence.from_day)} until {dates.short_day(absence.until_day)}"


def _end_one(absence: Absence, how: str, *, by: Actor) -> None:
    if not _end(Absence.objects.filter(pk=absence.pk), how, by=by):
        raise WrongState()


def _end(absences: QuerySet[Absence], how: str, *, by: Actor) -> int:
    ended = list(absences.filter(ended_at__isnull=True).values_list("pk", flat=True))
    number = Absence.objects.filter(pk__in=ended, ended_at__isnull=True).update(
        ended_at=clock.now(), ended_by=by, ended_how=how
    )
    _found(ended, by=by)
    return number


def _found(absences: list[int], *, by: Actor) -> None:
    waiting = Duty.objects.filter(
        subject_kind=SUBJECT, subject_id__in=absences, kind=FIND_COVER, closed_at__isnull=True
    )
    duties.close(waiting, how=Duty.Closed.NO_LONGER, by=by)
