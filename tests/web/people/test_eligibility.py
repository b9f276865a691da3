"""The page of somebody's eligibility: who is, who nearly is, who was; proofs, waivers by two people, another program."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from tests import cast
from tests.web.people.desk import get, person, send, signed_in, text
from warmhandoff.cli.benchmark import statements
from warmhandoff.programs.actions import eligibility as verbs
from warmhandoff.programs.actions import enrollment as enrolling
from warmhandoff.programs.actions.eligibility import Said
from warmhandoff.programs.models import CoEnrollment, Contract, Criterion, Program, Proof, Waiver

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
TODAY = cast.MONDAY.date()
ON = {"on_month": "11", "on_day": "23", "on_year": "2026"}


@pytest.fixture
def rosa(c):
    cast.program(c, "sector")
    with c.acting("denise") as denise:
        return cast.take_in(denise, cast.told(birth_date=date(1990, 3, 4)))


def show(c, file, *shown, on=TODAY):
    with c.acting("denise") as denise:
        for each in shown:
            verbs.verify(file=file, shown=each, said=Said(True, "self", on), by=denise.actor)


def page(c, file, name="denise", **more):
    return get(signed_in(c, name), person(file, "eligibility"), **more)


ALL = ("of_age", "justice_history", "behavioral_health")


def test_one_who_nearly_is_sees_what_is_missing_first(c, rosa):
    show(c, rosa, "of_age", "behavioral_health")
    told = page(c, rosa)
    assert "Not eligible yet" in text(told)
    assert told.select_one("a.usa-button[href*='justice_history']")
    assert "Nobody has shown it yet." in text(told)


def test_one_who_is_reads_since_when_until_when_by_whom_and_how(c, rosa):
    show(c, rosa, *ALL)
    told = text(page(c, rosa))
    assert "Eligible All of it is met since today, and lapses on May 22, 2027." in told
    assert "lapses on May 22, 2027" in told
    assert "Denise Carter" in told and "their own word" in told


def test_one_who_was_reads_when(c, rosa):
    show(c, rosa, *ALL, on=TODAY - timedelta(days=300))
    told = text(page(c, rosa))
    assert "Was eligible, and is not now" in told
    assert "lapsed on" in told


def test_a_proof_is_written_down_by_the_form(c, rosa):
    client = signed_in(c, "denise")
    answer = send(
        client,
        person(rosa, "eligibility") + "justice_history/",
        holds="yes",
        method="self",
        limb="convicted",
        **ON,
    )
    assert answer.status_code == 302
    with c.acting("denise"):
        proof = Proof.objects.get()
        assert (proof.holds, proof.method, proof.limb) == (True, "self", "convicted")
    assert "Convicted." in text(page(c, rosa))


def test_of_whom_a_partner_told_no_birth_date_a_paper_is_enough(c):
    cast.program(c, "sector")
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
    show(c, file, *ALL)
    told = page(c, file)
    assert "Eligible All of it is met since today" in text(told)
    assert "birth date" not in text(told)


def test_where_one_may_be_too_old_the_birth_date_is_a_press_away(c, rosa):
    Criterion.objects.using("owner").filter(code="adult", program__slug="sector").update(at_most=24)
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
    show(c, file, *ALL)
    told = page(c, file)
    assert "Their birth date isn't known: ask them." in text(told)
    assert (
        told.select_one(f".lines a[href='{person(file, 'contact')}']").text == "Write down their birth date"
    )


def test_a_refused_value_stands_at_its_field(c, rosa):
    client = signed_in(c, "denise")
    answer = send(client, person(rosa, "eligibility") + "justice_history/", method="self", **ON)
    assert answer.status_code == 422
    late = {"lapses_on_month": "11", "lapses_on_day": "2", "lapses_on_year": "2026"}
    answer = send(client, person(rosa, "eligibility") + "of_age/", holds="yes", method="self", **ON, **late)
    assert answer.status_code == 422 and b"lapsed before it was shown" in answer.content


def test_what_was_wrong_is_said_right_by_who_wrote_it_or_a_lead(c, rosa):
    show(c, rosa, *ALL)
    with c.acting("denise"):
        proof = Proof.objects.get(shown="justice_history")
    address = person(rosa, "eligibility") + f"proofs/{proof.code}/correct/"
    answer = send(signed_in(c, "marcus"), address, holds="no", reason="wrong_outcome", limb="")
    assert answer.status_code == 302, answer.content.decode()[:2000]
    assert "Not eligible" in text(page(c, rosa))


def test_a_waiver_takes_two(c, rosa):
    show(c, rosa, "of_age", "justice_history")
    day = {"lapses_on_month": "1", "lapses_on_day": "22", "lapses_on_year": "2027"}
    address = person(rosa, "eligibility") + "ask/sector/health/"
    answer = send(signed_in(c, "denise"), address, reason="safety", why="Not safe to say here.", **day)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    with c.acting("denise"):
        waiver = Waiver.objects.get()
    decide = person(rosa, "eligibility") + f"waivers/{waiver.code}/"
    assert signed_in(c, "denise").get(decide).status_code == 403
    told = get(signed_in(c, "marcus"), decide)
    assert "Not safe to say here." in text(told) and "Denise Carter" in text(told)
    answer = send(signed_in(c, "marcus"), decide, decision="yes")
    assert answer.status_code == 302
    told = text(page(c, rosa))
    assert "passed over" in told and "Eligible" in told


def test_who_asked_for_a_waiver_reads_how_it_was_decided(c, rosa):
    show(c, rosa, "of_age", "justice_history")
    with c.acting("denise") as denise:
        facts = {"reason": "safety", "why": "Not safe to say here.", "lapses_on": TODAY + timedelta(days=60)}
        program = Program.objects.get(slug="sector")
        waiver = verbs.ask_waiver(file=rosa, program=program, criterion="health", by=denise.actor, **facts)
    read = person(rosa, "eligibility") + f"waivers/{waiver.code}/read/"
    client = signed_in(c, "denise")
    assert client.get(read).status_code == 404, "nobody has decided it"
    with c.acting("marcus") as marcus:
        verbs.decide_waiver(waiver=Waiver.objects.get(), granted=False, by=marcus.actor)
    today = text(get(client, "/today/"))
    assert "Marcus Webb said no to what you asked to be passed over." in today and "Rosa M." in today
    assert "said no" not in text(get(signed_in(c, "marcus"), "/today/"))
    told = text(get(client, read))
    assert "Not passed over for Rosa" in told and "Marcus Webb" in told and "Not safe to say here." in told
    for name, status in (("marcus", 404), ("tavo", 403), ("ines", 404)):
        assert signed_in(c, name).get(read).status_code == status, name
    assert send(client, read).headers["Location"] == "/today/"
    assert "said no" not in text(get(client, "/today/"))
    assert "I have read it" not in text(get(client, read))


def test_another_program_is_told_to_who_reads_that_class(c, rosa):
    address = person(rosa, "eligibility") + "other/trauma_prevention/"
    answer = send(signed_in(c, "denise"), address, takes_part="yes", source="agency", **ON)
    assert answer.status_code == 302
    with c.acting("denise"):
        assert CoEnrollment.objects.get().takes_part
    assert "Takes part in it: the contracting agency told us" in text(page(c, rosa))
    client = signed_in(c, "denise")
    for part in ("person", "program", "who_can_see", "referrals", "needs"):
        assert "Trauma" not in text(get(client, person(rosa, part))), part


def test_a_peer_mentor_and_a_stranger_read_none_of_it(c, rosa):
    show(c, rosa, *ALL)
    assert signed_in(c, "tavo").get(person(rosa, "eligibility")).status_code == 403
    assert signed_in(c, "ines").get(person(rosa, "eligibility")).status_code == 404


def test_what_nobody_asks_is_not_there(c, rosa):
    client = signed_in(c, "denise")
    base = person(rosa, "eligibility")
    for wrong in (
        "came_home/",
        "anything/",
        "other/anything/",
        "ask/sector/anything/",
        "ask/transitional-jobs/men/",
        "waivers/AAAA/",
    ):
        answer = client.get(base + wrong)
        assert answer.status_code in (403, 404), wrong


def test_who_delivers_no_program_is_told_so(c):
    with c.acting("ines") as ines:
        file = cast.take_in(ines)
    assert "You deliver no program today" in text(page(c, file, "ines"))


def apply(c, file, slug="sector"):
    with c.acting("denise") as denise:
        contract = Contract.objects.get(program__slug=slug)
        return enrolling.apply(file=file, contract=contract, by=denise.actor)


def test_what_lapses_comes_up_on_today_and_leads_to_the_page(c, rosa):
    show(c, rosa, *ALL, on=TODAY - timedelta(days=170))
    one = apply(c, rosa)
    with c.acting("denise") as denise:
        consent = cast.agreed_to(rosa, one.contract, denise)
        enrolling.enroll(enrollment=one, consent=consent, by=denise.actor)
    told = get(signed_in(c, "denise"), "/today/")
    assert "something that was shown lapses soon. Ask again by" in text(told)
    late = get(signed_in(c, "denise"), "/today/", at=cast.MONDAY + timedelta(days=12))
    assert "something that was shown holds no longer. Ask again." in text(late)
    assert late.select_one(f"a.usa-button[href='{person(rosa, 'eligibility')}']")


def test_the_story_tells_that_something_was_shown_and_not_what(c, rosa):
    show(c, rosa, *ALL)
    told = text(get(signed_in(c, "denise"), person(rosa)), ".story")
    assert "You wrote down what was shown about Rosa’s eligibility." in told
    assert "rrested" not in told and "substance" not in told
    told = text(get(signed_in(c, "tavo"), person(rosa)), ".story")
    assert told.count("eligibility") == 1, "of their age alone"


def test_the_page_of_enrolling_says_what_stands_in_the_way(c, rosa):
    show(c, rosa, "of_age")
    one = apply(c, rosa)
    page = get(signed_in(c, "denise"), reverse("programs:enroll", args=[one.code]))
    assert "First: they are not eligible yet" in text(page)
    assert page.select_one(f"a[href='{person(rosa, 'eligibility')}']")
    answer = send(signed_in(c, "denise"), reverse("programs:enroll", args=[one.code]), how="paper")
    assert answer.status_code == 422 and b"Nobody has shown it yet" in answer.content
    show(c, rosa, "justice_history", "behavioral_health")
    page = get(signed_in(c, "denise"), reverse("programs:enroll", args=[one.code]))
    assert "not eligible yet" not in text(page) and not page.select_one("[name=also]")


def test_who_enrolls_in_the_expansion_is_asked_about_the_other_program(c, rosa):
    cast.program(c, "sector-expansion")
    show(c, rosa, "of_age", "gun_violence")
    one = apply(c, rosa, "sector-expansion")
    where = reverse("programs:enroll", args=[one.code])
    assert get(signed_in(c, "denise"), where).select_one("[name=also]")
    assert send(signed_in(c, "denise"), where, how="paper", also="on").status_code == 302
    with c.acting("denise"):
        one.refresh_from_db()
        assert one.consent.data_classes == ["program", "violence_prevention"]


def test_the_page_is_read_in_few_statements(c, rosa):
    cast.program(c, "sector-expansion")
    show(c, rosa, *ALL)
    client = signed_in(c, "denise")
    page(c, rosa)
    with statements.heard() as said:
        get(client, person(rosa, "eligibility"))
    assert statements.counted(said) <= 50
