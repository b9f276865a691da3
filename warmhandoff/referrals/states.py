"""The referral's machine. `sources -> target`, who may, what it asks; in the words of staff and of participants."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from warmhandoff.foundation.states import Aside, Machine, Transition

SENT, ACCEPTED, CONTACTED, ENGAGED, COMPLETED = "sent", "accepted", "contacted", "engaged", "completed"
DECLINED, EXPIRED, WITHDRAWN = "declined", "expired", "withdrawn"
ENDED_EARLY, LOST_CONTACT, RECEIVER_CLOSED = "ended_early", "lost_contact", "receiver_closed"

OPEN = (SENT, ACCEPTED, CONTACTED, ENGAGED)
UNDER_WAY = (ACCEPTED, CONTACTED, ENGAGED)
UNSUCCESSFUL = (DECLINED, EXPIRED, WITHDRAWN, ENDED_EARLY, LOST_CONTACT, RECEIVER_CLOSED)

# How often the network's office may send a no back.
MOST_ROUNDS = 3

REFERRAL = Machine(
    name="referral",
    initial=SENT,
    transitions=(
        # A late yes counts until the sender has settled what comes next.
        Transition("accept", (SENT, EXPIRED), ACCEPTED, ("receiver",), ("who will call", "by when")),
        Transition("decline", (SENT,), DECLINED, ("receiver",), ("reason", "may the person be told")),
        # The network's office has looked at the no, and asks once more: three times at most.
        Transition("ask_again", (DECLINED,), SENT, ("network",), ("note",)),
        Transition("expire", (SENT,), EXPIRED, ("system",)),
        Transition("record_contact", (ACCEPTED,), CONTACTED, ("receiver",), ("channel", "when")),
        Transition("engage", (ACCEPTED, CONTACTED), ENGAGED, ("receiver",), ("when",)),
        Transition("complete", (ENGAGED,), COMPLETED, ("receiver",), ("when",)),
        Transition("end_early", (ACCEPTED, CONTACTED, ENGAGED), ENDED_EARLY, ("receiver",), ("reason",)),
        Transition("lose_contact", (ACCEPTED,), LOST_CONTACT, ("receiver",), ("attempts",)),
        Transition("withdraw", (SENT, ACCEPTED, CONTACTED, ENGAGED), WITHDRAWN, ("sender",), ("reason",)),
        Transition("receiver_close", (SENT, ACCEPTED, CONTACTED, ENGAGED), RECEIVER_CLOSED, ("system",)),
    ),
    # Orthogonal to the state: while a reply, a hold or a waitlist is waited for, the state's own clock stands.
    asides=(
        Aside("ask", OPEN, ("receiver",), ("question",)),
        Aside("answer_question", (*OPEN, EXPIRED), ("sender",), ("reply",)),
        Aside("waitlist", (SENT,), ("receiver",), ("when it is looked at again", "position")),
        Aside("hold", OPEN, ("sender",), ("until when", "reason")),
        Aside("hold", UNDER_WAY, ("receiver",), ("until when", "reason")),
        Aside("resume", OPEN, ("sender", "receiver", "system")),
        Aside("set_stage", UNDER_WAY, ("receiver",), ("stage",)),
        Aside("confirm", UNDER_WAY, ("receiver",), ("last seen on", "what is next", "by when")),
        Aside("assign", OPEN, ("receiver",), ("colleague",)),
        Aside("write", OPEN, ("sender", "receiver"), ("message",)),
    ),
)

# What was recorded by mistake is taken back by the receiver, to where it stood before: none of the machine's ways, but a correction
# of what is written down (`correcting`). What the sender or the clock ended is not: they ask again.
TAKES_BACK = {
    CONTACTED: (ACCEPTED,),
    ENGAGED: (CONTACTED, ACCEPTED),
    COMPLETED: (ENGAGED,),
    DECLINED: (SENT,),
    ENDED_EARLY: (ENGAGED, CONTACTED, ACCEPTED),
    LOST_CONTACT: (ACCEPTED,),
}

# For staff, and for the person it is about.
STAFF_WORDS = {
    SENT: _("waiting for an answer"),
    ACCEPTED: _("accepted"),
    CONTACTED: _("first contact made"),
    ENGAGED: _("engaged"),
    COMPLETED: _("completed"),
    DECLINED: _("declined"),
    EXPIRED: _("no answer"),
    WITHDRAWN: _("withdrawn"),
    ENDED_EARLY: _("ended early"),
    LOST_CONTACT: _("lost contact"),
    RECEIVER_CLOSED: _("the organization closed"),
}
# How it was completed, where that was no end: they have a place in what they were referred to.
WITH_A_PLACE = "place"
PARTICIPANT_WORDS = {
    SENT: _("We asked. They have not answered yet."),
    ACCEPTED: _("They said yes. They will contact you."),
    CONTACTED: _("You have talked with each other."),
    ENGAGED: _("It has begun."),
    COMPLETED: _("This is done."),
    DECLINED: _("They can't take you now. We look for another place."),
    EXPIRED: _("They did not answer. We look for another place."),
    WITHDRAWN: _("We took the question back."),
    ENDED_EARLY: _("It ended early. We decide together what is next."),
    LOST_CONTACT: _("They could not reach you. Please talk with us."),
    RECEIVER_CLOSED: _("They closed. We look for another place."),
}

# To the person, where the network's office has sent a no back.
ASKED_AGAIN_WORDS = _("They said no at first. We asked them once more, and they have not answered yet.")

# What it waits for besides: `Referral.waits_for`.
STAFF_WAITS = {
    "reply": _("a question waits for its reply"),
    "hold": _("on hold"),
    "review": _("on their waitlist"),
}
PARTICIPANT_WAITS = {
    "reply": _("They asked us something first."),
    "hold": _("It is paused until a day that we agreed on."),
    "review": _("They are full now. You are on their list, and they look again on a fixed day."),
}

# How someone was reached, or not: the channels of a contact point, and meeting.
CHANNEL_WORDS = {
    "text": _("text message"),
    "voice": _("phone call"),
    "email": _("email"),
    "letter": _("letter"),
    "in_person": _("in person"),
}
