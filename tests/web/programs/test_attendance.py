"""Who came, on the page: one press for everybody, then who wasn't; the sheet to sign; the code at the door; two in a row on Today."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.cast import Cast, program, take_in, told
from tests.programs.groups import group, joined
from tests.web.desk import Desk
from warmhandoff.programs.actions import attendance as verbs
from warmhandoff.programs.actions import meetings
from warmhandoff.programs.actions.attendance import Said
from warmhandoff.programs.models import Attendance, Cohort, CohortMember, Meeting
from warmhandoff.programs.reading.attendance import standing_at

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
PEOPLE = ("Rosa", "Ana", "Luis")


@pytest.fixture
def cohort(c: Cast) -> Cohort:
    program(c)
    with c.acting("marcus") as marcus:
        made = group(c, marcus)
        joined(c, marcus, made, *PEOPLE)
        meetings.schedule(cohort=made, by=marcus.actor)
        return made


def session(c: Cast, cohort: Cohort, number: int = 1) -> Meeting:
    with c.acting("marcus"):
        return cohort.meetings.get(template__number=number)


def member(c: Cast, cohort: Cohort, name: str) -> CohortMember:
    with c.acting("marcus"):
        return cohort.members.select_related("file").get(file__contact__first_name=name)


def at(c: Cast, name: str, meeting: Meeting) -> Desk:
    desk = Desk(c, name)
    desk.at = meeting.ends_at
    return desk


def address(meeting: Meeting, what: str = "attendance") -> str:
    return f"/programs/groups/meetings/{meeting.code}/{what}/"


def of(one: CohortMember, number: int, what: str) -> str:
    return f"{one.code}-{number}-{what}"


def stands(c: Cast, meeting: Meeting) -> dict[str, tuple[str, str]]:
    with c.acting("marcus"):
        return {
            one.member.file.contact.first_name: (one.mark, one.absence)
            for one in standing_at(meeting).values()
        }


def taken(c: Cast, cohort: Cohort, number: int, **others: Said) -> None:
    meeting = session(c, cohort, number)
    with c.acting("marcus", at=meeting.ends_at) as marcus:
        found = {
            (one.pk, meeting.template_id): others.get(one.file.contact.first_name, Said())
            for one in cohort.members.select_related("file__contact")
        }
        verbs.take(meeting=meeting, said=found, by=marcus.actor)


def test_one_press_and_everybody_is_here(c, cohort):
    meeting = session(c, cohort)
    denise = at(c, "denise", meeting)
    assert "All 3 are marked as here. Change only who isn’t, then save." in denise.get(address(meeting))
    assert "Written down: 3 came." in denise.send(address(meeting))
    assert stands(c, meeting) == dict.fromkeys(PEOPLE, ("present", ""))
    assert "Denise Carter said this." in denise.get(address(meeting))


def test_who_is_not_here_and_who_left(c, cohort):
    meeting = session(c, cohort)
    ana, luis = member(c, cohort, "Ana"), member(c, cohort, "Luis")
    said = {
        of(ana, 1, "mark"): "absent", of(ana, 1, "why"): "sick",
        of(luis, 1, "mark"): "absent", of(luis, 1, "why"): "left_early",
    }  # fmt: skip
    denise = at(c, "denise", meeting)
    assert "Written down: 2 came, 1 didn’t." in denise.send(address(meeting), **said)
    assert stands(c, meeting) == {
        "Rosa": ("present", ""),
        "Ana": ("absent", "sick"),
        "Luis": ("left_early", ""),
    }


def test_without_a_reason_nobody_heard_from_them(c, cohort):
    meeting = session(c, cohort)
    ana = member(c, cohort, "Ana")
    at(c, "denise", meeting).send(address(meeting), **{of(ana, 1, "mark"): "absent", of(ana, 1, "why"): ""})
    assert stands(c, meeting)["Ana"] == ("absent", "no_word")


def test_otherwise_than_before_says_what_was_wrong_and_keeps_what_stood(c, cohort):
    meeting = session(c, cohort)
    ana = member(c, cohort, "Ana")
    denise = at(c, "denise", meeting)
    denise.send(address(meeting))
    absent = {of(ana, 1, "mark"): "absent", of(ana, 1, "why"): "no_word"}
    refused = denise.send(address(meeting), 422, **absent)
    assert "Some of this was said otherwise before. Say what was wrong, or leave it as it was." in refused
    assert "Ana M." in refused and "What was it, Ana M.?" in refused
    assert stands(c, meeting)["Ana"] == ("present", "")
    denise.send(address(meeting), **absent, reason="mistyped")
    assert stands(c, meeting)["Ana"] == ("absent", "no_word")
    with c.acting("marcus"):
        assert Attendance.objects.filter(meeting=meeting).count() == 4


def test_a_second_press_shows_what_the_first_did(c, cohort):
    meeting = session(c, cohort)
    denise = at(c, "denise", meeting)
    page = denise.soup(address(meeting))
    fields = {"form_key": page.select_one("[name=form_key]")["value"], "how": "seen"}
    fields |= {str(box["name"]): str(box["value"]) for box in page.select("input[type=radio][checked]")}
    for _press in range(2):
        denise.post(address(meeting), **fields)
    with c.acting("marcus"):
        assert Attendance.objects.filter(meeting=meeting).count() == 3


def test_not_yet_and_not_any_more(c, cohort):
    meeting = session(c, cohort)
    early = Desk(c, "denise")
    assert "It is still to come." in early.get(address(meeting))
    with c.acting("marcus") as marcus:
        meetings.cancel(meeting=meeting, why="weather", by=marcus.actor)
    assert "This meeting was called off." in at(c, "denise", meeting).get(address(meeting))


def test_a_peer_mentor_who_stands_in_says_it_and_a_stranger_finds_nothing(c, cohort):
    meeting = session(c, cohort)
    assert "Written down: 3 came." in at(c, "tavo", meeting).send(address(meeting))
    for what in ("attendance", "sheet"):
        at(c, "ines", meeting).get(address(meeting, what), 404)
    ana = member(c, cohort, "Ana").file.code
    for path in (
        f"/programs/groups/here/{ana}/",
        f"/programs/groups/here/{ana}/code/",
        f"/people/{ana}/groups/",
    ):
        at(c, "ines", meeting).get(path, 404)


# --- The sheet ----------------------------------------------------------------------------------------------------


def test_the_sheet_is_tagged_says_whom_and_no_program(c, cohort):
    meeting = session(c, cohort)
    desk = at(c, "denise", meeting)
    answer = desk.client.get(address(meeting, "sheet"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    pdf = answer.content
    assert pdf.startswith(b"%PDF") and b"/StructTreeRoot" in pdf and b"/MarkInfo" in pdf and b"/Lang" in pdf
    assert "sign-in-sheet.pdf" in answer["Content-Disposition"] and answer["Cache-Control"] == "no-store"


def test_what_the_sheet_says(c, cohort):
    from warmhandoff.participants.reading import names_of
    from warmhandoff.programs.reading.attendance import sheet_or_404
    from warmhandoff.web.programs.attendance import _paper

    meeting = session(c, cohort)
    with c.acting("denise", at=meeting.starts_at):
        sheet = sheet_or_404(meeting.code)
        says = _paper(sheet, names_of([one.file.person_id for one, _ in sheet.expected.values()]))
    assert says["people"] == ["Ana Made-up", "Luis Made-up", "Rosa Made-up"]
    words = str(says).lower()
    assert "tuesdays and thursdays" in words and "denise carter" in words and "4 pm to 5:30 pm" in words
    for never in ("pathways", "sector", "reentry", "probation", "cognitive"):
        assert never not in words


# --- Their own code -----------------------------------------------------------------------------------------------


def test_who_shows_their_code_is_here_in_one_press(c, cohort):
    meeting = session(c, cohort)
    ana = member(c, cohort, "Ana")
    desk = Desk(c, "denise")
    desk.at = meeting.starts_at - timedelta(minutes=20)
    code = f"/programs/groups/here/{ana.file.code}/"
    drawn = desk.soup(f"{code}code/")
    paper = drawn.select_one("article")
    assert paper.select_one("svg.qr") and "Ana" not in paper.get_text()
    assert paper["lang"] == "es" and "Muestre esto cuando venga" in paper.get_text()
    assert "Ana M. is here" in desk.get(code)
    assert "Ana M. is here." in desk.send(code)
    assert stands(c, meeting) == {"Ana": ("present", "")}
    assert "Written down" in desk.get(code)
    assert "by their own code" in desk.get(address(meeting))


def test_a_code_on_another_day_opens_no_meeting(c, cohort):
    ana = member(c, cohort, "Ana")
    desk = Desk(c, "denise")
    assert "They are to come to no group of yours now." in desk.get(f"/programs/groups/here/{ana.file.code}/")


# --- Two in a row, and how much they have had ---------------------------------------------------------------------


def test_two_in_a_row_on_today_until_somebody_has_talked_with_them(c, cohort):
    for number in (1, 2):
        taken(c, cohort, number, Ana=Said("absent", "no_word"))
    ana = member(c, cohort, "Ana")
    marcus = at(c, "marcus", session(c, cohort, 2))
    assert "Missed two meetings of Tuesdays and Thursdays in a row. Talk with them." in marcus.get("/today/")
    page = f"/people/{ana.file.code}/groups/{ana.code}/missed/"
    assert re.search(r"They missed the last 2 meetings .*not excused", marcus.get(page))
    assert "It stays on the list until they are reached." in marcus.send(page, outcome="tried", how="voice")
    assert "Missed two meetings" in marcus.get("/today/")
    assert "Written down." in marcus.send(page, outcome="reached", how="voice")
    assert "Missed two meetings" not in marcus.get("/today/")


def test_18_of_20_says_which_are_missing(c, cohort):
    for number in range(1, 21):
        gone = {"Ana": Said("absent", "sick")} if number in (7, 12) else {}
        taken(c, cohort, number, **gone)
    ana, rosa = member(c, cohort, "Ana").file.code, member(c, cohort, "Rosa").file.code
    denise = at(c, "denise", session(c, cohort, 20))
    page = denise.get(f"/people/{ana}/groups/")
    assert (
        "18 of 20: sessions 7 and 12 missing." in page
        and "Complete" not in page.split("Session by session")[0]
    )
    assert "Session 7 missed" in page and "sick" in page
    assert "20 of 20: complete." in denise.get(f"/people/{rosa}/groups/")


def test_they_say_that_it_is_wrong_and_whoever_holds_them_answers(c, cohort):
    taken(c, cohort, 1, Ana=Said("absent", "no_word"))
    ana = member(c, cohort, "Ana").file.code
    marcus = at(c, "marcus", session(c, cohort))
    heard = marcus.send(f"/people/{ana}/groups/wrong/", words="I was there, I came late.")
    assert "I was there, I came late." in heard and "My program: groups, training, work" in heard
    assert "something is wrong" in marcus.get("/today/")


def test_who_is_in_no_group(c, cohort):
    with c.acting("denise") as denise:
        nora = take_in(denise, told("Nora"))
    desk = Desk(c, "denise")
    assert "They are in no group." in desk.get(f"/people/{nora.code}/groups/")
    desk.get(f"/people/{nora.code}/groups/wrong/", 404)
