"""The living picture of the opening page: organizations as rows, each person a dot beside whoever holds them, and dots on the
way to where they were asked for. Drawn from counts alone; the numbers under each name say the same in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from warmhandoff.demo.counts import House, Way
from warmhandoff.web.today.said import together

# Of the drawing beside the rows; the style sheet gives each row this height, and the drawing that width.
ROW, WIDTH = 73, 208
MARGIN, NEAREST, FARTHER = 6, 64, 34
BETWEEN_ENDS = 11
MOST_DOTS_ON_A_WAY = 3
PACES = 7  # the style sheet lets each dot begin at another time


@dataclass(frozen=True)
class Row:
    """One organization. `before`, `after` and `late` are dots; between the first two stands whom the guide follows."""

    name: str
    says: str
    serves: str
    on_their_way: str
    before: range
    after: range
    late: range
    served: range
    has_followed: bool


@dataclass(frozen=True)
class Arc:
    """From a row to a row, as a path; a dot for each person on it, up to a few. The dots' numbers keep them out of step."""

    path: str
    tip: str
    is_answered: bool
    dots: list[int]


@dataclass(frozen=True)
class Picture:
    people: int
    organizations: int
    late: int
    unnamed: int
    rows: list[Row]
    arcs: list[Arc]
    in_words: str
    height: int

    @property
    def size(self) -> str:
        return f"0 0 {WIDTH} {self.height}"


def draw(houses: Sequence[House], ways: Sequence[Way], followed_at: str = "") -> Picture:
    """`followed_at` is the code of the organization that holds whom the guide follows."""
    names = {house.code: house.name for house in houses}
    shown = [way for way in ways if way.sender in names and way.receiver in names]
    return Picture(
        people=sum(house.people for house in houses),
        organizations=sum(bool(house.people or house.serves) for house in houses),
        late=sum(house.late for house in houses),
        unnamed=sum(house.people - house.named for house in houses),
        rows=[_row(house, shown, house.code == followed_at) for house in houses],
        arcs=_arcs([house.code for house in houses], shown),
        in_words="; ".join(f"{names[way.sender]}: {_way(way, names)}" for way in shown),
        height=ROW * len(houses) + 1,
    )


def _row(house: House, ways: Sequence[Way], has_followed: bool) -> Row:
    calm = house.people - house.late - has_followed
    serves = ngettext("serves %(n)s person", "serves %(n)s people", house.serves) % {"n": house.serves}
    return Row(
        name=house.name,
        says=_says(house),
        serves=serves if house.serves else "",
        on_their_way=_on_their_way([way for way in ways if way.sender == house.code]),
        before=range(calm // 3),
        after=range(calm - calm // 3),
        late=range(house.late),
        served=range(house.serves),
        has_followed=has_followed,
    )


def _says(house: House) -> str:
    """`23 people, held by 4 staff, 1 late`."""
    if not house.people:
        return _("holds nobody")
    people = ngettext("%(n)s person", "%(n)s people", house.people) % {"n": house.people}
    parts = [people, _("held by %(n)s staff") % {"n": house.staff}]
    if house.late:
        parts.append(_("%(n)s late") % {"n": house.late})
    return ", ".join(parts)


def _on_their_way(ways: Sequence[Way]) -> str:
    """`6 asked about elsewhere, 2 accepted`: on a phone, where there is no drawing."""
    asked, accepted = sum(way.asked for way in ways), sum(way.accepted for way in ways)
    said = [_("%(n)s asked about elsewhere") % {"n": asked}] if asked else []
    said += [_("%(n)s accepted elsewhere") % {"n": accepted}] if accepted else []
    return ", ".join(said)


def _way(way: Way, names: dict[str, str]) -> str:
    said = []
    if way.asked:
        said.append(_("%(n)s asked about") % {"n": way.asked})
    if way.accepted:
        said.append(_("%(n)s accepted") % {"n": way.accepted})
    return _("%(what)s at %(place)s") % {"what": together(said), "place": names[way.receiver]}


# --- Arcs ---------------------------------------------------------------------------------------------------------


def _arcs(order: Sequence[str], ways: Sequence[Way]) -> list[Arc]:
    """The nearer two rows are, the nearer their arc stays; ends at one row stand under one another."""
    ends = _Ends(order, ways)
    most = max((abs(order.index(way.sender) - order.index(way.receiver)) for way in ways), default=1)
    arcs: list[Arc] = []
    for way in ways:
        for count, is_answered in ((way.asked, False), (way.accepted, True)):
            if not count:
                continue
            start, end = ends.next(way.sender), ends.next(way.receiver)
            apart = abs(order.index(way.sender) - order.index(way.receiver))
            bend = min(NEAREST + FARTHER * (apart - 1), NEAREST + (_widest() - NEAREST) * apart // most)
            path = f"M{MARGIN},{start} C{bend},{start} {bend},{end} {MARGIN * 2},{end}"
            tip = f"M{MARGIN - 2},{end} l9,-5 v10z"
            dots = [(3 * len(arcs) + 2 * dot) % PACES for dot in range(min(count, MOST_DOTS_ON_A_WAY))]
            arcs.append(Arc(path, tip, is_answered, dots))
    return arcs


def _widest() -> int:
    """How far a curve's handle may lie out, so that the curve itself (three quarters of it) stays inside."""
    return (WIDTH - MARGIN) * 4 // 3 - MARGIN


class _Ends:
    """Where arcs meet a row: one under another, around its middle."""

    def __init__(self, order: Sequence[str], ways: Sequence[Way]) -> None:
        self._order = order
        self._count = dict.fromkeys(order, 0)
        for way in ways:
            for count in (way.asked, way.accepted):
                self._count[way.sender] += bool(count)
                self._count[way.receiver] += bool(count)
        self._taken = dict.fromkeys(order, 0)

    def next(self, code: str) -> int:
        middle = ROW * self._order.index(code) + ROW // 2
        gap = min(BETWEEN_ENDS, (ROW - 2 * MARGIN) // max(self._count[code], 1))
        first = middle - gap * (self._count[code] - 1) // 2
        self._taken[code] += 1
        return first + gap * (self._taken[code] - 1)
