"""The pages about training, as a browser shows them: filled, empty, refused; wide and narrow."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import cast
from tests.web.people.test_pages_browser import (
    chromium,  # noqa: F401
    enter,
    let_it_be,
    look,
    page,  # noqa: F401
)
from warmhandoff.labor_market.models import Occupation
from warmhandoff.programs.actions import training as verbs
from warmhandoff.programs.actions.training import Course, Earned

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]
TODAY = cast.MONDAY.date()
WEEK = timedelta(days=7)


def test_how_the_pages_look(page, live_server, c, rosa):  # noqa: F811
    cast.program(c)
    with c.acting("denise") as denise:
        enrollment = cast.enrolled(c, denise, file=rosa)
        occupation = Occupation.objects.filter(title__startswith="Solar Photovoltaic").first()
        solar = Course(c.organizations["sunrow"], "Solar Installer", "occupational", occupation)
        days = {"planned_from": TODAY, "planned_to": TODAY + 5 * WEEK}
        training = verbs.plan_training(enrollment=enrollment, course=solar, by=denise.actor, **days)
        other = Course(c.organizations["valley"], "Carpentry basics", "prerequisite")
        over = verbs.plan_training(enrollment=enrollment, course=other, by=denise.actor, **days)
        verbs.call_off_training(training=over, reason="other_training", by=denise.actor)
        earned = Earned("certification", "OSHA 10", "OSHA", TODAY, "seen", TODAY + 200 * WEEK)
        verbs.record_credential(enrollment=enrollment, earned=earned, by=denise.actor)
        nora = cast.take_in(denise, cast.told("Nora"))
    let_it_be(cast.MONDAY)
    enter(page, live_server, c, "denise")
    where = f"{live_server.url}/people/{rosa.code}/training/"
    page.goto(where)
    look(page, "training")
    page.goto(f"{where}new/")
    page.get_by_role("button", name="Plan it").click()
    look(page, "training-plan-refused")
    page.goto(f"{where}{training.code}/")
    look(page, "training-one")
    page.goto(f"{where}{training.code}/?say=call_off")
    page.get_by_role("button", name="Write it down").click()
    look(page, "training-why-refused")
    page.goto(f"{where}earned/")
    page.get_by_role("button", name="Write it down").click()
    look(page, "training-earned-refused")
    page.goto(f"{live_server.url}/people/{nora.code}/training/")
    look(page, "training-none")
