"""Own people are found by the beginning of a name, as names sort where they come from; other organizations' never."""

from __future__ import annotations

import pytest

from tests import cast
from tests.cast import told
from warmhandoff.participants import reading

NAMES = [
    ("José", "Álvarez"),
    ("Ana", "Zapata"),
    ("Dee", "O'Neill"),
    ("María José", "Núñez"),
    ("Bo", "Ng"),
    ("Lena", ""),
]


@pytest.fixture
def people(c):
    with c.acting("denise") as denise:
        for first, last in NAMES:
            cast.take_in(denise, told(first, last))
    with c.acting("ines") as ines:
        cast.take_in(ines, told("Ana", "Alvarado"))


def found(c, search, who="denise", **more):
    with c.acting(who):
        return [row.name for row in reading.own_people(search, **more)]


def test_in_the_order_of_last_names_accents_or_not(c, people):
    assert found(c, "") == ["José Álvarez", "Lena", "Bo Ng", "María José Núñez", "Dee O'Neill", "Ana Zapata"]


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("al", ["José Álvarez"]),
        ("ÁLV", ["José Álvarez"]),
        ("jose", ["José Álvarez"]),
        ("zapata ana", ["Ana Zapata"]),
        ("Zapata, Ana", ["Ana Zapata"]),
        ("ana z", ["Ana Zapata"]),
        ("nun", ["María José Núñez"]),
        ("o'n", ["Dee O'Neill"]),
        ("n", ["Bo Ng", "María José Núñez"]),
        ("  ", ["José Álvarez", "Lena", "Bo Ng", "María José Núñez", "Dee O'Neill", "Ana Zapata"]),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("'; DROP TABLE x; --", []),
        ("alvarado", []),
    ],
)
def test_by_the_beginning_of_either_name(c, people, search, names):
    assert found(c, search) == names


def test_by_the_code_of_their_file_and_not_by_another_organizations(c, people):
    with c.acting("denise"):
        code = reading.own_people("zapata").get().code
    assert found(c, code.lower()) == ["Ana Zapata"]
    assert found(c, code, who="ines") == []
    assert found(c, "", who="ines") == ["Ana Alvarado"]


def test_by_standing(c, people):
    from warmhandoff.custody import actions as custody

    with c.acting("denise") as denise:
        row = reading.own_people("zapata").get()
        custody.release(person_id=row.person_id, reason="moved_away", by=denise.actor)
    assert found(c, "", standing="closed") == ["Ana Zapata"]
    assert "Ana Zapata" not in found(c, "", standing="held")


def test_who_reads_no_contact_finds_nobody(c, people):
    with c.acting("luz") as luz:
        cast.take_in(luz, told("Ana", "Office"))
    for who in ("grace", "adam"):
        assert found(c, "ana", who=who) == []
    assert found(c, "ana", who="tavo") == ["Ana Zapata"]
