"""The Programs desk, and one enrollment from asked to over, press by press."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tests import cast
from tests.programs.paid_work import planned
from tests.web.people.desk import date_of, days, form_of, get, let_pass, post, send, signed_in, text
from warmhandoff.casework.actions.plan import begin_plan
from warmhandoff.foundation.models import Duty
from warmhandoff.participants.models import Consent, Person, Share
from warmhandoff.programs.actions import enrollment as verbs
from warmhandoff.programs.actions import training as trainings
from warmhandoff.programs.models import Enrollment, EnrollmentEvent

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
HOME = "/programs/"


def page(name: str, code: str) -> str:
    return reverse(f"programs:{name}", args=[code])


def test_from_asked_to_a_place_to_completed(c, rosa):
    cast.program(c)
    denise = signed_in(c, "denise")
    answer = send(denise, page("apply", rosa.code))
    with c.acting("denise"):
        one = Enrollment.objects.get()
    assert answer.url == page("enrollment", one.code)
    assert "Asked today to take part in Pathways to Work. Do they have a place?" in text(
        get(denise, "/today/")
    )
    assert "Next: do they have a place?" in text(get(denise, answer.url), "#nx")
    assert send(denise, page("enroll", one.code), how="screen").url == page("enrollment", one.code)
    with c.acting("denise"):
        assert Consent.objects.get().purpose == "program" and Share.objects.get().basis == "program"
    assert send(denise, page("begin", one.code)).status_code == 302
    assert "They take part" in text(get(denise, page("enrollment", one.code)), "#nx")
    assert send(denise, page("complete", one.code)).status_code == 302
    told = text(get(denise, page("enrollment", one.code)), ".story")
    assert told.startswith("Monday, November 23 Rosa completed Pathways to Work.")


def test_no_yes_no_place(c, rosa):
    cast.program(c)
    denise = signed_in(c, "denise")
    send(denise, page("apply", rosa.code))
    with c.acting("denise"):
        one = Enrollment.objects.get()
    assert send(denise, page("enroll", one.code)).status_code == 422
    with c.acting("denise"):
        assert Enrollment.objects.get().state == "applied" and not Share.objects.exists()


def test_the_list_and_its_day(c, rosa):
    cast.program(c)
    denise = signed_in(c, "denise")
    send(denise, page("apply", rosa.code))
    with c.acting("denise"):
        one = Enrollment.objects.get()
    far = send(denise, page("waitlist", one.code), **date_of(days(120), "review_on"))
    assert far.status_code == 422 and b"too far ahead" in far.content
    assert send(denise, page("waitlist", one.code), **date_of(days(10), "review_on")).status_code == 302
    assert "Wait for a place" in text(get(denise, HOME))
    let_pass(days(10.3))
    assert "On your list for Pathways to Work. Look again by today." in text(
        get(denise, "/today/", days(10.3))
    )


def test_who_has_had_no_service_for_long_comes_first(c, rosa):
    cast.program(c)
    with c.acting("denise") as denise:
        one = cast.enrolled(c, denise, file=rosa, active=True)
        cast.enrolled(c, denise, file=cast.take_in(denise, cast.told("Omar", "Reed")))
    client = signed_in(c, "denise")
    assert "No service for long" not in text(get(client, HOME))
    let_pass(days(77))
    with c.acting("denise", at=days(77)):
        assert Duty.objects.filter(kind="near_exit", closed_at__isnull=True).count() == 2
    assert "Rosa M. Pathways to Work: no service yet, nothing planned. out on" in text(
        get(client, HOME, days(77))
    )
    late = get(client, page("enrollment", one.code), days(91))
    assert "By the rule they count as out since" in text(late, "#nx")
    assert send(client, page("leave", one.code), days(91), reason="no_service").status_code == 302
    with c.acting("denise", at=days(91)):
        one.refresh_from_db()
        assert (one.state, one.ended_on) == ("exited", cast.MONDAY.date())
        assert Duty.objects.filter(kind="near_exit", closed_at__isnull=True).count() == 1


def test_a_mentor_reads_and_changes_nothing(c, rosa):
    cast.program(c)
    with c.acting("denise") as denise:
        one = cast.enrolled(c, denise, file=rosa)
    tavo = signed_in(c, "tavo")
    assert "Rosa M." in text(get(tavo, HOME))
    shown = get(tavo, page("enrollment", one.code))
    assert not shown.select(".next a")
    for name in ("enroll", "waitlist", "begin", "complete", "leave"):
        assert tavo.get(page(name, one.code)).status_code == 403, name


def test_another_house_finds_nothing(c, rosa):
    cast.program(c)
    with c.acting("denise") as denise:
        one = cast.enrolled(c, denise, file=rosa)
    ines = signed_in(c, "ines")
    assert "Your organization delivers no program now." in text(get(ines, HOME))
    for name in ("enrollment", "enroll", "waitlist", "begin", "complete", "leave"):
        assert ines.get(page(name, one.code)).status_code == 404, name


def test_a_second_press_does_nothing_more(c, rosa):
    cast.program(c)
    with c.acting("denise") as denise:
        one = cast.enrolled(c, denise, file=rosa, on=cast.MONDAY.date() - timedelta(days=9))
    client = signed_in(c, "denise")
    values = form_of(get(client, page("begin", one.code)))
    first, second = (post(client, page("begin", one.code), values) for _ in range(2))
    assert first.url == second.url
    with c.acting("denise"):
        assert EnrollmentEvent.objects.filter(kind="began").count() == 1


def test_overlapping_is_refused_beside_the_form(c, rosa):
    cast.program(c)
    with c.acting("denise") as denise:
        one = cast.enrolled(c, denise, file=rosa, on=cast.MONDAY.date() - timedelta(days=30))
        verbs.exit(enrollment=one, reason="work", by=denise.actor)
    client = signed_in(c, "denise")
    answer = send(client, page("apply", rosa.code), **date_of(days(-5), "on"))
    assert answer.status_code == 422 and b"still took part" in answer.content


def test_what_stands_in_the_way_of_a_release(c, rosa):
    cast.program(c)
    with c.acting("denise") as denise:
        cast.enrolled(c, denise, file=rosa)
    client = signed_in(c, "denise")
    address = reverse("people:release", args=[rosa.code])
    shown = get(client, address)
    assert "Pathways to Work: complete it, or say that they leave" in text(shown)
    assert not shown.select("main input[name=reason]")
    # Whoever sends the form all the same is refused by the database itself.
    key = form_of(get(client, reverse("people:needs", args=[rosa.code])), "needs")["form_key"]
    refused = post(client, address, {"reason": "needs_met", "form_key": key})
    assert refused.status_code == 409 and b"takes part in a program here" in refused.content
    with c.acting("denise"):
        assert Person.objects.get(pk=rosa.person_id).closed_at is None


def test_what_goes_on_stands_in_the_way_of_a_release_too(c, rosa):
    """A plan, a training, paid work: how each came out is said before, and each leads to its page."""
    cast.program(c)
    with c.acting("denise") as denise:
        begin_plan(file=rosa, review_on=cast.MONDAY.date() + timedelta(days=20), by=denise.actor)
        one = cast.enrolled(c, denise, file=rosa, on=cast.MONDAY.date() - timedelta(days=30))
        planned(c, denise, enrollment=one)
        trainings.plan_training(
            enrollment=one, course=trainings.Course(c.organizations["sunrow"], "Solar Installer", "occupational"),
            planned_from=cast.MONDAY.date(), planned_to=cast.MONDAY.date() + timedelta(days=30), by=denise.actor,
        )  # fmt: skip
        verbs.exit(enrollment=one, reason="work", by=denise.actor)
    client = signed_in(c, "denise")
    address = reverse("people:release", args=[rosa.code])
    shown = get(client, address)
    assert "Their plan is open: say how each outcome came out" in text(shown)
    assert "Solar Installer: say how it ended, or call it off" in text(shown)
    assert "Paid work at Ocampo Print Works: say how it ended, or call it off" in text(shown)
    assert not shown.select("main input[name=reason]")
    pages = [link["href"] for link in shown.select("main .lines a")]
    assert all(get(client, page) for page in pages) and len(pages) == 3
    key = form_of(get(client, reverse("people:needs", args=[rosa.code])), "needs")["form_key"]
    refused = post(client, address, {"reason": "needs_met", "form_key": key})
    assert refused.status_code == 409
    with c.acting("denise"):
        assert Person.objects.get(pk=rosa.person_id).closed_at is None


def test_who_is_served_has_begun_and_is_near_no_exit(c, rosa):
    """Written down by a mentor on the page of services: the program hears of it at once."""
    cast.program(c)
    with c.acting("denise") as denise:
        one = cast.enrolled(c, denise, file=rosa)
    let_pass(days(77))
    tavo = signed_in(c, "tavo")
    services = reverse("people:services", args=[rosa.code])
    values = form_of(get(tavo, services, days(77)), "") | {"code": "peer_support"}
    assert post(tavo, services, values, days(77)).status_code == 302
    with c.acting("denise", at=days(77)):
        one.refresh_from_db()
        assert (one.state, one.active_on) == ("active", days(77).date())
        assert not Duty.objects.filter(kind="near_exit", closed_at__isnull=True).exists()


def test_a_mistake_is_taken_back_and_stays_readable(c, rosa):
    cast.program(c)
    with c.acting("denise") as denise:
        one = cast.enrolled(c, denise, file=rosa)
    client = signed_in(c, "denise")
    send(client, page("complete", one.code))
    assert send(client, page("take_back", one.code), reason="mistake").status_code == 302
    shown = get(client, page("enrollment", one.code))
    assert shown.select_one(".story del").text == "Rosa completed Pathways to Work."
    assert "Next: their first service" in text(shown, "#nx")
    told = get(client, reverse("people:person", args=[rosa.code]))
    assert "Rosa completed Pathways to Work." in [one.text for one in told.select(".story del")]
