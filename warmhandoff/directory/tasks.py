"""What happens when a word about room is about to lapse: its mailbox is asked, else the organization's lead. Nothing is changed."""

from __future__ import annotations

from warmhandoff.directory import notices
from warmhandoff.directory.actions.mailing import TooSoon, ask_the_mailbox
from warmhandoff.directory.actions.room import ask_the_lead
from warmhandoff.directory.models import CapacityStatement, ServiceLink
from warmhandoff.directory.protocol import STATEMENT
from warmhandoff.foundation import messages, timers
from warmhandoff.foundation.errors import WrongState
from warmhandoff.foundation.models import Actor, Timer


@timers.on_step(STATEMENT)
def ask_again(timer: Timer, by: Actor) -> None:
    """Ask whether the newest statement is still true."""
    statement = CapacityStatement.objects.select_related("service__organization").get(pk=timer.subject_id)
    service = statement.service
    if service.statements.first() != statement:
        return
    try:
        ask_the_mailbox(service=service)
    except TooSoon:
        return  # asked a moment ago by somebody else
    except WrongState:  # it has no mailbox, or one that told us it isn't theirs
        ask_the_lead(service=service, by=by)


@messages.on_undeliverable(notices.StillTrue)
def tell_the_lead(notice: notices.StillTrue, by: Actor) -> None:
    """The mail reached nobody: then its lead must hear that somebody waits for a word."""
    link = ServiceLink.objects.select_related("service").get(pk=notice.message.subject_id)
    ask_the_lead(service=link.service, by=by)
