"""The handover's machine: the one way custody crosses from one organization to another, or one person is put behind another.

Whoever asks (in a transfer, the holder; in a request and a working link, the other side) waits; whoever was asked decides.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from warmhandoff.foundation.states import Machine, Transition

OFFERED, ACCEPTED, DECLINED, WITHDRAWN, EXPIRED = "offered", "accepted", "declined", "withdrawn", "expired"

HANDOVER = Machine(
    name="handover",
    initial=OFFERED,
    transitions=(
        # A late yes counts until the asker has decided otherwise.
        Transition(
            "accept",
            (OFFERED, EXPIRED),
            ACCEPTED,
            ("asked",),
            ("the person's consent", "who keeps, in a link"),
        ),
        Transition("decline", (OFFERED,), DECLINED, ("asked",), ("reason",)),
        Transition("withdraw", (OFFERED, EXPIRED), WITHDRAWN, ("asker", "system")),
        Transition("expire", (OFFERED,), EXPIRED, ("system",)),
    ),
)

STAFF_WORDS = {
    OFFERED: _("waiting for an answer"),
    ACCEPTED: _("accepted"),
    DECLINED: _("declined"),
    WITHDRAWN: _("withdrawn"),
    EXPIRED: _("no answer"),
}
