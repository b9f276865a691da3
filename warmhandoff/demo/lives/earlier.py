"""The year before: 280 more people, drawn with the rates that the field reports, always the same ones.

A life is drawn to its end; what would lie ahead of the story's last day isn't told, so that whoever is still under way is
under way. Rates: of 100 services asked 78 say yes, 12 say no, 10 say nothing; of those who were accepted 74 are met, and of
those 66 begin. They are assumptions, set so that about 4 of 10 referrals end well, as closed-loop networks report. One
organization is slow and forgets to say how it ended; one has no room too often.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from math import log
from random import Random
from typing import Final

from warmhandoff.demo import acts
from warmhandoff.demo.acts import Life
from warmhandoff.demo.lives.courses import ANSWERS, Steps, asked, course, plan
from warmhandoff.demo.lives.names import HE, POOLS, SHE, THEY, Pool
from warmhandoff.demo.lives.telling import DOESNT_KNOW, PREFERS_NOT, life
from warmhandoff.demo.network import OFFERS
from warmhandoff.foundation.codes import sort_key
from warmhandoff.participants.models import Unknown

PEOPLE: Final = 280
EARLIEST, LATEST = 248, 3  # business days before the story's last, on which somebody comes in
NEVER: Final = 260  # before the first of them came
MANY: Final = 30  # most come in the last weeks: the network grows
BORN_BEFORE: Final = date(2025, 11, 1)

# Of 100 services asked.
YES, NO = 0.78, 0.12
MET, BEGUN, DONE = 0.74, 0.66, 0.82
DAYS_TO_ANSWER, SPREAD = (
    1.5,
    1.2,
)  # median in business days, and sigma of its logarithm: nine of ten within seven
SILENT_FROM = 10
SLOW, NO_ROOM = "second", "valley"
TRIES = (
    0,
    2,
    4,
    7,
    10,
)  # how they are tried before somebody may be called lost: each some business days after the yes

AGES: Final = (((18, 24), 22), ((25, 34), 34), ((35, 44), 25), ((45, 54), 13), ((55, 71), 6))
# Who takes people in, where, and how much of the year's intake: the older houses' people of back then are all released.
OLD: Final = {"denise": ("eastgate", "east"), "naira": ("eastgate", "south"), "ines": ("harbor", "south_bay"),
              "mei": ("harbor", "south_bay"), "teo": ("lantern", "san_fernando"), "bao": ("lantern", "san_fernando")}  # fmt: skip
NEW: Final = {"hana": ("alondra", "south"), "dario": ("alondra", "south"), "joanna": ("arroyo", "san_gabriel"),
              "felix": ("arroyo", "san_gabriel"), "dara": ("joshua", "antelope"), "ken": ("joshua", "antelope")}  # fmt: skip
NEW_WEIGHTS: Final = (40, 22, 16, 6, 12, 4)
CODES: Final = {"antelope": ("661",), "san_fernando": ("818", "747"), "south_bay": ("310", "562", "424"),
                "south": ("323", "310"), "east": ("323", "562"), "san_gabriel": ("626", "909"), "central": ("213", "323")}  # fmt: skip
NEEDS: Final = {"WRK-PLC": 15, "WRK-TRN": 14, "WRK-RDY": 14, "HSG": 11, "ID": 7, "RCL": 8, "WRK-OJT": 8, "EDU": 7, "TRN": 5,
                "FOD": 4, "FAM": 4, "SUD": 5, "MH": 5, "HLT": 4, "CIV": 4, "WRK-APP": 4, "DIG": 4, "FIN": 3, "PEER": 3}  # fmt: skip

NOTES_TO_SELF: Final = (
    "Works nights until the end of the month; call after two.",
    "His sister has the mail. Ask for her letter box number.",
    "Wants to be asked by text first.",
    "The bus was late twice; leaves earlier now.",
    "Brought the papers. Two are copies.",
    "Shares the phone with a cousin.",
    "Asked what happens if the first week goes badly.",
    "Has a suit for the interview now.",
)
QUESTIONS: Final = (
    ("Can they come before nine?", "Yes, from eight on."),
    ("Is the photo ID there yet, or on its way?", "On its way. The receipt is here."),
    ("Do they need somebody who speaks Spanish with them?", "It would help the first time."),
    ("Would a start in two weeks be too late?", "No, that is fine."),
)
MESSAGES: Final = (
    "The first morning begins at the side door; the front is locked until ten.",
    "Went well. Forgot the second paper; can bring it on Monday.",
    "We moved the start by two days. They know.",
)
HOLDS: Final = ("person_asked", "papers")
ENDS_EARLY: Final = ("person_stopped", "missed_too_much", "work_or_family", "not_right", "moved_away")
SAYS_NO: Final = (("full", "full_open"), ("full", "full_open"), ("not_met", "requirement"), ("not_met", "area"),
                  ("wrong_service", "need_differs"), ("other", "no_staff"))  # fmt: skip


class Numbers:
    """Phone numbers of the range that is kept for made-up people, each given once."""

    def __init__(self, lot: Random) -> None:
        self._left = {code: [f"{code}-555-01{last:02d}" for last in range(3, 100)] for code in
                      ("213", "310", "323", "424", "562", "626", "661", "747", "818", "909")}  # fmt: skip
        for numbers in self._left.values():
            lot.shuffle(numbers)

    def take(self, code: str, besides: set[str]) -> str:
        for numbers in (self._left[code], *self._left.values()):
            while numbers:
                if (number := numbers.pop()) not in besides:
                    return number
        raise LookupError("Every number of the made-up range is given.")


@dataclass
class Way:
    """One life while it is drawn: whose it is, what they need, and how far it has come."""

    lot: Random
    by: str
    house: str
    needs: list[str]
    back: int
    by_mail: bool = False  # there is no other way to reach them
    steps: list[tuple[int, acts.Act]] = field(default_factory=list)
    went_well: bool = False
    stopped: bool = False

    def tell(self, parts: Steps) -> None:
        self.steps += parts

    def later(self, least: int, most: int) -> int:
        self.back -= self.lot.randint(least, most)
        return self.back

    @property
    def is_over(self) -> bool:
        """Whether its last step lies in the past: nothing of it is left out."""
        return all(back >= 1 for back, _ in self.steps)

    def told(self) -> list[tuple[int, acts.Act]]:
        return [step for step in self.steps if step[0] >= 1]


# --- One referral -------------------------------------------------------------------------------------------------


def _asks(way: Way, code: str, *, instead: bool = False, besides: str = "") -> None:
    """A service of this kind is asked, and whatever came of it; a no may lead to the next."""
    offer = _offer(way, code, besides)
    if offer is None:
        _is_helped_here(way, code)
        return
    house, sent = OFFERS[offer].house, way.back
    fate = way.lot.random()
    slow = house == SLOW
    if fate < (YES - 0.2 if house == NO_ROOM else YES):
        before = _before_the_yes(way, offer, slow)
        _goes_on(way, offer, sent, instead=instead, before=before)
    elif fate < YES + NO:
        day = sent - min(_days_to_answer(way.lot, slow), SILENT_FROM - 1)
        reason, detail = ("full", "full_open") if house == NO_ROOM else way.lot.choice(SAYS_NO)
        way.tell(asked(way.by, offer, sent, no=(day, reason, detail), instead=instead))
        way.back = day
        _decides(way, code, offer)
    else:
        way.tell(asked(way.by, offer, sent, instead=instead))
        way.back = sent - SILENT_FROM - 1
        _decides(way, code, offer)


def _before_the_yes(way: Way, offer: str, slow: bool) -> Steps:
    """What happens until somebody says yes, mostly nothing; `way.back` is then the day of the yes."""
    sent, presses, chance = way.back, _presses(offer), way.lot.random()
    if chance < 0.1:  # something is asked first
        asks, answers = way.later(0, 1), way.later(0, 1)
        question, answer = way.lot.choice(QUESTIONS)
        way.later(0, 1)
        return (asks, acts.asks(question, by=presses)), (answers, acts.answers(way.by, answer))
    if chance < 0.2 and OFFERS[offer].seats is not None:  # there is a list
        listed, days = way.later(0, 1), way.lot.randint(6, 25)
        way.back -= days - way.lot.randint(0, 1)
        return ((listed, acts.lists(days, position=way.lot.randint(1, 7), by=presses)),)
    if chance < 0.23:  # the holder asks them to wait
        held, days = way.later(0, 0), way.lot.randint(3, 8)
        way.later(days + 1, days + 2)
        return ((held, acts.puts_off(way.by, way.lot.choice(HOLDS), days)),)
    way.back = sent - min(_days_to_answer(way.lot, slow), SILENT_FROM - 1)
    return ()


def _presses(offer: str) -> str:
    return ANSWERS[OFFERS[offer].house][1]


def _meanwhile(way: Way, offer: str, met: int, begun: int) -> Steps:
    """Between the first contact and the beginning: a stage, a message."""
    day, presses, steps = max(begun, met - 1), _presses(offer), []
    if way.lot.random() < 0.4:
        steps.append(
            (
                day,
                acts.stands(
                    way.lot.choice(("orientation_attended", "papers_complete", "start_agreed")), by=presses
                ),
            )
        )
    if way.lot.random() < 0.12:
        steps.append((day, acts.writes(way.lot.choice(MESSAGES), by=presses)))
    return steps


def _goes_on(way: Way, offer: str, sent: int, *, instead: bool, before: Steps) -> None:
    """They said yes (on `way.back`)."""
    lot = way.lot
    happens = partial(asked, way.by, offer, sent, yes=way.back, instead=instead, before=before)
    if lot.random() >= MET:
        _is_not_met(way, happens)
        _decides(way, OFFERS[offer].service_code, offer)
        return
    met = way.later(0, 3) if lot.random() < 0.85 else way.later(4, 6)
    happens = partial(happens, met=met, how=lot.choice(("text", "voice", "voice", "in_person")))
    if lot.random() >= BEGUN:
        way.tell(happens(early=(way.later(2, 8), lot.choice(ENDS_EARLY))))
        _decides(way, OFFERS[offer].service_code, offer)
        return
    begun = way.later(1, 7)
    happens = partial(happens, begun=begun, meanwhile=_meanwhile(way, offer, met, begun))
    way.back = begun - _how_long(way, offer)
    if lot.random() < DONE:
        way.tell(happens(done=way.back))
        way.went_well = True
        return
    way.tell(happens(early=(way.back, lot.choice(ENDS_EARLY))))
    _decides(way, OFFERS[offer].service_code, offer)


def _how_long(way: Way, offer: str) -> int:
    """From its beginning to its end, in business days."""
    if OFFERS[offer].house == SLOW and way.lot.random() < 0.4:
        return NEVER  # they forget to say how it ended
    return way.lot.randint(6, 18) if way.lot.random() < 0.9 else way.lot.randint(20, 34)


def _is_not_met(way: Way, happens: Callable[..., Steps]) -> None:
    """Accepted, and never met: nobody could be reached, or it came to nothing first."""
    said_yes = way.back
    if way.lot.random() < 0.45:
        channels = ("email", "email") if way.by_mail else ("text", "voice")
        tries = [(said_yes - after, channels[turn % 2]) for turn, after in enumerate(TRIES)]
        way.back = said_yes - TRIES[-1] - 1
        way.tell(happens(tries=tries, lost=way.back))
    elif way.lot.random() < 0.5:
        way.tell(happens(early=(way.later(2, 6), "person_stopped")))
    else:
        way.tell(happens())
        reason = way.lot.choice(("person_changed", "found_other"))
        way.tell(((way.later(1, 5), acts.withdraws(way.by, reason)),))


def _decides(way: Way, code: str, offer: str) -> None:
    """What comes after an end that was none."""
    way.later(0, 2)
    chance = way.lot.random()
    if chance < 0.4 and _offer(way, code, offer) is not None:
        _asks(way, code, instead=True, besides=offer)
        return
    outcome = "stays" if chance < 0.75 else "met_elsewhere" if chance < 0.9 else "person_stopped"
    way.tell(((way.back, acts.decides(way.by, outcome)),))
    way.stopped = way.stopped or outcome == "person_stopped"


def _offer(way: Way, code: str, besides: str) -> str | None:
    """A service of this kind at another organization."""
    found = [
        key
        for key, offer in OFFERS.items()
        if offer.service_code == code and offer.house != way.house and key != besides
    ]
    return way.lot.choice(found) if found else None


def _days_to_answer(lot: Random, slow: bool) -> int:
    return round(lot.lognormvariate(log(DAYS_TO_ANSWER * (3 if slow else 1)), SPREAD))


# --- What their own organization does -----------------------------------------------------------------------------


def _is_helped_here(way: Way, code: str) -> None:
    """Nobody else does it, so it stays with the holder."""
    done = way.back - way.lot.randint(3, 9)
    kind = "documents" if code == "ID" else "meet"
    way.tell(plan(way.by, kind, way.back, way.back - done + 1, done=done))
    way.back = done
    way.went_well = True


def _is_kept_up_with(way: Way) -> None:
    """Check-ins, some of them late, until there is nothing more to ask."""
    for _ in range(way.lot.choice((0, 0, 1, 2, 3, 5, 7))):
        days = way.lot.randint(6, 14)
        done = (
            way.back - days + (way.lot.randint(-3, -1) if way.lot.random() < 0.08 else way.lot.randint(0, 2))
        )
        note = way.lot.choice(NOTES_TO_SELF) if way.lot.random() < 0.3 else ""
        way.tell(plan(way.by, "check_in", way.back, days, note, done=done))
        way.tell(
            (
                (
                    done,
                    acts.talks(
                        way.by,
                        way.lot.choice(("voice", "text", "in_person")),
                        hours_ago=way.lot.choice((0, 0, 2, 26)),
                    ),
                ),
            )
        )
        way.back = done


def _is_released(way: Way) -> None:
    reason = (
        "needs_met" if way.went_well and way.lot.random() < 0.85
        else "person_stopped" if way.stopped
        else way.lot.choice(("unreachable", "person_stopped", "moved_away", "needs_met", "unreachable"))
    )  # fmt: skip
    if reason == "unreachable":
        for channel in ("voice", "text", "voice"):
            way.tell(((way.later(2, 4), acts.talks(way.by, channel, reached=False)),))
    way.tell(((way.later(0, 3), acts.lets_go(way.by, reason)),))


# --- A whole life -------------------------------------------------------------------------------------------------


def _way(lot: Random, by: str, house: str, came: int) -> Way:
    count = lot.choices((1, 2, 3), (45, 38, 17))[0]
    needs: list[str] = []
    while len(needs) < count:
        (need,) = lot.choices(list(NEEDS), list(NEEDS.values()))
        if need not in needs:
            needs.append(need)
    way = Way(lot, by, house, needs, came, by_mail=lot.random() < 0.06)
    way.tell(((came, acts.comes_in(by)),))
    for need in needs:
        way.later(0, 2)
        _asks(way, need)
        if way.stopped:
            break
    _is_kept_up_with(way)
    _is_released(way)
    return way


def _whose(lot: Random) -> Way:
    """Drawn until it fits: whom an older organization took in then, it has released by now."""
    while True:
        came = round(lot.triangular(LATEST, EARLIEST, MANY))
        if came > 60 and lot.random() < 0.4:
            by = lot.choice(list(OLD))
            way = _way(lot, by, OLD[by][0], came)
            if not way.is_over:
                continue
            return way
        (by,) = lot.choices(list(NEW), NEW_WEIGHTS)
        return _way(lot, by, NEW[by][0], came)


def _named(lot: Random, taken: set[str]) -> tuple[str, str, str, Pool]:
    while True:
        (pool,) = lot.choices(POOLS, [each.weight for each in POOLS])
        (pronouns,) = lot.choices((HE, SHE, THEY), (68, 30, 2))
        last = lot.choice(pool.lasts())
        if pool.two and lot.random() < 0.35:
            last = f"{last} {lot.choice([each for each in pool.lasts() if each != last])}"
        first = lot.choice(pool.first(pronouns))
        if f"{first} {last}" not in taken:
            taken.add(f"{first} {last}")
            return first, last, pronouns, pool


def _born(lot: Random) -> str:
    (ages,) = lot.choices([ages for ages, _ in AGES], [weight for _, weight in AGES])
    days = lot.randint(ages[0] * 365 + ages[0] // 4 + 1, (ages[1] + 1) * 365)
    return (BORN_BEFORE - timedelta(days=days)).isoformat()


def _reached(way: Way, numbers: Numbers, area: str, name: str, taken: set[str]) -> dict[str, str]:
    if way.by_mail:
        return {"mail": f"{_plain(name)}{way.lot.randint(1, 98)}@post.example"}
    channel = "text" if way.lot.random() < 0.66 else "voice"
    return {channel: numbers.take(way.lot.choice(CODES.get(area, ("213", "323"))), taken)}


def _plain(name: str) -> str:
    return ".".join(
        "".join(letter for letter in word if "a" <= letter <= "z") for word in sort_key(name).split()
    )


def _drawn(number: int, names: set[str], numbers: Numbers, taken: set[str]) -> tuple[Life, str]:
    """A life, and who took it in."""
    lot = Random(f"earlier {number}")  # noqa: S311  the same people each time
    way = _whose(lot)
    first, last, pronouns, pool = _named(lot, names)
    home = {**OLD, **NEW}[way.by][1]
    area = (
        home
        if lot.random() < 0.75
        else lot.choice(("central", "south", "west", "east", "san_gabriel", "south_bay"))
    )
    reached = _reached(way, numbers, area, f"{first} {last}", taken)
    knows_birthday = lot.random() < 0.95
    whole = life(
        first, last, *course(way.told()),
        needs=" ".join(way.needs),
        speaks="es" if pool.two and lot.random() < 0.55 else "en",
        pronouns=pronouns if lot.random() < 0.9 else "",
        born=_born(lot) if knows_birthday else "",
        birth_date_unknown=lot.choice((Unknown.NOT_ASKED, DOESNT_KNOW, PREFERS_NOT)),
        area=area if lot.random() < 0.93 else "",
        area_unknown=lot.choice((Unknown.NOT_ASKED, PREFERS_NOT)),
        free=lot.choice(("", "weekdays", "any", "evenings", "weekdays")),
        diploma=lot.choice((None, None, True, True, False)),
        leave_message=lot.random() < 0.2,
        text=reached.get("text", ""),
        voice=reached.get("voice", ""),
        mail=reached.get("mail", ""),
    )  # fmt: skip
    return whole, way.by


# --- Dirt ---------------------------------------------------------------------------------------------------------

# Taken in a second time by a colleague, who heard or wrote it otherwise: after so many people, who noticed or not.
EVERY: Final = 56
COLLEAGUE: Final = {
    "hana": "dario",
    "dario": "hana",
    "joanna": "felix",
    "felix": "joanna",
    "dara": "ken",
    "ken": "dara",
}
MISHEARD: Final = (
    ("ph", "f"),
    ("z", "s"),
    ("y", "i"),
    ("v", "b"),
    ("ll", "l"),
    ("ss", "s"),
    ("c", "k"),
    ("h", ""),
    ("e", "ee"),
)


def _twin(number: int, of: Life, way_by: str) -> Life | None:
    """The same person, under another spelling."""
    lot = Random(f"twin {number}")  # noqa: S311
    by = COLLEAGUE.get(way_by)
    if by is None or of.told.birth_date is None:
        return None
    came = max(of.beats[0].back - lot.randint(2, 12), 2)
    steps: list[tuple[int, acts.Act]] = [(came, acts.comes_in(by))]
    if came > 14:
        steps.append((came - lot.randint(1, 5), acts.lets_go(by, "mistake")))
    else:
        steps += plan(by, "check_in", came - 1, 15)
    born = of.told.birth_date
    turned = born.replace(month=born.day, day=born.month) if born.day <= 12 else born
    told = {way.channel: way.value for way in of.reach}
    return life(
        of.told.first_name,
        _misheard(of.told.last_name.split(" ")[0]),
        *course(steps),
        needs=of.needs[0],
        speaks=of.language,
        born=turned.isoformat(),
        area=of.told.area,
        text=told.get("text", ""),
        voice=told.get("voice", ""),
        mail=told.get("email", ""),
    )


def _misheard(name: str) -> str:
    for heard, written in MISHEARD:
        if heard in name[1:]:
            return name[0] + name[1:].replace(heard, written, 1)
    return f"{name}e"


def _revoked(of: Life, by: str) -> Life:
    """They think better of it while somebody is asked about them."""
    came = of.beats[0].back
    return Life(
        of.told,
        of.reach,
        ("WRK-PLC",) if OFFERS["hiring"].house != NEW[by][0] else ("EDU",),
        course(
            (
                (came, acts.comes_in(by)),
                (came - 1, acts.refer(by, "hiring" if OFFERS["hiring"].house != NEW[by][0] else "school")),
                (came - 2, acts.takes_back_consent(by)),
                (came - 2, acts.decides(by, "person_stopped")),
                (came - 3, acts.lets_go(by, "person_stopped")),
            )
        ),
        of.diploma,
    )


def drawn(besides: Sequence[Life]) -> tuple[Life, ...]:
    """All of them; nobody has the name or the number of one of `besides`."""
    return tuple(_all(besides))


def _all(besides: Sequence[Life]) -> Iterator[Life]:
    names = {each.name for each in besides}
    taken = {way.value for each in besides for way in each.reach}
    numbers = Numbers(Random("numbers"))  # noqa: S311
    made = number = since = 0
    while made < PEOPLE:
        whole, by = _drawn(number, names, numbers, taken)
        number += 1
        if made % EVERY == 20 and by in NEW and whole.beats[0].back > LATEST + 3:
            whole = _revoked(whole, by)
        yield whole
        made += 1
        since += 1
        again = _twin(number, whole, by) if since >= EVERY else None
        if again is not None and again.name not in names:
            names.add(again.name)
            yield again
            made, since = made + 1, 0
