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
from warmhandoff.referrals.actions.correcting import (
    SAID_RIGHT,
    can_take_back,
    correct,
    take_back,
)
from warmhandoff.referrals.actions.ending import (
    expire,
    receiver_closes,
    settle,
    stop_sharing,
    withdraw,
)
from warmhandoff.referrals.actions.meanwhile import (
    assign,
    read,
    set_stage,
    write,
)
from warmhandoff.referrals.actions.met import say_met
from warmhandoff.referrals.actions.moving import hand_over, take_on
from warmhandoff.referrals.actions.second_look import (
    CannotAskAgain,
    ask_for_look,
    let_stand,
    reroute,
    send_back,
)
from warmhandoff.referrals.actions.sending import (
    AlreadyAsked,
    CannotReceive,
    CannotTransfer,
    fresh_link,
    mail_failed,
    mailbox_is_wrong,
    send,
    send_code,
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
from warmhandoff.referrals.actions.silence import (
    holders_member,
    is_undecided,
    let_holder_decide,
    reach_them_yourself,
    tell_person,
)
from warmhandoff.referrals.actions.stalling import (
    AskedJustNow,
    confirm,
    fresh_stall_link,
    send_stall_code,
    stall_mailbox_is_wrong,
)
from warmhandoff.referrals.actions.steps import (
    classes_shared,
    holder_of,
    tell_sender,
)
from warmhandoff.referrals.actions.waiting import (
    clock_again,
    hold,
    ladder_now,
    last_rung_again,
    resume,
    waitlist,
)
from warmhandoff.referrals.actions.watching import ask_to_take_over, remind, suggest

__all__ = [
    "SAID_RIGHT",
    "AlreadyAsked",
    "AskedJustNow",
    "CannotAskAgain",
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
    "ask_for_look",
    "ask_to_take_over",
    "assign",
    "attempt",
    "can_take_back",
    "classes_shared",
    "clock_again",
    "close_membership",
    "close_organization",
    "complete",
    "confirm",
    "correct",
    "decline",
    "end_early",
    "engage",
    "expire",
    "fresh_link",
    "fresh_stall_link",
    "hand_over",
    "hold",
    "holder_of",
    "holders_member",
    "is_undecided",
    "ladder_now",
    "last_rung_again",
    "let_holder_decide",
    "let_stand",
    "lose_contact",
    "mail_failed",
    "mailbox_is_wrong",
    "reach_them_yourself",
    "read",
    "receiver_closes",
    "record_contact",
    "remind",
    "reroute",
    "resume",
    "say_met",
    "see",
    "send",
    "send_back",
    "send_code",
    "send_stall_code",
    "set_stage",
    "settle",
    "stall_mailbox_is_wrong",
    "stop_sharing",
    "suggest",
    "take_back",
    "take_on",
    "tell_person",
    "tell_sender",
    "waitlist",
    "why_not_lost",
    "withdraw",
    "write",
]
