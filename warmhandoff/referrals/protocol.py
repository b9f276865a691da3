"""The ladder of a referral's timers, as data: what happens when nobody does anything.

`after` names a deadline of the place (business days). A timer may remind, tell and mark as expired; only a person ends anything.
"""

from __future__ import annotations

from dataclasses import dataclass

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
# What is owed while the clock stands, or while it runs towards the next look.
AWAIT_REPLY = "await_reply"
REVIEW = "review_waitlist"
AWAIT_REVIEW = "await_review"
REVIEW_HOLD = "review_hold"
AWAIT_HOLD = "await_hold"
MAIL_FAILED = "mail_failed"


@dataclass(frozen=True)
class Rung:
    """At `after` (a deadline's name) since `since`: write `event`, and tell whom `tells` names."""

    step: str
    after: str
    since: str
    event: str
    tells: tuple[str, ...]


WAITING_FOR_ANSWER = (
    Rung("answer_reminder", "answer", "sent", "reminded", ("mailbox",)),
    Rung("answer_lead", "answer_lead", "sent", "lead_told", ("receivers_lead",)),
    Rung("answer_sender", "answer_sender", "sent", "sender_told", ("sender", "navigators")),
    Rung("answer_expires", "answer_expires", "sent", "expired", ()),
)
WAITING_FOR_CONTACT = (
    Rung("contact_reminder", "first_contact", "accepted", "contact_late", ("mailbox",)),
    Rung("contact_lead", "first_contact_lead", "accepted", "contact_lead_told", ("receivers_lead",)),
    Rung(
        "contact_sender", "first_contact_sender", "accepted", "contact_sender_told", ("sender", "navigators")
    ),
)
# While a question stands, since it was asked: now it is the sender who is silent.
WAITING_FOR_REPLY = (
    Rung("question_reminder", "question", "asked", "question_late", ("sender",)),
    Rung("question_lead", "question_lead", "asked", "question_lead_told", ("holders_lead", "navigators")),
    Rung("question_expires", "question_expires", "asked", "expired", ()),
)
# A waitlist never becomes silence: on the morning of the day on which they wanted to look again, and after it.
WAITING_FOR_REVIEW = (
    Rung("review_reminder", "", "review", "review_reminded", ("mailbox",)),
    Rung("review_lead", "review_lead", "review", "review_lead_told", ("receivers_lead",)),
    Rung("review_sender", "review_sender", "review", "review_sender_told", ("sender", "navigators")),
    Rung("review_expires", "review_expires", "review", "expired", ()),
)
# A hold ends on its day by itself, and every clock goes on.
HOLD_ENDS = "hold_ends"
LADDERS = {
    "": WAITING_FOR_ANSWER,
    "reply": WAITING_FOR_REPLY,
    "review": WAITING_FOR_REVIEW,
}
RUNGS = {rung.step: rung for ladder in (*LADDERS.values(), WAITING_FOR_CONTACT) for rung in ladder}
# A rung of these marks the waiting as expired.
EXPIRING = frozenset(step for step, rung in RUNGS.items() if rung.event == "expired")

# How long a hold or a waitlist may be put off at most (P2); the place may set less.
LONGEST_PUT_OFF_DAYS = 90

# Before someone may be called lost: this many tries, over this many business days, on every channel they allow
# (two channels, where there are two).
LOST_AFTER_ATTEMPTS = 5
LOST_AFTER_BUSINESS_DAYS = 10
LINK_LIVES_AFTER_END_DAYS = 14
