"""Taking somebody in: five questions, a next step, one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from bs4 import BeautifulSoup

from tests import cast
from tests.cast import MONDAY
from tests.web.people.desk import date_of, days, form_of, get, person, post, signed_in, text
from warmhandoff.custody import actions as custody
from warmhandoff.custody.reading import custody_of
from warmhandoff.directory.models import Service
from warmhandoff.foundation.models import ContactPoint, Duty
from warmhandoff.jurisdictions.place import Intake, YouthContact, current_place
from warmhandoff.network.models import Organization
from warmhandoff.participants import profile
from warmhandoff.participants.models import (
    AlternateContact,
    Contact,
    Demographics,
    Draft,
    FileEvent,
    JusticeInvolvement,
    Listing,
    Narrative,
    Need,
    Paper,
    Participant,
    Reach,
    Schooling,
    Unanswered,
)
from warmhandoff.participants.reading import known_of
from warmhandoff.web.people.questions import QUESTIONS

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

PAGE = "/people/new/"
ROSA = {
    "adult": "yes",
    "first_name": "Rosa",
    "last_name": "Mendoza",
    "way": "text",
    "phone": "213-555-0123",
    "language": "es",
    "needs": ["WRK-TRN", "HSG"],
}


def blank(client) -> dict:
    return form_of(get(client, PAGE), PAGE)


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


def test_the_age_is_asked_first_and_in_both_languages(c):
    page = get(signed_in(c, "denise"), PAGE)
    assert page.select("main form.intake input:not([type=hidden])")[0]["name"] == "adult"
    assert page.select_one("[lang=es]").get_text() == "¿Tiene 18 años o más?"


@pytest.mark.parametrize(
    "said", [{"adult": "no"}, {"birth_date_month": "6", "birth_date_day": "1", "birth_date_year": "2010"}]
)
@pytest.mark.parametrize("address", [PAGE, f"{PAGE}keep/"])
def test_who_is_under_18_gets_somebody_named_and_no_file(c, said, address):
    """As soon as it is said, whatever else stands in the form; what was kept half-way is removed."""
    client = signed_in(c, "denise")
    values = blank(client) | ROSA
    post(client, f"{PAGE}keep/", values)
    assert Draft.objects.using("owner").count() == 1
    answer = post(client, address, values | said | {"phone": "wrong"})
    assert answer.headers["Location"] == f"{PAGE}under-18/"
    assert (
        count() == 0
        and not Draft.objects.using("owner").exists()
        and not ContactPoint.objects.using("owner").filter(channel="text").exists()
    )
    told = text(get(client, f"{PAGE}under-18/"))
    assert "Marcus Webb" in told and "555-0142" in told and "Luz Ortega" in told
    assert "2-1-1" in told and "nothing was stored" in told
    assert "This is Denise Carter at Eastgate Community Partners." in told


UNDER_18 = f"{PAGE}under-18/"


@pytest.mark.parametrize(
    ("years", "is_for_them"),
    [
        ([(14, 17)], True),
        ([(None, 25)], True),
        ([(16, 24)], True),
        ([(18, None)], False),
        ([(18, 25)], False),
        ([(None, 25), (18, None)], False),
        ([], False),
    ],
)
def test_services_of_their_age_stand_before_the_numbers(c, years, is_for_them):
    service = c.services["it"]
    for at_least, at_most in years:
        service.criteria.create(kind="age", at_least=at_least, at_most=at_most)
    told = text(get(signed_in(c, "denise"), UNDER_18))
    assert ("Services for their age" in told) is is_for_them
    if is_for_them:
        assert told.index("In this network") < told.index("IT support training") < told.index("211 LA")
        assert service.organization.phone in told


def test_what_is_only_listed_names_where_it_stands(c):
    service = c.services["it"]
    service.criteria.create(kind="age", at_least=14, at_most=17)
    Organization.objects.filter(pk=service.organization_id).update(standing="listed")
    Service.objects.filter(pk=service.pk).update(source="the county's list of 2026")
    assert "Source: the county's list of 2026" in text(get(signed_in(c, "denise"), UNDER_18))


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({}, "555-0199 Somebody listens. Nobody has verified this number yet: check before you call. Source: a poster"),
        ({"verified_on": date(2026, 11, 2)}, "555-0199 Somebody listens. Verified on Mon, Nov 2 . Source: a poster"),
        ({"valid_from": date(2026, 11, 24)}, None),
        ({"valid_until": date(2026, 11, 22)}, None),
        ({"valid_until": date(2026, 11, 23)}, "555-0199"),
    ],
)  # fmt: skip
def test_a_number_says_its_source_and_who_verified_it(c, monkeypatch, more, says):
    words = {"name": "A line", "phone": "555-0199", "en": "Somebody listens.", "es": "Alguien escucha."}
    line = YouthContact(**words | {"source": "a poster", "valid_from": date(2026, 1, 1)} | more)
    place = replace(current_place(), intake=Intake(youth=(line,)))
    monkeypatch.setattr("warmhandoff.web.people.intake.current_place", lambda: place)
    told = text(get(signed_in(c, "denise"), UNDER_18))
    assert (says in told) if says else ("555-0199" not in told)


def test_no_number_of_the_place_is_told_as_a_fact_that_nobody_verified(c):
    page = get(signed_in(c, "denise"), UNDER_18)
    said = [text(page, f"section[aria-labelledby=numbers] li:nth-of-type({n})") for n in (1, 2)]
    assert [one.phone for one in current_place().intake.youth if one.verified_on] == []
    assert all("Nobody has verified this number yet" in each for each in said), said


def test_what_is_said_to_them_stands_in_both_languages(c):
    told = text(get(signed_in(c, "denise"), UNDER_18))
    assert "We keep nothing about you here." in told and "Aquí no guardamos nada sobre usted." in told


def test_a_script_is_sent_to_that_page_at_once(c):
    client = signed_in(c, "denise")
    answer = post(client, f"{PAGE}keep/", blank(client) | {"adult": "no"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, f"{PAGE}under-18/")


def test_eighteen_today_is_eighteen(c):
    client = signed_in(c, "denise")
    born = {"birth_date_month": "11", "birth_date_day": "23", "birth_date_year": "2008"}
    assert "under-18" not in take(client, **born).headers["Location"]
    assert count() == 1
    tomorrow = born | {"birth_date_day": "24"}
    assert take(client, first_name="Ana", **tomorrow).headers["Location"] == f"{PAGE}under-18/"


def test_a_form_without_the_first_answer_stores_nothing(c):
    client = signed_in(c, "denise")
    answer = take(client, adult="")
    assert answer.status_code == 422
    assert "Ask this first" in text(page_of(answer), ".summary")
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
    page = get(signed_in(c, "denise"), PAGE)
    assert "¿Cómo se llama?" in [one.get_text() for one in page.select("[lang=es]")]
    spanish = get(signed_in(c, "denise"), PAGE, headers={"accept-language": "es"})
    assert "What is your name?" in [one.get_text() for one in spanish.select("[lang=en]")]


def test_twice_makes_one(c):
    client = signed_in(c, "denise")
    values = blank(client) | ROSA
    first, second = post(client, PAGE, values), post(client, PAGE, values)
    assert first.status_code == second.status_code == 302
    assert first.headers["Location"] == second.headers["Location"]
    assert count() == 1


def test_each_of_the_five_says_why_it_is_asked(c):
    page = get(signed_in(c, "denise"), PAGE)
    told = [one.get_text() for one in page.select(".ask-foot details p[lang=en]")]
    for key in ("adult", "name", "language", "reach", "needs"):
        assert QUESTIONS[key].why_en in told, key


def test_where_they_stay_is_asked_before_its_zip_code(c):
    names = [one["name"] for one in get(signed_in(c, "denise"), PAGE).select("main [name]")]
    assert names.index("area") < names.index("zip_code")


def test_no_safe_way_is_an_answer(c):
    client = signed_in(c, "denise")
    assert take(client, way="none", phone="").status_code == 302
    file = Participant.objects.using("owner").get()
    assert "No safe way yet" in text(get(client, person(file)))


def test_where_no_way_is_safe_nothing_typed_before_counts(c):
    take(signed_in(c, "denise"), way="none", also_call="on", email="rosa@example.com")
    assert Participant.objects.using("owner").get() and not Reach.objects.using("owner").exists()


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
        (
            {"birth_date_month": "3", "birth_date_day": "4", "birth_date_year": "2031"},
            "This day is still to come.",
        ),
        ({"birth_date_month": "3", "birth_date_day": "4", "birth_date_year": "1890"}, "too long ago"),
        (
            {"birth_date_month": "2", "birth_date_day": "30", "birth_date_year": "1990"},
            "is not a day on the calendar",
        ),
        ({"note": "R" * 4001}, "at most 2000"),
        ({"first_name": "R" * 4001}, "at most 80"),
        ({"zip_code": "9022"}, "five digits"),
        ({"quiet_from": "21:00"}, "Give both hours, or neither."),
        ({"alternate_name": "Elena"}, "Say who that is to them."),
        (
            {"alternate_phone": "call her", "alternate_name": "Elena"},
            "Write the phone number with its digits",
        ),
        ({"paper_photo_id": "A1234567"}, "Select a valid choice"),
        ({"justice": "theft"}, "Select a valid choice"),
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
    values = form_of(get(client, PAGE, evening), PAGE) | ROSA | date_of(MONDAY)
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


# --- All that may be asked ----------------------------------------------------------------------------------------


def test_all_of_it_is_kept_in_its_class(c):
    client = signed_in(c, "denise")
    take(
        client, email="rosa@example.com", also_call="on", leave_message="on", quiet_from="21:00", quiet_to="08:00",
        zip_code="90221", street="12 Palm St", speaks=["en"], pronouns="she/her", alternate_name="Elena",
        alternate_relation="family", alternate_phone="555-0177", note="Works nights.", paper_photo_id="has",
        paper_birth_certificate="prefers_not", justice="yes", attested_by="agency", gender="woman",
        races=["hispanic", "black"], look="yes", birth_date_month="3", birth_date_day="4", birth_date_year="1992",
    )  # fmt: skip
    file = Participant.objects.using("owner").get()
    with c.acting("denise"):
        contact = Contact.objects.get(file=file)
        assert (contact.area, contact.zip_code, contact.speaks) == ("south", "90221", ["en", "es"])
        points = [(p.channel, p.value, p.leave_message, str(p.quiet_from)) for p in points_of(file)]
        assert points == [
            ("text", "213-555-0123", True, "21:00:00"),
            ("voice", "213-555-0123", True, "21:00:00"),
            ("email", "rosa@example.com", True, "21:00:00"),
        ]
        assert AlternateContact.objects.get(file=file).contact_point.leave_message is False
        assert Narrative.objects.get(file=file).text == "Works nights."
        assert set(Paper.objects.values_list("kind", "standing", "standing_unknown")) == {
            ("photo_id", "has", ""),
            ("birth_certificate", "", "prefers_not"),
        }
        assert JusticeInvolvement.objects.get(file=file).attested_by == "agency"
        assert set(Demographics.objects.get(file=file).races) == {"hispanic", "black"}
        assert FileEvent.objects.filter(file=file, kind="look_allowed").exists()


def points_of(file) -> list[ContactPoint]:
    return [
        r.contact_point
        for r in Reach.objects.filter(file=file).select_related("contact_point").order_by("position")
    ]


@pytest.mark.parametrize("why", ["doesnt_know", "prefers_not"])
def test_every_question_can_stay_open_with_its_why(c, why):
    papers = {f"paper_{kind}": why for kind in Paper.Kind.values}
    take(
        signed_in(c, "denise"), last_name="", last_name_unknown=why, way=why, phone="", language=why, needs=[],
        needs_unknown=why, birth_date_unknown=why, area=why, diploma=why, employment=why, housing=why, justice=why,
        gender=why, races_unknown=why, veteran=why, disability=why, **papers,
    )  # fmt: skip
    file = Participant.objects.using("owner").get()
    with c.acting("denise") as denise:
        asked = dict(Unanswered.objects.filter(file=file).values_list("question", "why"))
        assert asked == dict.fromkeys(("last_name", "reach", "language", "needs"), why)
        contact = Contact.objects.get(file=file)
        assert (contact.birth_date_unknown, contact.area_unknown) == (why, why)
        known = known_of(file, by=denise.actor)
        said = {
            name: getattr(known, name) for name in ("diploma", "employment", "housing", "justice", "gender")
        }
        assert set(said.values()) == {why} and set(known.papers.values()) == {why}
        assert (known.races, known.races_unknown, known.veteran, known.disability) == ((), why, why, why)


def test_the_five_usual_needs_stand_first_and_the_others_are_grouped(c):
    page = get(signed_in(c, "denise"), PAGE)
    boxes = [one["value"] for one in page.select("input[name=needs]")]
    assert boxes[:5] == ["WRK-PLC", "WRK-TRN", "HSG", "ID", "TRN"] and len(boxes) == len(set(boxes)) == 25
    assert text(page, ".needs-group h3").startswith("Work and training To get by Health and safety Law")
    assert not page.select("details[open] .needs-group")


def test_two_same_needs_are_one(c):
    assert take(signed_in(c, "denise"), needs=["HSG", "HSG", "WRK-TRN"]).status_code == 302
    assert Need.objects.using("owner").count() == 2


def test_who_comes_back_keeps_what_was_told_before(c, rosa):
    with c.acting("denise") as denise:
        profile.learn(file=rosa, answers=profile.Answers(gender="woman", housing="interim"), by=denise.actor)
        custody.release(person_id=rosa.person_id, reason="needs_met", by=denise.actor)
    client = signed_in(c, "denise")
    page = get(client, f"{PAGE}?again={rosa.code}")
    values = form_of(page, PAGE) | {"way": "text", "phone": "555-0123", "housing": "own", "known": rosa.code}
    assert post(client, PAGE, values).headers["Location"] == person(rosa)
    with c.acting("denise") as denise:
        known = known_of(rosa, by=denise.actor)
        assert (known.gender, known.housing) == ("woman", "own")


# --- Not finished -------------------------------------------------------------------------------------------------


def half(client, **more) -> dict:
    """Typed, and kept by itself."""
    values = (
        blank(client)
        | {"adult": "yes", "first_name": "Rosa", "last_name": "Mendoza", "needs": ["HSG"]}
        | more
    )
    answer = post(client, f"{PAGE}keep/", values, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and "Kept at" in answer.content.decode()
    return values


def draft_of(c) -> Draft:
    return Draft.objects.using("owner").get()


def test_what_was_typed_comes_back_as_it_was_typed(c):
    client = signed_in(c, "denise")
    half(
        client,
        phone="555-01",
        birth_date_month="3",
        birth_date_year="19",
        needs_unknown="doesnt_know",
        justice="yes",
    )
    page = get(client, f"{PAGE}?draft={draft_of(c).code}")
    form = form_of(page, PAGE)
    assert (form["first_name"], form["phone"], form["birth_date_year"], form["justice"]) == (
        "Rosa",
        "555-01",
        "19",
        "yes",
    )
    assert page.select_one("input[name=needs][value=HSG]").has_attr("checked")
    assert not page.select(".summary, .usa-error-message"), "nobody is scolded for not having finished"
    assert "You go on with what you typed, kept" in text(page)


def test_after_signing_in_again_it_stands_on_today_and_people(c):
    half(signed_in(c, "denise"))
    client = signed_in(c, "denise")
    for address in ("/people/", PAGE):
        assert "Go on with Rosa M." in text(get(client, address))
    today = get(client, "/today/")
    assert "Not finished: their intake was begun and not saved." in text(today)
    assert today.select_one(f"a[href='{PAGE}?draft={draft_of(c).code}']").get_text(strip=True) == "Go on"


def test_finishing_it_removes_it_and_its_duty(c):
    client = signed_in(c, "denise")
    values = half(client) | {"way": "none"}
    answer = post(
        client, PAGE, form_of(get(client, f"{PAGE}?draft={draft_of(c).code}"), PAGE) | {"way": "none"}
    )
    assert answer.status_code == 302
    assert not Draft.objects.using("owner").exists()
    assert not Duty.objects.using("owner").filter(kind="finish_intake", closed_at__isnull=True).exists()
    late = post(client, f"{PAGE}keep/", values, headers={"HX-Request": "true"})
    assert "Kept at" not in late.content.decode() and not Draft.objects.using("owner").exists()
    assert count() == 1


def test_without_scripts_a_button_keeps_it(c):
    client = signed_in(c, "denise")
    page = get(client, PAGE)
    assert page.select_one("button[formaction$='/keep/']").get_text() == "Keep for later"
    answer = post(client, f"{PAGE}keep/", form_of(page, PAGE) | {"first_name": "Rosa"})
    assert answer.headers["Location"] == "/people/"
    assert "Kept. It stands on Today" in text(get(client, "/people/"))
    empty = post(client, f"{PAGE}keep/", form_of(get(client, PAGE), PAGE))
    assert empty.status_code == 302 and Draft.objects.using("owner").count() == 1


def test_thrown_away_nothing_stays(c):
    client = signed_in(c, "denise")
    half(client)
    address = f"{PAGE}{draft_of(c).code}/throw-away/"
    for _press in range(2):
        assert post(client, address, {}).headers["Location"] == "/people/"
    assert not Draft.objects.using("owner").exists()
    assert get(client, f"{PAGE}?draft={address.split('/')[3]}", status=404)


def test_nobody_elses_draft_can_be_opened_or_thrown_away(c):
    half(signed_in(c, "denise"))
    code = draft_of(c).code
    client = signed_in(c, "ines")
    assert client.get(f"{PAGE}?draft={code}").status_code == 404
    post(client, f"{PAGE}{code}/throw-away/", {})
    assert Draft.objects.using("owner").count() == 1
    assert "Rosa" not in text(get(client, "/people/")) and "Rosa" not in text(get(client, PAGE))
    marcus = signed_in(c, "marcus")
    assert "begun by Denise Carter" in text(get(marcus, "/people/"))
    theirs = get(marcus, f"{PAGE}?draft={code}")
    assert form_of(theirs, PAGE)["first_name"] == "Rosa"
    assert "You go on with what Denise Carter typed" in text(theirs)


def test_nothing_personal_stands_in_an_address(c):
    client = signed_in(c, "denise")
    half(client, phone="555-0123")
    for address in ("/people/", "/today/", PAGE):
        links = [one.get("href", "") for one in get(client, address).select("a")]
        assert not [link for link in links if "Rosa" in link or "0123" in link or "Mendoza" in link]


def test_a_form_key_that_is_none_is_refused(c):
    client = signed_in(c, "denise")
    answer = post(client, f"{PAGE}keep/", blank(client) | {"first_name": "Rosa", "form_key": "x"})
    assert answer.status_code in (400, 409, 422)
    assert not Draft.objects.using("owner").exists()
