"""Somebody is found again among the organization's own files, however they are spelt, and in no other organization's."""

from __future__ import annotations

from datetime import date

import pytest

from tests import cast
from tests.cast import told
from warmhandoff.participants import actions
from warmhandoff.participants.identity import alike, asking, finding
from warmhandoff.participants.models import FileKey, Participant

BORN = date(1991, 3, 7)


@pytest.fixture
def rosa(c):
    with c.acting("denise") as denise:
        file = cast.take_in(denise, told("José Luis", "Mendoza García", birth_date=BORN))
        cast.take_in(denise, told("Ana", "Zapata", birth_date=date(1980, 1, 30)))
        cast.take_in(denise, told("Pedro", "Vega"))
    return file


def found(c, text, who="denise"):
    with c.acting(who):
        return [each.listing.name for each in finding.found(asking.asked(text))]


def alike_to(c, who="denise", **more):
    with c.acting(who):
        return [each.listing.name for each in alike(told=actions.Told(**more))]


@pytest.mark.parametrize(
    "text",
    [
        "Jose Luis Mendosa",
        "Pepe Mendoza",
        "Mendoza Pepe",
        "Garcia Mendoza, Jose",
        "mendoza garcia jose luis",
        "Jose Mendoza 3/7/1991",
        "7/3/1991 Mendoza",
        "1991-03-07",
        "7 de marzo de 1991",
        "March 7, 1991 Pepe Castillo",
        "mendosa 1991",
        "Mendzoa Jose",
        "Joze Mendosa",
        "(555) 0123 mendoza",
    ],
)
def test_what_is_typed_into_the_box_finds_them(c, rosa, text):
    assert found(c, text)[:1] == ["José Luis Mendoza García"], text


@pytest.mark.parametrize("text", ["", "Kowalski", "Ebony Whitfield", "1/1/1970", "%", "'; DROP TABLE x; --"])
def test_what_is_like_nobody_finds_nobody(c, rosa, text):
    assert found(c, text) == []


def test_told_at_the_counter(c, rosa):
    assert alike_to(c, first_name="Chepe", last_name="Mendosa", birth_date=date(1991, 7, 3)) == [
        "José Luis Mendoza García"
    ]
    assert alike_to(c, first_name="José", last_name="Castillo", birth_date=BORN) == [
        "José Luis Mendoza García"
    ]
    assert alike_to(c, first_name="Marcus", last_name="Webb", birth_date=date(1975, 5, 5)) == []


def test_another_organization_finds_nothing(c, rosa):
    assert found(c, "Jose Luis Mendoza Garcia 3/7/1991", who="ines") == []
    assert alike_to(c, who="ines", first_name="José Luis", last_name="Mendoza García", birth_date=BORN) == []


def test_who_reads_no_contact_finds_nobody(c, rosa):
    for who in ("grace", "adam"):
        assert found(c, "Jose Mendoza 3/7/1991", who=who) == []


def test_keys_follow_what_is_changed(c, rosa):
    with c.acting("denise") as denise:
        before = set(FileKey.objects.filter(file=rosa).values_list("key", flat=True))
        actions.change_contact(file=rosa, told=told("Rosa", "Quintero", birth_date=BORN), by=denise.actor)
        after = set(FileKey.objects.filter(file=rosa).values_list("key", flat=True))
        actions.add_way(file=rosa, way=actions.Way("voice", "(323) 555-0188"), by=denise.actor)
        more = set(FileKey.objects.filter(file=rosa).values_list("key", flat=True))
    assert before - after and after - before and before & after
    assert after < more
    assert found(c, "Mendosa Pepe") == []
    assert found(c, "Kintero Rosa") == ["Rosa Quintero"]
    assert found(c, "323 555 0188") == ["Rosa Quintero"]


def test_a_received_file_is_found_by_what_was_shown(c):
    with c.acting("denise") as denise:
        file = cast.take_in(denise, told("Inocencia", "Villarreal", birth_date=BORN))
        referral = cast.refer(file, c.services["carpentry"], denise)
    with c.acting("vera") as vera:
        from warmhandoff.referrals import actions as referrals
        from warmhandoff.referrals.models import Referral

        referrals.accept(
            referral=Referral.objects.get(pk=referral.pk), reply=referrals.Reply("Vera"), by=vera.actor
        )
    with c.acting("vera"):
        assert FileKey.objects.filter(file__in=Participant.objects.all()).count() > 5
    assert found(c, "Vilareal Inocensia", who="vera") == ["Inocencia Villarreal"]
