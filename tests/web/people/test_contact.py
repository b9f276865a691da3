"""Contact details and ways to reach someone; needs."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from tests.web.people.desk import form_of, get, person, post, send, signed_in, text
from warmhandoff.directory.models import Criterion, Service
from warmhandoff.foundation import clock, scoping
from warmhandoff.foundation.actors import operator_actor
from warmhandoff.participants.models import Contact, Listing, Need, Reach, Schooling
from warmhandoff.participants.reading import has_diploma
from warmhandoff.referrals.fit import offers_for

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def test_details_change_and_the_list_follows(c, rosa):
    answer = send(
        signed_in(c, "denise"), person(rosa, "contact"), last_name="Álvarez", pronouns="she/her", availability="evenings",
        birth_date_month="3", birth_date_day="4", birth_date_year="1992", do_not_contact="on",
    )  # fmt: skip
    assert answer.headers["Location"] == person(rosa)
    contact = Contact.objects.using("owner").get(file=rosa)
    assert (contact.last_name, str(contact.birth_date), contact.birth_date_unknown) == (
        "Álvarez",
        "1992-03-04",
        "",
    )
    assert Listing.objects.using("owner").get(file=rosa).last_sort == "alvarez rosa"
    page = get(signed_in(c, "denise"), person(rosa))
    assert "34, she/her. Prefers Spanish." in text(page, ".lead")
    assert "They asked for quiet" in text(page, ".head")


def test_what_they_learned_decides_who_can_be_asked(c, rosa):
    """Told by the person: a course that needs a diploma can't be asked until they have one. Nobody asked: it can."""
    with scoping.acting_as(operator_actor(c.organizations["bright"].pk)):
        Service.objects.filter(pk=c.services["it"].pk).update(
            room="open", seats=6, room_as_of=clock.now().date()
        )
        Criterion.objects.create(service=c.services["it"], kind="diploma")
    client, told = signed_in(c, "denise"), {}
    for said in ("", "no", "yes", ""):
        send(client, person(rosa, "contact"), diploma=said)
        chosen = get(client, person(rosa, "contact")).select_one("select[name=diploma] option[selected]")
        assert chosen["value"] == said
        with c.acting("denise"):
            contact = Contact.objects.select_related("file").get(file=rosa)
            offers = offers_for(file=contact.file, contact=contact, need_code="WRK-TRN")
            told[said] = next(each for each in offers if each.service.pk == c.services["it"].pk)
    assert (told[""].chip, told[""].can_be_asked) == ("Has room, ask them first", True)
    assert (told["no"].chip, told["no"].can_be_asked) == ("Not eligible", False)
    assert told["no"].reasons[0].words.startswith("Needs a high-school diploma")
    assert told["yes"].chip == "Fits, 6 seats"
    kept = Schooling.objects.using("owner").get()
    assert (kept.diploma, kept.diploma_unknown) == (None, "not_asked"), (
        "taken back, and what was said before is kept"
    )


def test_who_may_not_read_a_class_finds_nothing_of_it(c, rosa):
    send(signed_in(c, "denise"), person(rosa, "contact"), diploma="no")
    with c.acting("denise"):
        assert has_diploma(rosa.pk) is False
    with c.acting("tavo"):
        assert has_diploma(rosa.pk) is None


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"first_name": ""}, "Fill this in."),
        ({"first_name": "x" * 81}, "at most 80"),
        ({"language": "tlh"}, "Select a valid choice"),
        ({"area": "atlantis"}, "Select a valid choice"),
        (
            {"birth_date_month": "2", "birth_date_day": "30", "birth_date_year": "1990"},
            "is not a day on the calendar",
        ),
        ({"birth_date_month": "1", "birth_date_day": "1", "birth_date_year": "1850"}, "too long ago"),
        ({"birth_date_month": "1", "birth_date_day": "1", "birth_date_year": "2040"}, "too far ahead"),
    ],
)
def test_bad_details_change_nothing(c, rosa, changed, says):
    answer = send(signed_in(c, "denise"), person(rosa, "contact"), **changed)
    assert answer.status_code == 422
    assert says in text(BeautifulSoup(answer.content, "lxml"), ".summary")
    assert Contact.objects.using("owner").get(file=rosa).name == "Rosa Mendoza"


def test_a_way_is_added_and_another_stopped(c, rosa):
    client = signed_in(c, "denise")
    send(client, person(rosa, "add_way"), way="voice", phone="(213) 555-0199", leave_message="on")
    page = get(client, person(rosa))
    assert "Text 555-0123 Call (213) 555-0199 A message may be left" in text(page, "aside")
    page = get(client, person(rosa, "contact"))
    first = page.select_one("form[action$='/contact/stop/']")
    values = {
        one["name"]: one["value"]
        for one in first.select("input[name]")
        if one["name"] != "csrfmiddlewaretoken"
    }
    for _press in range(2):
        assert post(client, first["action"], values).headers["Location"] == person(rosa, "contact")
    assert "555-0123" not in text(get(client, person(rosa)), "aside")
    stopped = (
        Reach.objects.using("owner").select_related("contact_point").order_by("id").first().contact_point
    )
    assert stopped.stopped_why == "not_safe"
    assert text(get(client, person(rosa))).count("You changed the contact details.") == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"way": "voice", "phone": ""},
        {"way": "email", "email": "no"},
        {"way": None},
        {"way": "text", "phone": "9" * 300},
    ],
)
def test_a_way_without_its_address_is_refused(c, rosa, changed):
    assert send(signed_in(c, "denise"), person(rosa, "add_way"), **changed).status_code == 422
    assert Reach.objects.using("owner").count() == 1


def test_a_need_is_written_down_and_closed(c, rosa):
    client = signed_in(c, "denise")
    assert "WRK-TRN" not in [one["value"] for one in get(client, person(rosa, "needs")).select("option")]
    send(client, person(rosa, "needs"), code="HSG")
    page = get(client, person(rosa, "needs"))
    assert "Open needs 2" in text(page)
    form = page.select("form[action$='/needs/close/']")[0]
    values = {one["name"]: one["value"] for one in form.select("input[type=hidden]")} | {"outcome": "met"}
    for _press in range(2):
        assert post(client, person(rosa, "close_need"), values).headers["Location"] == person(rosa, "needs")
    assert Need.objects.using("owner").get(code="WRK-TRN").outcome == "met"
    told = text(get(client, person(rosa)))
    assert "You closed a need: job training. It is met." in told


def test_bad_needs(c, rosa):
    client = signed_in(c, "denise")
    for code in ("", "NO-SUCH", "WRK-TRN"):
        assert send(client, person(rosa, "needs"), code=code).status_code == 422
    page = get(client, person(rosa, "needs"))
    form = page.select("form[action$='/needs/close/']")[0]
    values = {one["name"]: one["value"] for one in form.select("input[type=hidden]")}
    assert post(client, person(rosa, "close_need"), values).status_code == 422
    assert (
        post(client, person(rosa, "close_need"), values | {"outcome": "met", "need": "999999"}).status_code
        == 404
    )
    assert post(
        client, person(rosa, "close_need"), values | {"outcome": "met", "need": "9" * 40}
    ).status_code in (404, 422)
    assert Need.objects.using("owner").get().closed_on is None


@pytest.mark.parametrize("act", ["contact", "add_way", "stop_way", "needs", "close_need"])
def test_who_may_not(c, rosa, act):
    values = form_of(get(signed_in(c, "denise"), person(rosa, "contact")))
    for name, status in (("tavo", 403), ("grace", 403), ("ines", 404)):
        assert post(signed_in(c, name), person(rosa, act), values).status_code == status
