"""What was said before and is said otherwise now: in the story, on the page of facts, and in the person's own copy."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.cast import MONDAY
from tests.web.people.desk import get, person, send, signed_in, text
from warmhandoff.foundation.models import AccessLog
from warmhandoff.network import access
from warmhandoff.participants import profile
from warmhandoff.participants.profile import Answers
from warmhandoff.web.people.card import card_for
from warmhandoff.web.people.their_file import letter_of
from warmhandoff.web.site.context import Who

pytestmark = pytest.mark.django_db
SOON = MONDAY + timedelta(days=1)
LATER = MONDAY + timedelta(days=2)
BEFORE, AFTER = "A shelter or interim housing", "Outside, in a car, or moving around"


@pytest.fixture
def told(c, rosa):
    """What Rosa told on Monday, and otherwise on Tuesday."""
    first = Answers(
        papers={"photo_id": "hasnt"},
        housing="interim",
        justice="yes",
        races=("black", "hispanic"),
        veteran="no",
    )
    now = Answers(papers={"photo_id": "has"}, housing="outside", justice="no", races=("black",), veteran="no")
    for answers, at in ((first, MONDAY), (now, SOON)):
        with c.acting("denise", at) as denise:
            profile.learn(file=rosa, answers=answers, by=denise.actor)
    return rosa


def facts(file):
    return reverse("people:facts", args=[file.code])


def test_the_story_tells_what_it_was_but_opens_nothing_that_is_logged(c, told):
    with c.acting("denise", LATER):
        opened = AccessLog.objects.count()
    page = get(signed_in(c, "denise"), person(told), LATER)
    (entry,) = [one for one in page.select("ol.story > li") if one.select(".changes")]
    assert "You wrote down more about Rosa." in entry.get_text()
    assert [one.get_text() for one in entry.select(".changes li")] == [f"Housing: {BEFORE} {AFTER}"]
    assert not [word for word in ("Photo ID", "justice", "Race") if word in text(page)]
    with c.acting("denise", LATER):
        assert AccessLog.objects.count() == opened


def test_the_page_of_facts_tells_all_of_it_with_who_wrote_it_down(c, told):
    page = get(signed_in(c, "denise"), facts(told), LATER)
    before = text(page, "section[aria-labelledby=p-before]")
    assert "written down by Denise Carter" in before
    for line in (
        "Photo ID: They don’t have it They have it",
        f"Housing: {BEFORE} {AFTER}",
        "justice system: yes no",
    ):
        assert line in before, before
    assert "Veteran" not in before, "what stayed as it was is no change"
    with c.acting("denise", LATER):
        assert "justice" in AccessLog.objects.latest("id").data_classes


def test_where_nothing_was_said_otherwise_there_is_no_such_part(c, rosa):
    page = get(signed_in(c, "denise"), facts(rosa), SOON)
    assert not page.select("#p-before")
    send(signed_in(c, "denise"), facts(rosa), SOON, housing="interim")
    assert not get(signed_in(c, "denise"), facts(rosa), LATER).select("#p-before")


@pytest.mark.parametrize(
    ("language", "heading", "line"),
    [
        ("en", "What you told us before", "Photo ID. Before this day it said: You do not have it."),
        ("es", "Lo que nos dijo antes", "Antes de este día decía: Usted no lo tiene."),
    ],
)
def test_their_own_copy_says_it_too(c, told, language, heading, line):
    with c.acting("denise", LATER) as member:
        who = Who(access.Member(member.membership, member.actor), ())
        letter = letter_of(card_for(told.code, who), who, language=language)
    (section,) = [one for one in letter["sections"] if one["heading"] == heading]
    assert any(line in item["says"] for item in section["items"]), section
