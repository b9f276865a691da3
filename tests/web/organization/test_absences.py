"""Away with dates, on the pages: saying so, who covers, whose lines stand on whose Today, being back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.cast import MONDAY, Cast, refer, take_in, told
from tests.web.desk import Desk
from warmhandoff.network import absence, actions
from warmhandoff.network.models import Absence, User
from warmhandoff.network.roles import Role
from warmhandoff.referrals import actions as referrals

pytestmark = pytest.mark.django_db

TODAY, FRIDAY = MONDAY.date(), date(2026, 11, 27)


@pytest.fixture
def c(settings, the_cast) -> Cast:
    settings.DEMO = True
    c = the_cast
    user = User.objects.create_user("nora@eastgate.example", "Nora Ibáñez")
    with c.acting("marcus") as marcus:
        c.members["nora"] = actions.add_member(
            user=user, organization=c.organizations["eastgate"], role=Role.CASE_MANAGER, by=marcus.actor
        )
    return c


def days(first: date = TODAY, last: date = FRIDAY) -> dict[str, int]:
    parts = {"from_day": first, "until_day": last}
    return {
        f"{name}_{part}": getattr(day, part)
        for name, day in parts.items()
        for part in ("month", "day", "year")
    }


def page_of(c: Cast, who: str) -> str:
    return f"/organization/people/{c.members[who].code}/away/"


def say(c: Cast, who: str = "denise", cover: str = "nora", by: str | None = None, **more):
    chosen = c.members[cover].code if cover else ""
    return Desk(c, by or who).send(page_of(c, who), **{**days(), "cover": chosen, **more})


def test_one_says_it_for_oneself_and_the_cover_sees_the_list(c):
    with c.acting("denise") as denise:
        take_in(denise)
    said = say(c)
    assert "Denise Carter is away from Mon, Nov 23 until Fri, Nov 27. Nora Ibáñez covers." in said
    assert "Away until Fri, Nov 27 . Nora Ibáñez covers." in said
    hers = Desk(c, "denise").get("/today/")
    assert "You are away until Friday. Nora Ibáñez covers." in hers
    covers = Desk(c, "nora").get("/today/")
    assert "Rosa M." in covers
    assert "For Denise Carter, away until Friday" in covers
    assert "For Denise" not in hers, "her own lines are hers"


def test_a_lead_sees_who_is_away_this_week(c):
    say(c)
    seen = Desk(c, "marcus").get("/today/")
    assert "Away this week 1 Denise Carter until Friday. Nora Ibáñez covers." in seen
    assert "Away this week" not in Desk(c, "nora").get("/today/")


def test_without_a_cover_it_stands_on_the_lead_s_today(c):
    with c.acting("denise") as denise:
        take_in(denise)
    said = say(c, cover="")
    assert "Nobody covers in particular." in said
    seen = Desk(c, "marcus").get("/today/")
    assert "Rosa M." in seen and "For Denise Carter, away until Friday" in seen
    assert "Nobody covers in particular: what they owe stands here." in seen


def test_after_the_last_day_nothing_of_it_is_left(c):
    with c.acting("denise") as denise:
        take_in(denise)
    say(c)
    desk = Desk(c, "nora")
    desk.at = MONDAY + timedelta(days=5)
    assert "Rosa M." not in desk.get("/today/")
    assert "Away until" not in desk.get("/organization/")


def test_a_lead_says_it_for_a_colleague_and_a_colleague_does_not(c):
    assert "Nora Ibáñez covers." in say(c, by="marcus")
    Desk(c, "nora").get(page_of(c, "denise"), 403)
    Desk(c, "ines").get(page_of(c, "denise"), 404)
    assert "Say when away" in Desk(c, "nora").get("/organization/"), "for herself"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (days(date(2026, 11, 20)), "This day is over. Choose today or a later day."),
        (days(FRIDAY, date(2026, 11, 24)), "The last day comes before the first."),
        (days(last=date(2027, 6, 1)), "Hand the caseload over for longer than that."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(c, more, says):
    chosen = c.members["nora"].code
    assert says in Desk(c, "denise").send(page_of(c, "denise"), 422, cover=chosen, **more)
    assert not Absence.objects.exists()


def test_a_cover_who_is_away_is_refused_with_the_mend(c):
    say(c, "nora", "denise")
    said = Desk(c, "denise").send(page_of(c, "denise"), 422, cover=c.members["marcus"].code, **days())
    assert "Denise Carter covers Nora Ibáñez from Mon, Nov 23 until Fri, Nov 27." in said
    assert "First let somebody else cover Nora Ibáñez." in said


def test_whoever_answers_for_the_queue_must_name_a_cover(c):
    said = Desk(c, "marcus").send(page_of(c, "marcus"), 422, cover=None, **days())
    assert "Choose one." in said
    assert "Nobody in particular" not in said


def test_a_second_press_is_one_absence(c):
    desk = Desk(c, "denise")
    key = desk.soup(page_of(c, "denise")).select_one("[name=form_key]")["value"]
    fields = {**days(), "cover": c.members["nora"].code, "form_key": key}
    desk.post(page_of(c, "denise"), **fields)
    desk.post(page_of(c, "denise"), **fields)
    assert Absence.objects.count() == 1


def test_somebody_else_covers_from_now_on(c):
    say(c)
    address = f"/organization/absences/{Absence.objects.get().code}/"
    said = Desk(c, "marcus").send(address, cover=c.members["marcus"].code)
    assert "Marcus Webb covers." in said
    assert [each.ended_how for each in Absence.objects.order_by("id")] == ["replaced", ""]


def test_back_early(c):
    say(c)
    address = f"/organization/absences/{Absence.objects.get().code}/"
    assert "Back early: end it now" in Desk(c, "denise").get(address)
    said = Desk(c, "denise").send(address, at=f"{address}back/")
    assert "Denise Carter is here." in said
    assert "You are away" not in Desk(c, "denise").get("/today/")


def test_a_stranger_sees_no_absence(c):
    say(c)
    address = f"/organization/absences/{Absence.objects.get().code}/"
    Desk(c, "ines").get(address, 404)
    Desk(c, "nora").get(address, 403)


def test_a_cover_who_leaves_is_the_lead_s_to_replace(c):
    say(c)
    with c.acting("marcus") as marcus:
        referrals.close_membership(membership=c.members["nora"], by=marcus.actor)
    desk = Desk(c, "marcus")
    seen = desk.get("/today/")
    assert "Denise Carter Away until Friday, and whoever covered has left." in seen
    link = desk.soup("/today/").find("a", string="Choose who covers")
    said = desk.send(str(link["href"]), cover=c.members["marcus"].code)
    assert "Marcus Webb covers." in said
    assert "whoever covered has left" not in desk.get("/today/")


def test_and_where_they_are_back_it_is_taken_off_the_list(c):
    say(c)
    with c.acting("marcus") as marcus:
        referrals.close_membership(membership=c.members["nora"], by=marcus.actor)
    desk = Desk(c, "marcus")
    desk.at = MONDAY + timedelta(days=7)
    address = f"/organization/absences/{Absence.objects.get(ended_at=None).code}/"
    assert "This is over" in desk.get(address)
    desk.send(address, at=f"{address}back/")
    assert "whoever covered has left" not in desk.get("/today/")


def test_the_cover_sees_by_their_own_role_alone(c):
    """A case manager covers a peer mentor, and opens what a case manager opens; a peer mentor never covers a case manager."""
    with c.acting("denise") as denise:
        refer(take_in(denise), c.services["solar"], denise)
        take_in(denise, told("Ana", "Zapata"))
    with c.acting("denise") as denise, pytest.raises(absence.CannotCover):
        absence.say_away(
            membership=c.members["denise"], from_day=MONDAY.date(), until_day=FRIDAY,
            cover=c.members["tavo"], by=denise.actor,
        )  # fmt: skip
    offered = Desk(c, "denise").soup(page_of(c, "denise")).select("[name=cover]")
    assert c.members["tavo"].code not in {each["value"] for each in offered}
