"""What happened to a referral, as sentences: for both sides, and for the page behind the mail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from warmhandoff.directory.models import Service
from warmhandoff.foundation import terms
from warmhandoff.foundation.models import Actor
from warmhandoff.jurisdictions.dates import day_of, short_day
from warmhandoff.network.models import Membership
from warmhandoff.network.reading import name_of
from warmhandoff.referrals.actions.silence import BY_THEIR_HOLDER
from warmhandoff.referrals.models import Referral, ReferralEvent
from warmhandoff.referrals.states import CHANNEL_WORDS
from warmhandoff.web.people.noted import words_of_reason
from warmhandoff.web.today.said import inside, last_seen

ICONS = {
    "sent": "send", "seen": "visibility", "asked": "help_outline", "answered_question": "comment", "accepted": "check",
    "declined": "close", "expired": "schedule", "attempted": "phone", "contacted": "phone", "engaged": "people",
    "completed": "check", "ended_early": "close", "lost_contact": "close", "withdrawn": "undo",
    "second_look": "visibility", "look_confirmed": "check", "look_rerouted": "check", "asked_again": "help_outline",
    "waitlisted": "schedule", "held": "schedule", "resumed": "check", "stage": "check", "assigned": "person",
    "confirmed": "check",
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """One line of the story. `before` is what it corrects, oldest first; `says` is empty where nothing of that stands."""

    icon: str
    at: datetime
    says: str
    by: str
    before: tuple[str, ...] = ()
    reason: str = ""
    correct: str = ""


def story_of(
    referral: Referral,
    events: Iterable[ReferralEvent],
    *,
    names_staff: bool = True,
    correct: Callable[[ReferralEvent], str] = lambda event: "",
) -> list[Told]:
    """Each event as a sentence, in the order given; what was corrected stands in its correction. Behind a link no member of staff
    is named. `correct`: where an event can be corrected by whoever looks."""
    found = list(events)
    by_pk = {event.pk: event for event in found}
    corrected = {event.supersedes_id for event in found if event.supersedes_id}
    names: dict[int, str] = {}
    return [
        Told(
            icon="edit" if event.supersedes_id else ICONS.get(event.kind, "info_outline"),
            at=event.happened_at,
            says="" if event.kind == ReferralEvent.Kind.STRUCK else sentence(referral, event),
            by=_by(event.by, names) if names_staff and _told_as(event) not in BY_NOBODY else "",
            before=tuple(_was(referral, event, by_pk)),
            reason=words_of_reason(event.reason) if event.supersedes_id else "",
            correct=correct(event),
        )
        for event in found
        if event.pk not in corrected
    ]


def _was(referral: Referral, event: ReferralEvent, by_pk: Mapping[int, ReferralEvent]) -> list[str]:
    """What an event corrects, oldest first; with its day, where that was another one."""
    was: list[str] = []
    at = by_pk.get(event.supersedes_id or 0)
    while at is not None:
        says, day = sentence(referral, at), day_of(at.happened_at)
        same = day == day_of(event.happened_at)
        was.insert(0, says if same else _("%(day)s: %(says)s") % {"day": day, "says": says})
        at = by_pk.get(at.supersedes_id or 0)
    return was


# What follows by itself from what somebody did.
BY_NOBODY = ("second_look",)


def _by(actor: Actor, names: dict[int, str]) -> str:
    if actor.kind != Actor.Kind.MEMBER:
        return ""
    if actor.pk not in names:
        names[actor.pk] = name_of(actor)
    return names[actor.pk]


def sentence(referral: Referral, event: ReferralEvent) -> str:
    """The sentence of one event."""
    facts = {
        "sender": referral.sender.name,
        "receiver": referral.receiver.name,
        "service": referral.service.in_language(get_language() or "en"),
        "caller": referral.caller_name,
        "by": event.organization.name,
        "day": day_of(referral.contact_due_at) if referral.contact_due_at else "",
        "detail": _detail(referral, event),
        "until": day_of(event.due_at) if event.due_at else "",
    }
    return last_seen(event.last_seen_on) + _words(_told_as(event)) % facts


def _told_as(event: ReferralEvent) -> str:
    """The entry of `_words` that tells this event."""
    if event.kind == ReferralEvent.Kind.WAITLISTED and event.detail:
        return "waitlisted:numbered"
    if event.kind == ReferralEvent.Kind.RESUMED and event.detail:
        return "resumed:by_itself"
    if event.kind.endswith("person_told") and event.detail == BY_THEIR_HOLDER:
        return f"{event.kind}:{event.detail}"
    if event.kind == ReferralEvent.Kind.COMPLETED and event.detail:
        return "completed:place"
    if event.kind == ReferralEvent.Kind.SECOND_LOOK and event.detail:
        return "second_look:asked"
    return event.kind


# Whose detail is a term of a vocabulary.
IN_WORDS = {
    "ended_early": "end_reason", "stage": "stage", "held": "hold_reason", "withdrawn": "withdraw_reason",
    "second_look": "look_reason",
}  # fmt: skip


def _detail(referral: Referral, event: ReferralEvent) -> str:
    kind, code = event.kind, event.detail
    if kind == ReferralEvent.Kind.DECLINED:
        words = terms.word("decline_reason", code)
        return f"{words}, {short_day(referral.full_until)}" if referral.full_until else words
    if kind == ReferralEvent.Kind.WAITLISTED:
        return code
    if kind in (ReferralEvent.Kind.ATTEMPTED, ReferralEvent.Kind.CONTACTED):
        return str(CHANNEL_WORDS.get(code, code))
    if kind in IN_WORDS:
        return terms.word(IN_WORDS[kind], code)
    if kind == ReferralEvent.Kind.CONFIRMED:
        return inside(terms.word("what_next", code))
    if kind == ReferralEvent.Kind.ASSIGNED:
        found = Membership.objects.select_related("user").filter(code=code).first()
        return found.user.name if found else ""
    if kind == ReferralEvent.Kind.SUGGESTED:
        return _suggested(code)
    if kind == ReferralEvent.Kind.WITHDRAWN:
        return terms.word("withdraw_reason", code)
    if kind == ReferralEvent.Kind.SECOND_LOOK:
        return terms.word("look_reason", code)
    return str(outcome_words().get(code, code))


def _suggested(code: str) -> str:
    service = Service.objects.filter(code=code).select_related("organization").first()
    if service is None:
        return ""
    return f"{service.organization.name}, {service.in_language(get_language() or 'en')}"


def times_said(number: int) -> str:
    """How often somebody is asked: `the second time`."""
    return {2: _("the second time"), 3: _("the third time"), 4: _("the fourth time")}.get(number, "")


def outcome_words() -> dict[str, str]:
    """What was decided after an unsuccessful end, as staff say it."""
    return {
        "re_referred": _("another place was asked"),
        "stays": _("stays with us, the need is open"),
        "person_stopped": _("the person chose to stop"),
        "met_elsewhere": _("met elsewhere"),
        "not_eligible": _("not eligible anywhere in the network"),
        "deceased": _("the person died"),
        "late_yes": _("they said yes after all"),
        "taken_back": _("what ended it was recorded by mistake"),
        "asked_again": _("the same place is asked once more"),
    }


def _words(kind: str) -> str:
    return {
        "sent": _("%(sender)s referred someone to %(service)s."),
        "seen": _("%(receiver)s has it."),
        "asked": _("%(receiver)s asked a question."),
        "answered_question": _("%(sender)s answered the question."),
        "accepted": _("%(receiver)s said yes. %(caller)s calls by %(day)s."),
        "declined": _("%(receiver)s said no: %(detail)s."),
        "expired": _("Nobody answered in time."),
        "attempted": _("%(receiver)s tried to reach them: %(detail)s."),
        "contacted": _("First contact: %(detail)s."),
        "engaged": _("It has begun."),
        "completed": _("They completed it."),
        "completed:place": _("They have a place there. The referral is done."),
        "ended_early": _("It ended early: %(detail)s."),
        "lost_contact": _("%(receiver)s could not reach them."),
        "withdrawn": _("%(sender)s took it back: %(detail)s."),
        "receiver_closed": _("%(receiver)s closed."),
        "waitlisted": _("%(receiver)s is full and put them on its list. It looks again on %(until)s."),
        "waitlisted:numbered": _(
            "%(receiver)s is full and put them on its list, as number %(detail)s. It looks again on %(until)s."
        ),
        "held": _("%(by)s put it off until %(until)s: %(detail)s."),
        "resumed": _("It was taken up again."),
        "resumed:by_itself": _("The day has come, and it goes on."),
        "stage": _("How it stands: %(detail)s."),
        "confirmed": _("%(receiver)s says that it goes on. Next: %(detail)s, by %(until)s."),
        "assigned": _("Given to %(detail)s."),
        "message": _("%(by)s wrote a message."),
        "question_late": _("The reply to the question was due; whoever sent it was reminded."),
        "question_sender_told": _(
            "Whoever sent it was told once more that the question waits, and the navigators were."
        ),
        "question_lead_told": _("The lead of whoever holds them was told that the question still waits."),
        "review_reminded": _("%(receiver)s was reminded to look at its list again."),
        "review_lead_told": _("The lead of %(receiver)s was told that nobody has looked again."),
        "review_sender_told": _("You and the navigators were told that nobody has looked again."),
        "disposition_opened": _("Whoever holds them decides what is next."),
        "settled": _("Decided: %(detail)s."),
        "reminded": _("%(receiver)s was reminded to answer."),
        "lead_told": _("The lead of %(receiver)s was told that nobody has answered."),
        "sender_told": _("You and the navigators were told that nobody has answered."),
        "seen_late": _("%(receiver)s was asked to say that it arrived."),
        "seen_lead_told": _("The lead of %(receiver)s was told that nobody has said that it arrived."),
        "person_told": _("They were told that we are still asking."),
        "person_told:holder": _(
            "You were asked to tell them that we are still asking: no mail may reach them."
        ),
        "contact_person_told": _("They were told that we ask why nobody has called."),
        "contact_person_told:holder": _(
            "You were asked to tell them that we ask why nobody has called: no mail may reach them."
        ),
        "contact_undecided": _("Nobody has reached them. You decide whether to wait longer."),
        "start_late": _("%(receiver)s was reminded to say whether it has begun."),
        "start_lead_told": _("The lead of %(receiver)s was told that it has not begun."),
        "start_sender_told": _("You and the navigators were told that it has not begun."),
        "start_person_told": _("They were told that we ask when it begins."),
        "start_person_told:holder": _(
            "You were asked to tell them that we ask when it begins: no mail may reach them."
        ),
        "engaged_late": _("%(receiver)s was reminded to say how it goes."),
        "engaged_lead_told": _("The lead of %(receiver)s was told that nobody has said how it goes."),
        "engaged_sender_told": _("You and the navigators were told that nobody has said how it goes."),
        "decision_late": _("Whoever holds them was reminded to decide what is next."),
        "decision_lead_told": _("Their lead was told that nobody has decided what is next."),
        "decision_office_told": _("The navigators were told that nobody has decided what is next."),
        "contact_late": _("%(receiver)s was reminded of the first contact."),
        "contact_lead_told": _("The lead of %(receiver)s was told that there was no contact yet."),
        "contact_sender_told": _("You and the navigators were told that there was no contact yet."),
        "suggested": _("The network’s office suggests another place: %(detail)s."),
        "network_reminded": _("The network’s office sent a reminder."),
        "second_look": _(
            "The network’s office looks at this no once more, by %(until)s. Nobody waits for it."
        ),
        "second_look:asked": _(
            "%(by)s asks the network’s office to look at this no once more, by %(until)s: %(detail)s."
        ),
        "look_confirmed": _("The network’s office has looked at the no: it stands."),
        "look_rerouted": _(
            "The network’s office has looked at the no: it stands, and another place may help."
        ),
        "asked_again": _("The network’s office has looked at the no, and asks %(receiver)s once more."),
    }[kind]
