"""Taking somebody in: five questions, a next step, one transaction."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from tests import cast
from tests.cast import MONDAY
from tests.web.people.desk import date_of, days, form_of, get, person, post, signed_in, text
from warmhandoff.custody import actions as custody
from warmhandoff.custody.reading import custody_of
from warmhandoff.participants.models import Contact, Listing, Need, Participant, Reach, Schooling

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

PAGE = "/people/new/"
ROSA = {
    "first_name": "Rosa",
    "last_name": "Mendoza",
    "way": "text",
    "phone": "213-555-0123",
    "language": "es",
    "needs": ["WRK-TRN", "HSG"],
}


def blank(client) -> dict:
    return form_of(get(client, f"{PAGE}?adult=yes"), PAGE)


def take(client, **changed):
    values = blank(client) | ROSA | changed
    return post(client, PAGE, {key: value for key, value in values.items() if value is not None})


def page_of(answer) -> BeautifulSoup:
    return BeautifulSoup(answer.content, "lxml")


def count() -> int:
    return Participant.objects.using("owner").count()


def test_what_they_learned_is_kept_where_it_was_asked(c):
    take(signed_in(c, "denise"), diploma="no")
    take(signed_in(c, "denise"), first_name="Ana", last_name="Ruiz")
    assert list(Schooling.objects.using("owner").values_list("file__contact__first_name", "diploma")) == [
        ("Rosa", False)
    ]


def test_the_first_question_stands_alone(c):
    page = get(signed_in(c, "denise"), PAGE)
    assert "Are you 18 or older?" in text(page)
    assert page.select_one("[lang=es]").get_text() == "¿Tiene 18 años o más?"
    assert not page.select("main input[name=first_name]")


def test_who_is_under_18_gets_somebody_named_and_no_file(c):
    page = get(signed_in(c, "denise"), "/people/new/under-18/")
    told = text(page)
    assert "Marcus Webb" in told and "555-0142" in told and "Luz Ortega" in told
    assert "nothing was stored" in told
    assert count() == 0


def test_a_form_without_the_first_answer_stores_nothing(c):
    client = signed_in(c, "denise")
    answer = take(client, adult="")
    assert "Are you 18 or older?" in text(page_of(answer))
    assert count() == 0


def test_five_questions_and_a_next_step(c):
    client = signed_in(c, "denise")
    answer = take(client)
    file = Participant.objects.using("owner").get()
    assert answer.headers["Location"] == person(file)
    with c.acting("denise") as denise:
        contact = Contact.objects.get(file=file)
        assert (contact.name, contact.language, contact.birth_date_unknown) == (
            "Rosa Mendoza",
            "es",
            "not_asked",
        )
        assert Reach.objects.get(file=file).contact_point.value == "213-555-0123"
        assert {need.code for need in Need.objects.filter(file=file)} == {"WRK-TRN", "HSG"}
        held = custody_of(file.person_id)
        assert held.membership_id == denise.membership.pk
        assert (held.next_step.kind, held.next_step.due_at.date().isoformat()) == (
            "find_place",
            "2026-11-26",
        )  # UTC
    with_file = get(client, person(file))
    assert "Rosa is with you now." in text(with_file, "[role=status]")
    assert "Next: Wants job training and housing. Nobody has been asked yet." in text(with_file)


def test_the_questions_stand_in_both_languages(c):
    page = get(signed_in(c, "denise"), f"{PAGE}?adult=yes")
    assert "¿Cómo se llama?" in [one.get_text() for one in page.select("[lang=es]")]
    spanish = get(signed_in(c, "denise"), f"{PAGE}?adult=yes", headers={"accept-language": "es"})
    assert "What is your name?" in [one.get_text() for one in spanish.select("[lang=en]")]


def test_twice_makes_one(c):
    client = signed_in(c, "denise")
    values = blank(client) | ROSA
    first, second = post(client, PAGE, values), post(client, PAGE, values)
    assert first.status_code == second.status_code == 302
    assert first.headers["Location"] == second.headers["Location"]
    assert count() == 1


def test_no_safe_way_is_an_answer(c):
    client = signed_in(c, "denise")
    assert take(client, way="none", phone="").status_code == 302
    file = Participant.objects.using("owner").get()
    assert "No safe way yet" in text(get(client, person(file)))


def test_nothing_needed_yet_means_deciding_what_is_next(c):
    client = signed_in(c, "denise")
    take(client, needs=[])
    file = Participant.objects.using("owner").get()
    assert "Next: Nothing is agreed yet." in text(get(client, person(file)))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"first_name": ""}, "First name, or the name they go by : Fill this in."),
        ({"first_name": "   "}, "Fill this in."),
        ({"first_name": "R" * 5000}, "at most 80"),
        ({"way": None}, "“No safe way yet” is an answer too."),
        ({"phone": ""}, "Write the phone number, or choose another way."),
        ({"phone": "call me"}, "Write the phone number with its digits"),
        ({"way": "email", "email": ""}, "Write the email address, or choose another way."),
        ({"way": "email", "email": "rosa"}, "valid email"),
        ({"language": "xx"}, "Select a valid choice"),
        ({"needs": ["NO-SUCH"]}, "Select a valid choice"),
        ({"next_step": None}, "Choose one."),
        ({"next_step": "settle"}, "Select a valid choice"),
        (date_of(MONDAY) | {"due_day": "31", "due_month": "2"}, "is not a day on the calendar"),
        ({"due_month": "", "due_day": "", "due_year": ""}, "Enter the date"),
        (date_of(days(-1)), "This day has passed."),
        (date_of(days(31)), "at most 30 days ahead"),
        (date_of(days(31)) | {"due_year": "99999"}, "four digits"),
    ],
)
def test_bad_input_names_the_mend_and_stores_nothing(c, changed, says):
    client = signed_in(c, "denise")
    answer = take(client, **changed)
    assert answer.status_code == 422
    page = page_of(answer)
    assert says in text(page, ".summary")
    assert page.title.get_text().startswith("Error: ")
    assert count() == 0
    if changed.get("first_name") != "" and "first_name" not in changed:
        assert page.select_one("#id_first_name")["value"] == "Rosa"  # nothing typed is lost


def test_a_refused_form_can_be_mended_and_sent_again(c):
    client = signed_in(c, "denise")
    refused = page_of(take(client, phone=""))
    answer = post(client, PAGE, form_of(refused, PAGE) | {"phone": "555-0123"})
    assert answer.status_code == 302
    assert count() == 1


def test_after_closing_time_today_is_too_late(c):
    client = signed_in(c, "denise")
    evening = MONDAY.replace(day=24, hour=2)  # Monday, 6 pm
    values = form_of(get(client, f"{PAGE}?adult=yes", evening), PAGE) | ROSA | date_of(MONDAY)
    refused = post(client, PAGE, values, evening)
    assert refused.status_code == 422
    assert "The next step’s date has passed." in text(page_of(refused)).replace("'", "’")
    mended = post(client, PAGE, form_of(page_of(refused), PAGE) | date_of(days(1)), evening)
    assert mended.status_code == 302 and mended.headers["Location"] != "/"
    assert count() == 1


# --- Somebody who may be known ------------------------------------------------------------------------------------


def test_a_name_that_is_known_is_asked_about_first(c, rosa):
    client = signed_in(c, "denise")
    answer = take(client)
    assert answer.status_code == 422
    page = page_of(answer)
    assert "Is it one of them?" in text(page) and "With you already." in text(page)
    assert count() == 1
    assert post(client, PAGE, form_of(page, PAGE) | {"known": "new"}).status_code == 302
    assert count() == 2


def test_whoever_is_with_you_already_is_opened(c, rosa):
    client = signed_in(c, "denise")
    page = page_of(take(client))
    answer = post(client, PAGE, form_of(page, PAGE) | {"known": rosa.code})
    assert answer.headers["Location"] == person(rosa)
    assert count() == 1


def test_who_comes_back_is_the_same_person(c, rosa):
    with c.acting("denise") as denise:
        custody.release(person_id=rosa.person_id, reason="needs_met", by=denise.actor)
    client = signed_in(c, "denise")
    page = page_of(take(client))
    assert "Released today. They are taken in again: the same file." in text(page)
    answer = post(client, PAGE, form_of(page, PAGE) | {"known": rosa.code})
    assert answer.headers["Location"] == person(rosa)
    assert count() == 1
    with c.acting("denise"):
        assert Listing.objects.get(file=rosa).standing == "held"
    assert "Rosa came back." in text(get(client, person(rosa)))


def test_a_forged_choice_is_refused(c, rosa):
    with c.acting("ines") as ines:
        other = cast.take_in(ines, cast.told("Rosa", "Mora"))
    client = signed_in(c, "denise")
    page = page_of(take(client))
    assert post(client, PAGE, form_of(page, PAGE) | {"known": other.code}).status_code == 422
    assert signed_in(c, "denise").get(f"{PAGE}?adult=yes&again={other.code}").status_code == 404


# --- Who may ------------------------------------------------------------------------------------------------------


def test_a_peer_mentor_and_a_county_manager_may_not(c):
    for name in ("tavo", "grace", "adam"):
        client = signed_in(c, name)
        assert client.get(PAGE).status_code == 403
        assert client.post(PAGE, ROSA).status_code == 403
        assert client.get("/people/new/under-18/").status_code == 403
