"""What doesn't work for those who use this: said on any page, heard by the network's office, told back, and shared by all.

Words: report (one time that somebody said so, with the page's state and what they typed), improvement (what the office makes of
one or more reports: how it stands, a sentence, and words of its own without names), voice (an organization has it too).
What was typed is read by the office alone; what the office says, by everybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Case, Count, QuerySet, Value, When

from warmhandoff.foundation import clock, messages, together
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import Actor
from warmhandoff.network.models import (
    Improvement,
    ImprovementChange,
    ImprovementReport,
    ImprovementVoice,
    ImprovementWords,
    Membership,
    Organization,
)
from warmhandoff.network.notices import IMPROVEMENT_REPORT, ImprovementMail

COLUMNS = (
    "improvement", "state", "said", "words", "organizations", "said_on", "page", "role", "organization", "version", "width",
    "language", "may_ask_back", "trying", "happened",
)  # fmt: skip
LONGEST = 1000
LONGEST_SAID = 240
LONGEST_WORDS = 200
DECIDED = frozenset({Improvement.State.PLANNED, Improvement.State.DONE, Improvement.State.NOT_NOW})


@dataclass(frozen=True)
class Seen:
    """The state of the page that doesn't work. Nothing of it is about a person: no address, no code, no name."""

    page: str = ""
    role: str = ""
    organization: Organization | None = None
    version: str = ""
    width: str = ""
    language: str = "en"


# --- Saying so ----------------------------------------------------------------------------------------------------


@transaction.atomic
def report(
    *, trying: str, happened: str = "", may_ask_back: bool = False, seen: Seen, by: Actor | None
) -> ImprovementReport:
    """Somebody says that something doesn't work for them. Without an account (`by` is None) the report's code shows what came of it."""
    trying, happened = trying.strip(), happened.strip()
    if not trying:
        raise BadValue("trying", "Say in a few words what you were trying to do.")
    found = ImprovementReport.objects.create(
        improvement=Improvement.objects.create(),
        by=by,
        organization=seen.organization,
        role=seen.role,
        page=seen.page[:60],
        version=seen.version[:40],
        width=seen.width[:10],
        language=seen.language[:5],
        may_ask_back=may_ask_back,
    )
    # Whoever types it may not read it back: written without asking for the row.
    together.write([ImprovementWords(report=found, trying=trying[:LONGEST], happened=happened[:LONGEST])])
    return found


@transaction.atomic
def have_this_too(*, improvement: Improvement, organization: Organization, by: Actor) -> None:
    """An organization has it too; said twice, it counts once."""
    if not shared().filter(pk=improvement.pk).exists():
        raise NotYours()
    ImprovementVoice.objects.bulk_create(
        [ImprovementVoice(improvement=improvement, organization=organization, by=by)], ignore_conflicts=True
    )


# --- The office ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """What the office says of it: how it stands, a sentence to whoever reported it, and words for the list that all read."""

    state: str
    said: str = ""
    said_es: str = ""
    words: str = ""
    words_es: str = ""


@transaction.atomic
def say_back(*, improvement: Improvement, told: Said, by: Actor) -> None:
    """Say how it stands. Whoever reported it is told where that changed; the list shows it at once."""
    improvement = _locked(improvement)
    if told.state not in Improvement.State.values:
        raise BadValue("state", "Choose how it stands.")
    if told.state in DECIDED and not told.said.strip():
        raise BadValue(
            "said", "Say in one sentence why, or what will be.", mend="Whoever reported it reads it."
        )
    before = (improvement.state, improvement.said, improvement.said_es)
    improvement.state = told.state
    improvement.said, improvement.said_es = _line(told.said), _line(told.said_es)
    improvement.words, improvement.words_es = _line(told.words), _line(told.words_es)
    changed = before != (improvement.state, improvement.said, improvement.said_es)
    if changed:
        improvement.changed_at = clock.now()
    improvement.save()
    if changed:
        _record(improvement, by)
        _tell(improvement.reports.all())


@transaction.atomic
def merge(*, improvement: Improvement, into: Improvement, by: Actor) -> None:
    """The same as another: its reports and voices go there, and whoever reported it hears how that one stands."""
    first, second = sorted((improvement.pk, into.pk))
    if first == second:
        raise BadValue("into", "It can't be the same as itself.", mend="Choose another one.")
    # In one order, so that two who merge at once wait for each other and not in a ring.
    kept = {
        each.pk: each
        for each in Improvement.objects.select_for_update().filter(pk__in=(first, second)).order_by("pk")
    }
    gone, stays = kept[improvement.pk], kept[into.pk]
    if gone.merged_into_id is not None or stays.merged_into_id is not None:
        raise WrongState(
            "One of them has been put together with another already.", mend="Open the list again."
        )
    reports = list(gone.reports.values_list("pk", flat=True))
    gone.merged_into, gone.changed_at = stays, clock.now()
    gone.save(update_fields=["merged_into", "changed_at"])
    Improvement.objects.filter(merged_into=gone).update(merged_into=stays)
    ImprovementReport.objects.filter(pk__in=reports).update(improvement=stays)
    ImprovementVoice.objects.bulk_create(
        [
            ImprovementVoice(improvement=stays, organization_id=voice.organization_id, by=by)
            for voice in gone.voices.all()
        ],
        ignore_conflicts=True,
    )
    if stays.state != Improvement.State.NEW:
        _tell(ImprovementReport.objects.filter(pk__in=reports))


def _locked(improvement: Improvement) -> Improvement:
    found = Improvement.objects.select_for_update().get(pk=improvement.pk)
    if found.merged_into_id is not None:
        raise WrongState("This has been put together with another one.", mend="Open the list again.")
    return found


def _record(improvement: Improvement, by: Actor) -> None:
    ImprovementChange.objects.create(
        improvement=improvement,
        state=improvement.state,
        said=improvement.said,
        said_es=improvement.said_es,
        by=by,
    )


def _tell(reports: QuerySet[ImprovementReport]) -> None:
    """A mail to each member who reported it and still works there. A visitor has the report's code."""
    told = reports.filter(by__kind=Actor.Kind.MEMBER).values_list("pk", "by__subject_id")
    mails = dict(
        Membership.objects.filter(
            pk__in=[member for _, member in told], state=Membership.State.ACTIVE, mail__isnull=False
        ).values_list("pk", "mail_id")
    )
    organizations = dict(Membership.objects.filter(pk__in=mails).values_list("pk", "organization_id"))
    for pk, member in told:
        if member in mails:
            messages.send(
                ImprovementMail,
                to=mails[member],
                organization_id=organizations[member],
                subject=(IMPROVEMENT_REPORT, pk),
            )


def _line(text: str) -> str:
    return " ".join(text.split())


# --- Reading ------------------------------------------------------------------------------------------------------


def shared() -> QuerySet[Improvement]:
    """What every member reads: that to which the office gave its own words, the newest change first."""
    return _counted(Improvement.objects.filter(merged_into__isnull=True).exclude(words=""))


def shared_or_404(code: str) -> Improvement:
    found = shared().filter(code=code).first()
    if found is None:
        raise NotYours()
    return found


def voiced_by(organization_id: int) -> set[int]:
    return set(
        ImprovementVoice.objects.filter(organization_id=organization_id).values_list(
            "improvement_id", flat=True
        )
    )


def reported_by(actor: Actor) -> QuerySet[ImprovementReport]:
    """What one member reported, newest first, each with how it stands."""
    return ImprovementReport.objects.filter(by=actor).select_related("improvement")


def report_or_404(code: str) -> ImprovementReport:
    """By its code, which only whoever reported it was given."""
    found = ImprovementReport.objects.select_related("improvement").filter(code=code, by__isnull=True).first()
    if found is None:
        raise NotYours()
    return found


def heard(state: str = "") -> QuerySet[Improvement]:
    """The office's list: what is new first, then by the newest change."""
    found = _counted(Improvement.objects.filter(merged_into__isnull=True))
    found = found.filter(state=state) if state else found
    return found.order_by(_new_first(), "-changed_at", "-id")


def heard_or_404(code: str) -> Improvement:
    found = _counted(Improvement.objects.filter(merged_into__isnull=True)).filter(code=code).first()
    if found is None:
        raise NotYours()
    return found


def words_of(improvements: Sequence[Improvement]) -> dict[int, list[ImprovementReport]]:
    """The reports of each with what was typed, newest first. Nobody but the office reads them: the database sees to it."""
    found: dict[int, list[ImprovementReport]] = {each.pk: [] for each in improvements}
    reports = ImprovementReport.objects.filter(improvement__in=found).select_related(
        "organization", "by", "typed"
    )
    for each in reports:
        found[each.improvement_id].append(each)
    return found


def lines_for_the_office() -> Iterator[dict[str, Any]]:
    """Each report as a line of the office's file."""
    everything = list(heard())
    reports = words_of(everything)
    for improvement in everything:
        for each in reports[improvement.pk]:
            yield {
                "improvement": improvement.code,
                "state": improvement.state,
                "said": improvement.said,
                "words": improvement.words,
                "organizations": improvement.organizations,  # type: ignore[attr-defined]  # counted
                "said_on": each.at.date().isoformat(),
                "page": each.page,
                "role": each.role,
                "organization": each.organization.name if each.organization else "",
                "version": each.version,
                "width": each.width,
                "language": each.language,
                "may_ask_back": "yes" if each.may_ask_back else "no",
                "trying": each.typed.trying,
                "happened": each.typed.happened,
            }


def _counted(found: QuerySet[Improvement]) -> QuerySet[Improvement]:
    return found.annotate(
        organizations=Count("voices", distinct=True), times=Count("reports", distinct=True)
    ).order_by("-changed_at", "-id")


def _new_first() -> Any:
    return Case(When(state=Improvement.State.NEW, then=Value(0)), default=Value(1))
