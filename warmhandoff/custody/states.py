"""The handover's machine: the one way custody crosses from one organization to another."""

from __future__ import annotations

from warmhandoff.foundation.states import Machine, Transition

OFFERED, ACCEPTED, DECLINED, WITHDRAWN, EXPIRED = "offered", "accepted", "declined", "withdrawn", "expired"

HANDOVER = Machine(
    name="handover",
    initial=OFFERED,
    transitions=(
        # A late yes counts until the sender has decided otherwise.
        Transition("accept", (OFFERED, EXPIRED), ACCEPTED, ("receiver",)),
        Transition("decline", (OFFERED,), DECLINED, ("receiver",)),
        Transition("withdraw", (OFFERED, EXPIRED), WITHDRAWN, ("sender", "system")),
        Transition("expire", (OFFERED,), EXPIRED, ("system",)),
    ),
)
