"""The verbs of a referral, from sent to settled.

Each is one transaction: the compare-and-swap of the state, the event, the duties of both sides, custody where it moves, the
shares and the messages.
"""

from warmhandoff.referrals.actions.answering import (
    Reply,
    accept,
    answer_question,
    ask,
    decline,
    see,
)
from warmhandoff.referrals.actions.closing import (
    Closed,
    LastLead,
    NoAgreement,
    close_membership,
    close_organization,
)
from warmhandoff.referrals.actions.ending import (
    expire,
    receiver_closes,
    settle,
    stop_sharing,
    withdraw,
)
from warmhandoff.referrals.actions.sending import (
    AlreadyAsked,
    CannotReceive,
    CannotTransfer,
    fresh_link,
    mail_failed,
    mailbox_is_wrong,
    send,
)
from warmhandoff.referrals.actions.serving import (
    NotLostYet,
    attempt,
    complete,
    end_early,
    engage,
    lose_contact,
    record_contact,
    why_not_lost,
)
from warmhandoff.referrals.actions.steps import (
    classes_shared,
    holder_of,
)

__all__ = [
    "AlreadyAsked",
    "CannotReceive",
    "CannotTransfer",
    "Closed",
    "LastLead",
    "NoAgreement",
    "NotLostYet",
    "Reply",
    "accept",
    "answer_question",
    "ask",
    "attempt",
    "classes_shared",
    "close_membership",
    "close_organization",
    "complete",
    "decline",
    "end_early",
    "engage",
    "expire",
    "fresh_link",
    "holder_of",
    "lose_contact",
    "mail_failed",
    "mailbox_is_wrong",
    "receiver_closes",
    "record_contact",
    "see",
    "send",
    "settle",
    "stop_sharing",
    "why_not_lost",
    "withdraw",
]
