"""State machines as data: one table of transitions drives the checks, the buttons, the database and the drawing in the docs."""

from __future__ import annotations

from dataclasses import dataclass

from warmhandoff.foundation.errors import NotAllowed, WrongState


@dataclass(frozen=True)
class Transition:
    """`verb` takes a thing from one of `sources` to `target`; `who` names the sides that may do it; `asks` what it needs."""

    verb: str
    sources: tuple[str, ...]
    target: str
    who: tuple[str, ...]
    asks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Aside:
    """`verb` leaves the state as it is: something is said, put off or given to somebody meanwhile."""

    verb: str
    sources: tuple[str, ...]
    who: tuple[str, ...]
    asks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Machine:
    name: str
    initial: str
    transitions: tuple[Transition, ...]
    asides: tuple[Aside, ...] = ()

    def of(self, verb: str) -> Transition:
        return next(t for t in self.transitions if t.verb == verb)

    def may(self, verb: str, state: str, side: str) -> bool:
        transition = self.of(verb)
        return state in transition.sources and side in transition.who

    def verbs(self, state: str, side: str) -> list[str]:
        """What `side` may do from `state`, in the order of the table: the page's buttons."""
        return [t.verb for t in self.transitions if state in t.sources and side in t.who]

    def besides(self, state: str, side: str) -> list[str]:
        """What `side` may do in `state` without leaving it, in the order of the table."""
        return [a.verb for a in self.asides if state in a.sources and side in a.who]

    def require_beside(self, verb: str, state: str, side: str) -> None:
        may = [a for a in self.asides if a.verb == verb and side in a.who]
        if not may:
            who = dict.fromkeys(each for a in self.asides if a.verb == verb for each in a.who)
            raise NotAllowed(f"This is for the {' or '.join(who)} to do.")
        if not any(state in a.sources for a in may):
            raise WrongState(verb=verb, state=state)

    def require(self, verb: str, state: str, side: str) -> Transition:
        transition = self.of(verb)
        if side not in transition.who:
            raise NotAllowed(f"This is for the {' or '.join(transition.who)} to do.")
        if state not in transition.sources:
            raise WrongState(verb=verb, state=state)
        return transition

    @property
    def states(self) -> tuple[str, ...]:
        found = dict.fromkeys((self.initial, *(s for t in self.transitions for s in (*t.sources, t.target))))
        return tuple(found)

    @property
    def endings(self) -> tuple[str, ...]:
        return tuple(s for s in self.states if not any(s in t.sources for t in self.transitions))
