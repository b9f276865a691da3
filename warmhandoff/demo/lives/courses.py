"""What happens to many in the same order: taken in, planned, asked, answered, met, begun, done. Each step is still told.

A life names the days (business days before the story's last) and who did it. The hours are spread over the day, always the
same way, and what happens on one day happens in the order written.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from warmhandoff.demo import acts
from warmhandoff.demo.acts import Act, Beat, beat
from warmhandoff.demo.network import OFFERS

HOURS: Final = ("09:10", "09:35", "09:55", "10:20", "11:05", "11:40", "13:15", "13:50", "14:35", "15:10")
LATER_THAT_DAY: Final = ("15:40", "16:00", "16:15", "16:30", "16:40", "16:50")
# Who answers for an organization: the name they give as the caller, and the member who presses (none: from the mailbox).
ANSWERS: Final = {
    "eastgate": ("Naira", "naira"),
    "harbor": ("Inés", "ines"),
    "lantern": ("Rosalind", "rosalind"),
    "valley": ("Vera", "vera"),
    "sunrow": ("Ana", ""),
    "bright": ("Jordan", ""),
    "second": ("Miriam", ""),
    "alondra": ("Yvonne", "yvonne"),
    "arroyo": ("Joanna", "joanna"),
    "joshua": ("Ken", "ken"),
    "kitchen": ("Colette", "colette"),
    "marigold": ("Sister Ruth", ""),
    "corner": ("Anush", "anush"),
}
Step = tuple[int, Act]
Steps = Sequence[Step]


def course(*parts: Steps) -> tuple[Beat, ...]:
    """All of it, with the hours."""
    beats: list[Beat] = []
    steps = [step for part in parts for step in part]
    for place, (back, act) in enumerate(steps):
        hour = HOURS[(back * 7 + steps[0][0] + place * 3) % len(HOURS)]
        if beats and beats[-1].back == back and hour <= beats[-1].at:
            hour = next(later for later in (*HOURS, *LATER_THAT_DAY) if later > beats[-1].at)
        beats.append(beat(back, hour, act))
    return tuple(beats)


def came(by: str, back: int, *, to_queue: bool = False) -> Steps:
    return ((back, acts.comes_in(by, to_queue=to_queue)),)


def plan(by: str, kind: str, back: int, days: int, note: str = "", *, done: int | None = None) -> Steps:
    """They agree on a next step, `days` ahead; `done`: the day on which it was."""
    agreed = (back, acts.plans(by, kind, days, note))
    return (agreed,) if done is None else (agreed, (done, acts.does(by, kind)))


def asked(
    by: str,
    offer: str,
    sent: int,
    *,
    via: tuple[str, str] | None = None,
    no: tuple[int, str, str] | None = None,
    yes: int | None = None,
    tries: Sequence[tuple[int, str]] = (),
    lost: int | None = None,
    met: int | None = None,
    how: str = "text",
    begun: int | None = None,
    done: int | None = None,
    early: tuple[int, str] | None = None,
    note: str = "",
    instead: bool = False,
    transfer: bool = False,
    before: Steps = (),
    meanwhile: Steps = (),
) -> Steps:
    """A service is asked, and what came of it, each with its day. `via`: who there says so, where it isn't the usual one;
    `before`: what came between the question and the answer; `meanwhile`: between meeting and beginning."""
    caller, presses = via or ANSWERS[OFFERS[offer].house]
    ask = acts.transfer(by, offer, note) if transfer else acts.refer(by, offer, note=note, instead=instead)
    steps: list[Step] = [(sent, ask), *before]
    if no is not None:
        steps.append((no[0], acts.no(no[1], no[2], by=presses)))
    if yes is not None:
        steps.append((yes, acts.yes(caller, by=presses)))
    steps += [(back, acts.tries(channel, by=presses)) for back, channel in tries]
    if lost is not None:
        steps.append((lost, acts.is_lost(by=presses)))
    if met is not None:
        steps.append((met, acts.meets(how, by=presses)))
    steps += meanwhile
    if begun is not None:
        steps.append((begun, acts.begins(by=presses)))
    if done is not None:
        steps.append((done, acts.completes(by=presses)))
        if holder := presses if transfer else by:
            steps.append((done, acts.says_met(holder)))
    if early is not None:
        steps.append((early[0], acts.ends(early[1], by=presses)))
    return steps


def decided(by: str, back: int, outcome: str, note: str = "") -> Steps:
    """What comes next, after an end that was none."""
    return ((back, acts.decides(by, outcome, note)),)


def released(by: str, back: int, reason: str) -> Steps:
    return ((back, acts.lets_go(by, reason)),)


def also(back: int, act: Act) -> Steps:
    """Anything else that happened."""
    return ((back, act),)
