"""The ladder of a referral's timers, as data: what happens when nobody does anything.

How long each rung waits is a number of the network's (`pace`). A timer may remind, tell, mark as expired or stalled, and open a
duty; only a person ends anything.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from warmhandoff.foundation import duties
from warmhandoff.foundation.duties import Kind
from warmhandoff.referrals.states import ACCEPTED, CONTACTED, ENGAGED, SENT, UNSUCCESSFUL

SUBJECT = "referral"
LINK_CODE = "link_code"

# Kinds of duty that this room opens.
ANSWER = "answer_referral"
AWAIT_ANSWER = "await_answer"
ANSWER_QUESTION = "answer_question"
FIRST_CONTACT = "first_contact"
AWAIT_CONTACT = "await_contact"
ENGAGE = "begin_service"
FOLLOW = "follow_service"
STILL_ENGAGED = "still_engaged"
SETTLE = "settle"
# A service was completed: is the need met that it was for?
ASK_MET = "ask_met"
# What is owed while the clock stands, or while it runs towards the next look.
AWAIT_REPLY = "await_reply"
REVIEW = "review_waitlist"
AWAIT_REVIEW = "await_review"
REVIEW_HOLD = "review_hold"
AWAIT_HOLD = "await_hold"
MAIL_FAILED = "mail_failed"
# Nobody has reached them after a yes: wait longer, or look elsewhere.
DECIDE_CONTACT = "decide_contact"


@dataclass(frozen=True)
class Rung:
    """When `after` (a promised time's name) is over: write `event`, tell whom `tells` names, and do what follows (`then`)."""

    step: str
    after: str
    event: str
    tells: tuple[str, ...] = ()
    then: str = ""


# What follows a last rung. Nothing here ends a referral or lets go of anybody: a person does.
EXPIRES = "expires"  # the waiting is marked as over, and whoever holds the person decides what is next
HOLDER_DECIDES = "holder_decides"  # a duty of whoever holds the person: wait longer, or look elsewhere
STALLS = "stalls"  # marked as stalled: asked about in one list, and on the board of the network's office

# Whether it arrived: an act, never the opening of a mail.
WAITING_TO_BE_SEEN = (
    Rung("seen_reminder", "seen", "seen_late", ("mailbox",)),
    Rung("seen_lead", "seen_lead", "seen_lead_told", ("receivers_lead",)),
)
WAITING_FOR_ANSWER = (
    Rung("answer_reminder", "answer", "reminded", ("mailbox",)),
    Rung("answer_lead", "answer_lead", "lead_told", ("receivers_lead",)),
    Rung("answer_sender", "answer_sender", "sender_told", ("sender", "navigators")),
    Rung("answer_person", "answer_person", "person_told", ("person",)),
    Rung("answer_expires", "answer_expires", "expired", then=EXPIRES),
)
# While a question stands, since it was asked: now it is the sender who is silent.
WAITING_FOR_REPLY = (
    Rung("question_reminder", "question", "question_late", ("sender",)),
    Rung("question_lead", "question_lead", "question_lead_told", ("holders_lead",)),
    Rung("question_sender", "question_sender", "question_sender_told", ("sender", "navigators")),
    Rung("question_expires", "question_expires", "expired", then=EXPIRES),
)
# A waitlist never becomes silence: on the morning of the day on which they wanted to look again, and after it.
WAITING_FOR_REVIEW = (
    Rung("review_reminder", "", "review_reminded", ("mailbox",)),
    Rung("review_lead", "review_lead", "review_lead_told", ("receivers_lead",)),
    Rung("review_sender", "review_sender", "review_sender_told", ("sender", "navigators")),
    Rung("review_expires", "review_expires", "expired", then=EXPIRES),
)
WAITING_FOR_CONTACT = (
    Rung("contact_reminder", "first_contact", "contact_late", ("mailbox",)),
    Rung("contact_lead", "first_contact_lead", "contact_lead_told", ("receivers_lead",)),
    Rung("contact_sender", "first_contact_sender", "contact_sender_told", ("sender", "navigators")),
    Rung("contact_person", "first_contact_person", "contact_person_told", ("person",)),
    Rung("contact_undecided", "first_contact_decides", "contact_undecided", then=HOLDER_DECIDES),
)
WAITING_FOR_START = (
    Rung("start_reminder", "start", "start_late", ("mailbox",)),
    Rung("start_lead", "start_lead", "start_lead_told", ("receivers_lead",)),
    Rung("start_sender", "start_sender", "start_sender_told", ("sender", "navigators"), STALLS),
    Rung("start_person", "start_person", "start_person_told", ("person",)),
)
STILL_THERE = (
    Rung("engaged_reminder", "engaged", "engaged_late", ("mailbox",)),
    Rung("engaged_lead", "engaged_lead", "engaged_lead_told", ("receivers_lead",)),
    Rung("engaged_sender", "engaged_sender", "engaged_sender_told", ("sender", "navigators"), STALLS),
)
# After an end that opened a decision: it is never over by itself.
WAITING_FOR_DECISION = (
    Rung("decision_reminder", "disposition", "decision_late", ("holder",)),
    Rung("decision_lead", "disposition_lead", "decision_lead_told", ("holders_lead",)),
    Rung("decision_office", "disposition_office", "decision_office_told", ("navigators",)),
)
# By what is waited for, in the order in which it comes.
STAGES = {
    "seen": WAITING_TO_BE_SEEN,
    "answer": WAITING_FOR_ANSWER,
    "reply": WAITING_FOR_REPLY,
    "review": WAITING_FOR_REVIEW,
    "contact": WAITING_FOR_CONTACT,
    "start": WAITING_FOR_START,
    "engaged": STILL_THERE,
    "decision": WAITING_FOR_DECISION,
}
# By what it waits for besides, where that has a ladder of its own; while a hold lasts, none is climbed.
LADDERS = {"reply": WAITING_FOR_REPLY, "review": WAITING_FOR_REVIEW, "hold": ()}
# By state, where it waits for nothing besides.
CLIMBED_IN = {
    SENT: (*WAITING_TO_BE_SEEN, *WAITING_FOR_ANSWER),
    ACCEPTED: WAITING_FOR_CONTACT,
    CONTACTED: WAITING_FOR_START,
    ENGAGED: STILL_THERE,
    **dict.fromkeys(UNSUCCESSFUL, WAITING_FOR_DECISION),
}
# The promised times, by name; the first look at a waitlist has its own day.
NAMES = frozenset(rung.after for ladder in STAGES.values() for rung in ladder if rung.after)
RUNGS = {rung.step: rung for ladder in STAGES.values() for rung in ladder}
# A hold ends on its day by itself, and every clock goes on.
HOLD_ENDS = "hold_ends"
# A next step of whoever holds somebody who can't be written to: tell them yourself that we are still asking.
STILL_ASKING = "still_asking"
# Another one: they stopped sharing with a place that serves them; ask them what is next.
STOPPED_SHARING = "stopped_sharing"

# How long a hold or a waitlist may be put off at most (P2); the place may set less.
LONGEST_PUT_OFF_DAYS = 90

# Before someone may be called lost: this many tries, over this many business days, on every channel they allow
# (two channels, where there are two).
LOST_AFTER_ATTEMPTS = 5
LOST_AFTER_BUSINESS_DAYS = 10
LINK_LIVES_AFTER_END_DAYS = 14

# What the kinds are called in a mail, where nothing about a person may stand.
duties.name(
    {
        ANSWER: Kind(_("Answer a referral")),
        AWAIT_ANSWER: Kind(_("A referral of yours without an answer"), waits=True),
        ANSWER_QUESTION: Kind(_("Answer a question")),
        AWAIT_REPLY: Kind(_("A question of yours without a reply"), waits=True),
        FIRST_CONTACT: Kind(_("Make a first contact")),
        AWAIT_CONTACT: Kind(_("A partner’s first contact"), waits=True),
        ENGAGE: Kind(_("Record that a service began")),
        FOLLOW: Kind(_("How a service goes at a partner"), waits=True),
        STILL_ENGAGED: Kind(_("Say how a service goes")),
        SETTLE: Kind(_("Decide what is next")),
        REVIEW: Kind(_("Look at your waitlist again")),
        AWAIT_REVIEW: Kind(_("A partner’s waitlist"), waits=True),
        REVIEW_HOLD: Kind(_("A referral that was put off"), waits=True),
        AWAIT_HOLD: Kind(_("A referral that was put off"), waits=True),
        ASK_MET: Kind(_("Ask whether a need is met")),
        MAIL_FAILED: Kind(_("A mail that did not arrive")),
        DECIDE_CONTACT: Kind(_("Decide whether to wait longer")),
    }
)
