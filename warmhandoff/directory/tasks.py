"""What happens when a word about room is about to lapse: its mailbox is asked, nothing is changed."""

from __future__ import annotations

from contextlib import suppress

from warmhandoff.directory.actions.mailing import TooSoon, ask_the_mailbox, can_be_asked
from warmhandoff.directory.models import CapacityStatement
from warmhandoff.directory.protocol import STATEMENT
from warmhandoff.foundation import timers
from warmhandoff.foundation.errors import WrongState
from warmhandoff.foundation.models import Actor, Timer


@timers.on_step(STATEMENT)
def ask_again(timer: Timer, by: Actor) -> None:
    """Ask whether the newest statement is still true, where there is a mailbox that can be asked."""
    statement = CapacityStatement.objects.select_related("service__organization").get(pk=timer.subject_id)
    service = statement.service
    if service.statements.first() != statement or not can_be_asked(service):
        return
    with suppress(TooSoon, WrongState):  # asked a moment ago by somebody else, or told that it isn't theirs
        ask_the_mailbox(service=service)
