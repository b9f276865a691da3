"""What happens when nobody answers a question about a person: the waiting ends, and nothing else."""

from __future__ import annotations

from warmhandoff.custody import moves
from warmhandoff.foundation import timers
from warmhandoff.foundation.models import Actor, Timer


@timers.on_step(moves.SUBJECT)
def waiting_ends(timer: Timer, by: Actor) -> None:
    moves.expire(party=moves.party_of(timer.subject_id), by=by)
