"""What a person says on their own page is wrong: heard by whoever holds them, answered there, and shown with its answer.

Their words are free text, so they stand in the class narrative. While one waits for its answer nobody is released.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from warmhandoff.custody import actions
from warmhandoff.foundation import clock, duties
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.errors import BadValue, DomainError, NotYours, WrongState
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.reading import led_queue_of
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Narrative, Participant
from warmhandoff.participants.own_page import SaidWrong

SUBJECT, ANSWER = "said_wrong", "said_wrong_answer"
# The duty of whoever holds the person, by the next step's deadline.
HEAR = "said_wrong"

duties.name({HEAR: duties.Kind(_("Read what a person says is wrong"))})
MOST_OPEN, LONGEST = 5, 2000


class NobodyThere(DomainError):
    code = "nobody_there"
    sentence = _("Nobody there can read this now.")  # type: ignore[assignment]
    mend = _("Please call them.")  # type: ignore[assignment]


@transaction.atomic
def say(*, file: Participant, about: str, words: str, by: Actor) -> SaidWrong:
    """The person says it, to the organization of this file: its holder of them, else whoever leads its queue."""
    if about not in SaidWrong.About.values:
        raise BadValue("about", str(_("Say what it is about.")), mend="")
    if not words.strip():
        raise BadValue("words", str(_("Write a few words.")), mend="")
    if waiting_of(file).count() >= MOST_OPEN:
        raise BadValue("words", str(_("We have five of yours to answer first.")), mend="")
    held = actions.holds(file.person_id)
    owner = actions.owner_of(actions.held(file.person_id)) if held else _lead(file.organization_id)
    said = SaidWrong.objects.create(
        file=file,
        organization_id=file.organization_id,
        person_id=file.person_id,
        about=about,
        said_at=clock.now(),
        said_by=by,
    )
    participants.write_down(file=file, about=(SUBJECT, said.pk), text=words.strip()[:LONGEST], by=by)
    duties.open_duty(
        owner=owner,
        kind=HEAR,
        due_at=current_place().deadline("next_step", clock.now()),
        by=by,
        person_id=file.person_id,
        subject=(SUBJECT, said.pk),
        detail=said.code,
        holds_release=held,
    )
    if held:
        actions.point(file.person_id, by=by)
    return said


def _lead(organization_id: int) -> Owner:
    queue = led_queue_of(organization_id)
    if queue is None:
        raise NobodyThere()
    return Owner(organization_id, queue_id=queue.pk)


def waiting_of(file: Participant) -> QuerySet[SaidWrong]:
    return SaidWrong.objects.filter(file=file, answered_at__isnull=True)


def said_or_404(file: Participant, code: str) -> SaidWrong:
    said = SaidWrong.objects.filter(file=file, organization_id=current_organization(), code=code).first()
    if said is None:
        raise NotYours()
    return said


def words_of(said: SaidWrong) -> str:
    """As the person wrote it; empty for who doesn't read the class narrative."""
    return _words(said, SUBJECT)


def answer_of(said: SaidWrong) -> str:
    return _words(said, ANSWER)


def _words(said: SaidWrong, about: str) -> str:
    notes = Narrative.objects.filter(file_id=said.file_id, about_kind=about, about_id=said.pk)
    return notes.order_by("id").values_list("text", flat=True).first() or ""


@transaction.atomic
def answer(*, said: SaidWrong, outcome: str, words: str, by: Actor) -> None:
    """What became of it, in words for the person."""
    if outcome not in SaidWrong.Outcome.values:
        raise BadValue("outcome", "Say what became of it.", mend="Choose one of the three.")
    if not words.strip():
        raise BadValue("words", "Answer in a few words.", mend="They read them on their own page.")
    changed = SaidWrong.objects.filter(pk=said.pk, answered_at__isnull=True).update(
        answered_at=clock.now(), answered_by=by, outcome=outcome
    )
    if not changed:
        raise WrongState("This was answered already.", mend="Open it again to see how.")
    file = Participant.objects.get(pk=said.file_id)
    participants.write_down(file=file, about=(ANSWER, said.pk), text=words.strip()[:LONGEST], by=by)
    duties.close(duties.open_about((SUBJECT, said.pk)), how=Duty.Closed.DONE, by=by)
    if actions.holds(said.person_id):
        actions.point(said.person_id, by=by)
