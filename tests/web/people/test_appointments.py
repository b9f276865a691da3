"""Appointments on the pages: agreed on, moved, called off, said how they went; Today, the story and the own page tell them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from tests.cast import MONDAY
from tests.web.own.themself import Themself
from tests.web.people.desk import date_of, days, form_of, get, person, post, send, signed_in, text
from warmhandoff.casework.actions import appointments
from warmhandoff.casework.actions.appointments import When
from warmhandoff.casework.models import Appointment
from warmhandoff.directory.models import Location
from warmhandoff.participants import actions as participants

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

# Two in the afternoon, where the place is.
SOON = days(2).replace(hour=22, minute=0, second=0, microsecond=0)


@pytest.fixture
def made(c, rosa):
    with c.acting("denise") as denise:
        return appointments.make(
            file=rosa, when=When(SOON, timedelta(minutes=30), how="phone"), about="plan", with_=c.members["tavo"],
            by=denise.actor,
        )  # fmt: skip


def page_of(appointment, act=""):
    return f"/people/appointments/{appointment.code}/{act}"


def stands(c, appointment):
    with c.acting("denise"):
        return Appointment.objects.get(pk=appointment.pk)


def test_one_is_agreed_on(c, rosa):
    denise = signed_in(c, "denise")
    page = get(denise, person(rosa, "make_appointment"))
    assert page.select_one("[name=by_mail]") is None, "no mail address, no such question"
    answer = send(
        denise, person(rosa, "make_appointment"), about="check_in", starts_at="14:00", length="45", how="phone",
        staff=c.members["tavo"].code, **date_of(SOON, "day"),
    )  # fmt: skip
    assert answer.status_code == 302
    with c.acting("denise"):
        one = Appointment.objects.get()
        assert (one.starts_at, one.ends_at - one.starts_at, one.membership) == (
            SOON,
            timedelta(minutes=45),
            c.members["tavo"],
        )
    said = text(get(denise, person(rosa, "appointments")))
    assert "2 pm, 45 minutes" in said and "With: Gustavo Peña" in said and "Check-in. By phone." in said


def test_a_second_press_makes_no_second_one(c, rosa):
    denise = signed_in(c, "denise")
    values = form_of(get(denise, person(rosa, "make_appointment"))) | {
        "about": "check_in", "starts_at": "14:00", "how": "phone", **date_of(SOON, "day"),
    }  # fmt: skip
    first = post(denise, person(rosa, "make_appointment"), values)
    second = post(denise, person(rosa, "make_appointment"), values)
    assert first.headers["Location"] == second.headers["Location"]
    with c.acting("denise"):
        assert Appointment.objects.count() == 1


def test_what_is_refused_is_said_at_its_field_and_nothing_is_lost(c, rosa, made):
    denise = signed_in(c, "denise")
    answer = send(
        denise, person(rosa, "make_appointment"), about="check_in", starts_at="14:15", how="phone", **date_of(SOON, "day")
    )  # fmt: skip
    assert answer.status_code == 422
    assert "They have another appointment then. Choose another time." in answer.content.decode()
    assert 'value="14:15" selected' in answer.content.decode()


def test_a_closed_day_is_warned_about_before_it_is_kept(c, rosa, made):
    denise, thanksgiving = signed_in(c, "denise"), date_of(days(3), "day")
    asked = {"about": "check_in", "starts_at": "10:00", "how": "phone", **thanksgiving}
    assert get(denise, person(rosa, "make_appointment")).select_one("[name=although_closed]") is None
    answer = send(denise, person(rosa, "make_appointment"), **asked)
    page = BeautifulSoup(answer.content, "lxml")
    assert answer.status_code == 422 and page.select_one("[name=although_closed]") is not None
    assert "November 26, 2026 is a holiday here" in text(page)
    assert "The next open day is November 30, 2026." in text(page)
    with c.acting("denise"):
        assert Appointment.objects.count() == 1
    assert send(denise, person(rosa, "make_appointment"), **asked, although_closed="on").status_code == 302
    answer = send(denise, page_of(made, "move/"), starts_at="10:30", **thanksgiving)
    assert answer.status_code == 422 and b"is a holiday here" in answer.content
    # Another day after all: nobody is asked any more.
    answer = send(denise, page_of(made, "move/"), starts_at="10:30", **date_of(days(7), "day"))
    assert answer.status_code == 302


def test_their_calendar_is_asked_for_where_they_have_mail(c, rosa):
    with c.acting("denise") as denise:
        participants.add_way(file=rosa, way=participants.Way("email", "rosa@mail.example"), by=denise.actor)
        there = Location.objects.create(service=c.services["housing"], address="1 Harbor St")
    page = get(signed_in(c, "denise"), person(rosa, "make_appointment"))
    assert page.select_one("[name=by_mail]") is not None
    assert there.address not in page.text, "another organization's address"
    send(
        signed_in(c, "denise"), person(rosa, "make_appointment"), about="plan", starts_at="10:00", by_mail="on",
        **date_of(SOON, "day"),
    )  # fmt: skip
    assert "reminded on the day before" in text(get(signed_in(c, "denise"), page_of(one_of(c))))


def one_of(c):
    with c.acting("denise"):
        return Appointment.objects.get()


def test_it_is_moved_and_called_off(c, rosa, made):
    denise = signed_in(c, "denise")
    send(denise, page_of(made, "move/"), starts_at="09:30", **date_of(days(7), "day"))
    moved = stands(c, made)
    assert moved.starts_at > SOON and moved.sequence == 1
    assert send(denise, page_of(made, "move/")).status_code == 422, "nothing changed"
    send(denise, page_of(made, "call-off/"), reason="person_asked")
    assert stands(c, made).state == "cancelled"
    story = text(get(denise, person(rosa)))
    assert "You called off the appointment of" in story and "they asked for it" in story
    assert "agreed on an appointment" in story


def test_how_it_went_is_asked_for_once_it_has_begun(c, rosa, made):
    tavo = signed_in(c, "tavo")
    assert "Did they come?" not in text(get(tavo, page_of(made)))
    later = SOON + timedelta(hours=1)
    today = text(get(tavo, "/today/", at=later))
    assert "Appointment today at 2 pm. Did they come?" in today
    values = form_of(get(tavo, page_of(made), at=later), "went") | {"outcome": "missed"}
    assert post(tavo, page_of(made, "went/"), values, at=later).status_code == 302
    assert stands(c, made).state == "missed"
    assert "did not come" in text(get(signed_in(c, "denise"), person(rosa), at=later))
    assert "Call them." in text(get(signed_in(c, "denise"), "/today/", at=later))
    send(tavo, page_of(made, "set-right/"), at=later, reason="mistyped")
    assert stands(c, made).state == "kept"


def test_today_tells_it_the_day_before_to_whom_it_is_with(c, rosa, made):
    assert "Appointment tomorrow at 2 pm." in text(
        get(signed_in(c, "tavo"), "/today/", at=SOON - timedelta(days=1))
    )


def test_the_own_page_says_when_where_and_with_whom_and_not_what_about(c):
    rosa = Themself(c)
    rosa.come_in()
    with c.acting("denise") as denise:
        appointments.make(
            file=rosa.file, when=When(SOON, timedelta(minutes=30), how="phone"), about="papers", with_=denise.membership,
            by=denise.actor,
        )  # fmt: skip
    said = rosa.text()
    assert "Appointment with Denise Carter, Eastgate Community Partners. By phone." in said and "2 pm" in said
    assert "papers" not in said.split("My dates")[1].split("Where my questions stand")[0].lower()
    with c.acting("denise") as denise:
        appointments.cancel(appointment=Appointment.objects.get(), reason="not_needed", by=denise.actor)
    assert "Appointment with" not in rosa.text()


def test_of_another_organization_there_is_none(c, rosa, made):
    ines = signed_in(c, "ines")
    for act in ("", "move/", "call-off/", "set-right/"):
        get(ines, page_of(made, act), status=404)
    get(ines, person(rosa, "appointments"), status=404)


def test_a_peer_mentor_says_how_it_went_and_makes_none(c, rosa, made):
    tavo = signed_in(c, "tavo")
    assert "Appointments" in text(get(tavo, person(rosa, "appointments")))
    get(tavo, person(rosa, "make_appointment"), status=403)
    get(tavo, page_of(made, "move/"), status=403)
    get(tavo, page_of(made, "call-off/"), status=403)


def test_in_the_past_there_is_no_going_back(c, rosa, made):
    assert SOON > MONDAY
    denise = signed_in(c, "denise")
    answer = send(
        denise,
        page_of(made, "move/"),
        at=SOON + timedelta(hours=1),
        starts_at="06:00",
        **date_of(SOON, "day"),
    )
    assert answer.status_code == 422 and "This time has passed" in answer.content.decode()
