"""The needs scale, the checklist, the plan and coaching, as pages."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.cast import MONDAY
from tests.web.people.desk import date_of, days, get, person, send, signed_in, text
from warmhandoff.casework.models import CoachingSession, Plan, Rating, Ready, Score
from warmhandoff.participants.models import Paper
from warmhandoff.web.people.noted import code_of

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
PAGES = ("scale", "ready", "plan", "coaching")


def told(model):
    return model.objects.using("owner").order_by("id")


@pytest.mark.parametrize("name", PAGES)
def test_another_house_finds_nothing_and_a_peer_mentor_may_not(c, rosa, name):
    assert signed_in(c, "ines").get(person(rosa, name)).status_code == 404
    assert signed_in(c, "tavo").get(person(rosa, name)).status_code == 403


def test_where_they_stand_is_written_down_domain_by_domain(c, rosa):
    client = signed_in(c, "denise")
    send(client, person(rosa, "scale"), housing="1", work="prefers_not")
    assert [(row.domain, row.level, row.unknown) for row in told(Rating)] == [
        ("work", None, "prefers_not"),
        ("housing", 1, ""),
    ]
    send(client, person(rosa, "scale"), days(20), housing="3")
    page = text(get(client, person(rosa, "scale"), days(20)), "#domain-housing")
    assert "3, holding" in page and "At first: 1, urgent" in page
    assert "2 of 14 asked" in text(get(client, person(rosa, "scale"), days(20)))
    assert send(client, person(rosa, "scale")).status_code == 422


def test_the_anchors_stand_in_both_languages(c, rosa):
    page = text(get(signed_in(c, "denise"), person(rosa, "scale")), "#domain-housing")
    assert "1. No place to sleep this week Sin dónde dormir esta semana" in page


def test_what_was_mistyped_on_the_scale_is_corrected(c, rosa):
    client = signed_in(c, "denise")
    send(client, person(rosa, "scale"), housing="1")
    address = reverse("people:correct_rating", args=[rosa.code, code_of("rating", told(Rating)[0].pk)])
    assert send(client, address).status_code == 422  # the same
    send(client, address, level="4")
    assert "4, steady" in text(get(client, person(rosa, "scale")), "#domain-housing")
    assert client.get(address).status_code == 404


def test_what_work_asks_for(c, rosa):
    client = signed_in(c, "denise")
    send(client, person(rosa, "ready"), resume="has", photo_id="on_the_way", clothing="not_needed")
    assert {row.item: row.standing for row in told(Ready)} == {"resume": "has", "clothing": "not_needed"}
    assert told(Paper).get().standing == "on_the_way"
    page = text(get(client, person(rosa, "ready")))
    assert "3 of 9" in page and "Still to see to: Photo ID" in page and "Phone It’s there" in page
    assert send(client, person(rosa, "ready")).status_code == 302 and told(Ready).count() == 2


def begun(c, rosa, client):
    return send(
        client,
        f"{person(rosa, 'goal')}?domain=work",
        words="I want to build.",
        outcomes=["job_started", "better_pay"],
    )


def test_the_first_goal_begins_the_plan(c, rosa):
    client = signed_in(c, "denise")
    send(client, person(rosa, "scale"), housing="1", work="4")
    page = get(client, person(rosa, "plan"))
    assert [one.text for one in page.select("main .lines a")][:2] == ["Housing", "Work"]  # the lowest first
    assert begun(c, rosa, client).headers["Location"] == person(rosa, "plan")
    page = text(get(client, person(rosa, "plan")))
    assert "I want to build." in page and "Earns more than at the start" in page
    assert "Look at it again: Wed, Dec 23" in page
    assert "review_on" not in get(client, f"{person(rosa, 'goal')}?domain=housing").text


def test_a_goal_needs_words_and_outcomes(c, rosa):
    client = signed_in(c, "denise")
    answer = send(client, f"{person(rosa, 'goal')}?domain=work", words=" ")
    assert answer.status_code == 422 and not told(Plan).exists()
    assert signed_in(c, "denise").get(f"{person(rosa, 'goal')}?domain=weather").status_code == 302


def test_the_plan_comes_up_on_today_and_is_looked_at_again(c, rosa):
    client = signed_in(c, "denise")
    begun(c, rosa, client)
    page = text(get(client, reverse("today:home"), days(31)))
    assert "Look at the plan again, together with Rosa." in page
    send(client, person(rosa, "plan"), days(31), **date_of(days(60), "review_on"))
    assert told(Plan)[0].review_on == days(60).date()
    assert "Open the plan" not in text(get(client, reverse("today:home"), days(31)))


def test_it_ends_with_a_score_for_each_outcome_and_a_score_is_corrected(c, rosa):
    client = signed_in(c, "denise")
    assert client.get(person(rosa, "end_plan")).status_code == 302
    begun(c, rosa, client)
    assert send(client, person(rosa, "end_plan"), outcome_1="achieved").status_code == 422
    send(
        client,
        person(rosa, "end_plan"),
        outcome_1="achieved",
        outcome_2="partly",
    )
    page = get(client, person(rosa, "plan"))
    assert "1 of 2 achieved" in text(page) and "work on first?" in text(page)
    address = reverse("people:correct_score", args=[rosa.code, code_of("score", told(Score)[1].pk)])
    send(client, address, result="not")
    page = get(client, person(rosa, "plan"))
    assert "Partly" in text(page, "del") and told(Score).count() == 3
    assert client.get(address).status_code == 404


def test_a_session_is_written_down_with_what_was_agreed(c, rosa):
    client = signed_in(c, "denise")
    page = text(get(client, person(rosa, "coaching")))
    assert "Clarify goals" in page and "¿Cómo sería un buen día de trabajo" in page
    send(client, person(rosa, "coaching"), parts=["navigate_systems"], minutes="45", note="Calls the DMV.")
    assert told(CoachingSession).get().parts == ["navigate_systems"]
    page = get(client, person(rosa, "coaching"))
    assert "navigate systems Calls the DMV." in text(page, ".story") and "45 min" in text(page, ".story")
    assert "Career coaching, 45 min" in text(get(client, person(rosa, "services")))
    assert send(client, person(rosa, "coaching")).status_code == 422


def test_the_pages_are_found_from_the_part_about_programs(c, rosa):
    page = get(signed_in(c, "denise"), person(rosa, "program"))
    links = {one["href"] for one in page.select("main .lines a")}
    assert {person(rosa, name) for name in (*PAGES, "services")} <= links
    page = get(signed_in(c, "tavo"), person(rosa, "program"))
    links = {one["href"] for one in page.select("main .lines a")}
    assert person(rosa, "services") in links and not {person(rosa, name) for name in PAGES} & links
    assert MONDAY
