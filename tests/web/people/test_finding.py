"""Finding one's own people: prefixes, accents, pages; never another organization's."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import cast
from tests.web.people.desk import days, get, post, signed_in, text
from warmhandoff.custody import actions as custody

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def found(answer) -> list[str]:
    from bs4 import BeautifulSoup

    page = answer if isinstance(answer, BeautifulSoup) else BeautifulSoup(answer.content, "lxml")
    return [one.get_text() for one in page.select(".lines:not(.yours) strong a")]


@pytest.fixture
def people(c):
    with c.acting("denise") as denise:
        for first, last in (
            ("Zoila", "Zapata"),
            ("Ángela", "Álvarez"),
            ("Rosa", "Mendoza"),
            ("José Luis", "Núñez"),
            ("Rosario", "Ávila"),
        ):
            cast.take_in(denise, cast.told(first, last))


def test_by_last_name_as_spanish_sorts(c, people):
    page = get(signed_in(c, "denise"), "/people/")
    assert found(page) == [
        "Ángela Álvarez",
        "Rosario Ávila",
        "Rosa Mendoza",
        "José Luis Núñez",
        "Zoila Zapata",
    ]
    assert "5 people" in text(page, "h2")


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("rosa", ["Rosario Ávila", "Rosa Mendoza"]),
        ("MEND", ["Rosa Mendoza"]),
        ("alva", ["Ángela Álvarez"]),
        ("nunez", ["José Luis Núñez"]),
        ("Mendoza, Rosa", ["Rosa Mendoza"]),
        ("jose l", ["José Luis Núñez"]),
        ("%", []),
        ("x" * 5000, []),
        ("ro\x00sa", ["Rosario Ávila", "Rosa Mendoza"]),
    ],
)
def test_by_the_beginning_of_a_name(c, people, typed, names):
    assert found(post(signed_in(c, "denise"), "/people/", {"q": typed})) == names


def test_add_is_always_the_last_line(c, people):
    client = signed_in(c, "denise")
    for typed in ("", "rosa", "nobody"):
        from bs4 import BeautifulSoup

        page = BeautifulSoup(post(client, "/people/", {"q": typed}).content, "lxml")
        assert "Add someone new" in page.select(".lines > li")[-1].get_text()


def test_a_fragment_is_the_same_as_the_page_s_part(c, people):
    client = signed_in(c, "denise")
    from bs4 import BeautifulSoup

    whole = BeautifulSoup(post(client, "/people/", {"q": "rosa"}).content, "lxml").select_one("#results")
    part = BeautifulSoup(
        post(client, "/people/", {"q": "rosa"}, headers={"HX-Request": "true"}).content, "lxml"
    )
    assert part.select_one("#results") == whole
    assert part.select_one("h1") is None


def test_the_box_of_another_desk_answers_with_the_same_part_and_nothing_once_it_is_empty(c, people):
    client = signed_in(c, "denise")
    as_typed = {"headers": {"HX-Request": "true"}}
    box = get(client, "/today/").select_one("form.find")
    assert box["data-hx-target"] == "#results" and box.select_one("[aria-describedby=find-hint]")
    assert get(client, "/today/").select_one("#results[hidden]").get_text(strip=True) == ""
    alone = post(client, "/people/", {"q": "rosa", "alone": "yes"}, **as_typed)
    assert alone.content == post(client, "/people/", {"q": "rosa", "show": ""}, **as_typed).content
    for typed in ("", "  ", "\x00"):
        emptied = post(client, "/people/", {"q": typed, "alone": "yes"}, **as_typed)
        assert emptied.status_code == 200 and found(emptied) == []
        assert emptied.content.decode().strip() == '<section id="results" class="found" hidden></section>'
    # With scripts off the page of people answers, also to an empty box.
    assert len(found(post(client, "/people/", {"q": "", "alone": "yes"}))) == 5


def test_each_line_says_how_they_stand(c, rosa):
    with c.acting("marcus") as marcus:
        cast.take_in(marcus, cast.told("Andre", "Wilson"))
        custody.assign(person_id=rosa.person_id, to=c.queues["eastgate"], by=marcus.actor)
    told = text(get(signed_in(c, "denise"), "/people/"))
    assert "Held by Marcus Webb" in told
    assert "Held by Eastgate Community Partners queue" in told
    assert "next: Wednesday, 5 pm" in told
    assert "Held by you" in text(get(signed_in(c, "marcus"), "/people/?show=you"))


def test_another_organizations_people_never_appear(c, people):
    assert found(get(signed_in(c, "ines"), "/people/")) == []
    assert found(post(signed_in(c, "ines"), "/people/", {"q": "rosa"})) == []


def test_a_peer_mentor_sees_who_and_not_what_is_due(c, rosa):
    told = text(get(signed_in(c, "tavo"), "/people/"))
    assert "Rosa Mendoza" in told and "Held by Denise Carter" in told
    assert "next:" not in told and "Add someone new" not in told


def test_what_is_due_is_a_view_and_an_order_for_who_works_with_people(c, rosa):
    assert found(get(signed_in(c, "denise"), "/people/?show=due")) == []
    assert found(get(signed_in(c, "denise"), "/people/?sort=date")) == ["Rosa Mendoza"]
    assert found(get(signed_in(c, "denise"), "/people/?show=due", at=days(9))) == ["Rosa Mendoza"]
    mentor = get(signed_in(c, "tavo"), "/people/?show=due&sort=date")
    assert found(mentor) == ["Rosa Mendoza"]
    assert "Waiting for us" not in text(mentor) and "By next date" not in text(mentor)


def test_whoever_sees_no_person_is_refused(c, rosa):
    for name in ("grace", "adam"):
        assert signed_in(c, name).get("/people/").status_code == 403
        assert signed_in(c, name).post("/people/", {"q": "rosa"}).status_code == 403


def test_long_lists_come_in_pages_and_cost_the_same(c):
    with c.acting("denise") as denise:
        for number in range(30):
            cast.take_in(denise, cast.told("Rosa", f"M{number:02}"))
    client = signed_in(c, "denise")
    page = get(client, "/people/")
    assert len(found(page)) == 25 and "Page 1 of 2" in text(page)
    # One's own stand first, by what is due; nobody's own are hidden by that, and a colleague has none.
    assert len(page.select(".yours a")) == 10 and "All 30 people" in text(page)
    assert not get(signed_in(c, "marcus"), "/people/").select(".yours")
    assert not get(client, "/people/?show=due").select(".yours")
    assert len(found(get(client, "/people/?page=2"))) == 5
    assert len(found(post(client, "/people/", {"q": "rosa", "page": "2"}))) == 5
    assert len(found(get(client, "/people/?page=spoiled&show=spoiled"))) == 25
    with CaptureQueriesContext(connection) as asked:
        get(client, "/people/")
    assert len([q for q in asked if q["sql"].startswith("SELECT")]) <= 13
