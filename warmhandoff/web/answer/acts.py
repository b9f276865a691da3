"""What a receiver can do, each on a page of its own: one table for the mail's link and for the sign-in.

Which of them are offered is read from the referral's machine; no condition is written a second time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from warmhandoff.foundation.models import Actor
from warmhandoff.referrals import actions
from warmhandoff.referrals.models import Referral
from warmhandoff.referrals.reading import may_hold, may_resume, may_still_say_yes, stages_for
from warmhandoff.referrals.states import ACCEPTED, EXPIRED, REFERRAL, SENT
from warmhandoff.web.answer import forms


@dataclass(frozen=True)
class Act:
    """`slug` is its address, `verb` the machine's, `title` heads its page, `button` does it."""

    slug: str
    verb: str
    label: str | Promise
    title: str | Promise
    button: str | Promise
    form: type[forms.AnswerForm]
    do: Callable[[Any, Referral, Actor], object]
    says: str | Promise = ""


def _yes(form: forms.YesForm, referral: Referral, by: Actor) -> object:
    reply = actions.Reply(form.cleaned_data["caller_name"], form.day)
    return actions.accept(referral=referral, reply=reply, by=by)


def _no(form: forms.NoForm, referral: Referral, by: Actor) -> object:
    reason, detail = form.reason
    data = form.cleaned_data
    return actions.decline(
        referral=referral, reason=reason, detail=detail, full_until=data["full_until"],
        tell_person=data["tell_person"], by=by,
    )  # fmt: skip


def _question(form: forms.QuestionForm, referral: Referral, by: Actor) -> object:
    return actions.ask(referral=referral, text=form.cleaned_data["question"], by=by)


def _list(form: forms.ListForm, referral: Referral, by: Actor) -> object:
    return actions.waitlist(
        referral=referral, review_on=form.day, position=form.cleaned_data["position"], by=by
    )


def _hold(form: forms.HoldForm, referral: Referral, by: Actor) -> object:
    return actions.hold(referral=referral, until=form.day, reason=form.cleaned_data["reason"], by=by)


def _resume(form: forms.AnswerForm, referral: Referral, by: Actor) -> object:
    return actions.resume(referral=referral, by=by)


def _stage(form: forms.StageForm, referral: Referral, by: Actor) -> object:
    return actions.set_stage(
        referral=referral, stage=form.cleaned_data["stage"], by=by, happened_at=form.happened_at
    )


def _message(form: forms.MessageForm, referral: Referral, by: Actor) -> object:
    return actions.write(referral=referral, text=form.cleaned_data["message"], by=by)


def _contact(form: forms.ContactForm, referral: Referral, by: Actor) -> object:
    channel, at = form.cleaned_data["channel"], form.happened_at
    if form.cleaned_data["reached"] == "yes":
        reached = actions.record_contact(referral=referral, channel=channel, by=by, happened_at=at)
        stage = form.cleaned_data.get("stage")
        return actions.set_stage(referral=reached, stage=stage, by=by, happened_at=at) if stage else reached
    return actions.attempt(referral=referral, channel=channel, by=by, happened_at=at)


def _begin(form: forms.WhenForm, referral: Referral, by: Actor) -> object:
    return actions.engage(referral=referral, by=by, happened_at=form.happened_at)


def _still(form: forms.StillForm, referral: Referral, by: Actor) -> object:
    data = form.cleaned_data
    return actions.confirm(
        referral=referral,
        what_next=data["what_next"],
        next_by=data["next_by"],
        last_seen_on=data["last_seen_on"],
        by=by,
    )


def _complete(form: forms.WhenForm, referral: Referral, by: Actor) -> object:
    return actions.complete(referral=referral, by=by, happened_at=form.happened_at)


def _end(form: forms.EndForm, referral: Referral, by: Actor) -> object:
    reason, at = form.cleaned_data["reason"], form.happened_at
    return actions.end_early(referral=referral, reason=reason, by=by, happened_at=at)


def _lost(form: forms.AnswerForm, referral: Referral, by: Actor) -> object:
    return actions.lose_contact(referral=referral, by=by)


ASIDES = frozenset(aside.verb for aside in REFERRAL.asides)
ACTS = {
    act.slug: act
    for act in (
        Act("yes", "accept", _("Yes, we have a place"), _("Yes, you have a place"), _("Say yes"), forms.YesForm, _yes),
        Act(
            "no", "decline", _("Not us"), _("Not you. Why not?"), _("Send this answer"), forms.NoForm, _no,
            _("Whoever sent it then looks for another place. One tap is enough."),
        ),
        Act(
            "question", "ask", _("Ask a question"), _("Ask a question"), _("Send the question"), forms.QuestionForm, _question,
            _("They get it at once, and you get a mail with their reply. Until then your own clock stands; afterwards you have what was left of it."),
        ),
        Act(
            "list", "waitlist", _("We have it, but we are full"), _("On your list: when do you look again?"), _("Put them on our list"),
            forms.ListForm, _list, _("They hear the day and go on holding the person. We remind you on its morning."),
        ),
        Act(
            "contact", "record_contact", _("Record first contact"), _("First contact"), _("Record this"),
            forms.ContactForm, _contact, _("A try that didn't reach them counts too: record each."),
        ),
        Act(
            "stage", "set_stage", _("Say how it stands"), _("How does it stand?"), _("Say so"), forms.StageForm, _stage,
            _("In the network’s own words. One tap is enough."),
        ),
        Act("begin", "engage", _("It has begun"), _("It has begun"), _("Record that it has begun"), forms.WhenForm, _begin),
        Act(
            "still", "confirm", _("It goes on"), _("It goes on: what is next?"), _("Say that it goes on"), forms.StillForm, _still,
            _("Whoever sent them reads it. Your next date is the one you name."),
        ),
        Act("complete", "complete", _("They completed it"), _("They completed it"), _("Record that they completed it"), forms.WhenForm, _complete),
        Act("end", "end_early", _("It ended early"), _("It ended early"), _("Record that it ended"), forms.EndForm, _end),
        Act(
            "lost", "lose_contact", _("We can't reach them"), _("You can't reach them"), _("We could not reach them"),
            forms.AnswerForm, _lost, _("Whoever sent them then tries, and decides what is next."),
        ),
        Act(
            "hold", "hold", _("Put it off until a day"), _("Put it off: until when?"), _("Put it off"), forms.HoldForm, _hold,
            _("Every date stands until then. On that day it goes on by itself."),
        ),
        Act(
            "resume", "resume", _("Take it up again"), _("Take it up again"), _("Take it up now"), forms.AnswerForm, _resume,
            _("The dates go on with what was left of them."),
        ),
        Act(
            "message", "write", _("Write to them"), _("Write to them"), _("Send the message"), forms.MessageForm, _message,
            _("They get a mail that says only that there is something to read."),
        ),
    )
}  # fmt: skip


def offered(referral: Referral) -> list[Act]:
    """What the receiver may do now, what moves it on first."""
    verbs = set(REFERRAL.verbs(referral.state, "receiver")) | set(
        REFERRAL.besides(referral.state, "receiver")
    )
    if not may_still_say_yes(referral):
        verbs.discard("accept")
    # Before a yes one asks; after it one writes to each other.
    verbs.discard("write" if referral.state == SENT else "ask")
    if referral.state == EXPIRED or not may_hold(referral, "receiver"):
        verbs.discard("hold")
    if not may_resume(referral, "receiver"):
        verbs.discard("resume")
    if not stages_for(referral):
        verbs.discard("set_stage")
    if referral.waits_for:
        verbs.discard("confirm")
    return [act for act in ACTS.values() if act.verb in verbs]


def is_done(act: Act, referral: Referral) -> bool:
    """Whether the referral already stands where this act would have led: a second press shows the first's result."""
    if act.verb == "resume":
        return not referral.waits_for
    return act.verb not in ASIDES and referral.state == REFERRAL.of(act.verb).target


def may_record_a_try(referral: Referral) -> bool:
    return referral.state == ACCEPTED
