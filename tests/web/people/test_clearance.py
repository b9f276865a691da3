"""Record clearance on its page: begun, stepped, taken back; only for whoever reads the class justice."""

from __future__ import annotations

import pytest

from tests.web.people.desk import days, get, person, send, signed_in, text
from warmhandoff.casework.models import Clearance
from warmhandoff.foundation.models import AccessLog

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def one_of(c):
    with c.acting("denise"):
        return Clearance.objects.get()


def step(c, rosa, verb):
    return f"{person(rosa, 'clearance')}{one_of(c).code}/{verb}/"


def test_from_its_beginning_to_a_step_taken_back(c, rosa):
    denise = signed_in(c, "denise")
    send(denise, person(rosa, "clearance"), relief="dismissal")
    send(denise, step(c, rosa, "obtain_records"))
    send(denise, step(c, rosa, "file_petition"))
    hearing = days(10)
    send(
        denise, step(c, rosa, "set_hearing"), hearing_on_month=str(hearing.month), hearing_on_day=str(hearing.day),
        hearing_on_year=str(hearing.year),
    )  # fmt: skip
    said = text(get(denise, person(rosa, "clearance")))
    assert (
        "Dismissal: hearing set" in said
        and "Hearing on Thu, Dec 3" in said
        and "Another day of the hearing" in said
    )
    send(denise, step(c, rosa, "taken_back"), reason="mistyped")
    said = text(get(denise, person(rosa, "clearance")))
    assert "Dismissal: petition filed" in said and "Taken back: written down wrong." in said
    send(denise, step(c, rosa, "stop"))
    assert one_of(c).state == "stopped"


def test_what_can_not_be_next_is_refused_and_what_is_no_step_is_not_there(c, rosa):
    denise = signed_in(c, "denise")
    assert send(denise, person(rosa, "clearance"), relief="").status_code == 422
    send(denise, person(rosa, "clearance"), relief="sealing")
    assert send(denise, person(rosa, "clearance"), relief="sealing").status_code == 422
    assert send(denise, step(c, rosa, "grant")).status_code == 409
    get(denise, step(c, rosa, "forgive"), status=404)


def test_each_look_is_logged_and_who_does_not_read_the_class_has_no_such_page(c, rosa):
    denise = signed_in(c, "denise")
    send(denise, person(rosa, "clearance"), relief="dismissal")
    with c.acting("denise"):
        before = AccessLog.objects.count()
    get(denise, person(rosa, "clearance"))
    with c.acting("denise"):
        assert AccessLog.objects.count() == before + 1
    for name, status in (("tavo", 403), ("ines", 404)):
        get(signed_in(c, name), person(rosa, "clearance"), status=status)
        get(signed_in(c, name), step(c, rosa, "stop"), status=status)
    assert "clearance" not in text(get(signed_in(c, "tavo"), person(rosa, "program"))).lower()
