"""The pages of one's own program: my group with what counts, my hours handed in by phone, what my program asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.conf import settings as site
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import cast as made_up
from tests.cast import MONDAY, Cast, program
from tests.programs import paid_work
from tests.programs.groups import group
from tests.programs.paid_work import LAST_WEEK
from tests.web.desk import Desk
from tests.web.own.themself import Themself
from warmhandoff.custody import said_wrong
from warmhandoff.foundation import clock, mail_links, scoping
from warmhandoff.foundation.actors import link_actor, participant_actor
from warmhandoff.foundation.models import Duty, Message
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants import actions as participants
from warmhandoff.participants import own_links
from warmhandoff.participants.models import Participant
from warmhandoff.participants.own_page import SaidWrong
from warmhandoff.programs.actions import attendance, eligibility, hours, meetings
from warmhandoff.programs.actions import enrollment as enrolling
from warmhandoff.programs.actions import groups as verbs
from warmhandoff.programs.actions import work as works
from warmhandoff.programs.models import Enrollment, PaidWork, Timesheet, WorksiteLink
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Referral
from warmhandoff.web.people.carry import picture

pytestmark = pytest.mark.django_db
TODAY = MONDAY.date()
FORTY = {f"day_{n}": "8" for n in range(5)}
KEY = "00000000-0000-0000-0000-00000000000f"


@pytest.fixture
def c(settings, the_cast) -> Cast:
    settings.DEMO = True
    found = the_cast
    program(found)
    return found


@pytest.fixture
def rosa(c: Cast) -> Themself:
    return Themself(c).come_in()


# --- My group -----------------------------------------------------------------------------------------------------


@pytest.fixture
def member(c: Cast, rosa: Themself):
    """Two meetings lie behind her: she came to the first, and missed the second."""
    with c.acting("marcus") as marcus:
        enrollment = made_up.enrolled(c, marcus, file=rosa.file, on=date(2026, 11, 2))
        cohort = group(c, marcus, starts_on=date(2026, 11, 17))
        found = verbs.join(cohort=cohort, enrollment=enrollment, by=marcus.actor, on=date(2026, 11, 17))
        meetings.schedule(cohort=cohort, by=marcus.actor)
    with c.acting("denise") as denise:
        first, second = cohort.meetings.order_by("starts_at")[:2]
        came, missed = attendance.Said(), attendance.Said("absent", "transport")
        attendance.take(meeting=first, said={(found.pk, first.template_id): came}, by=denise.actor)
        attendance.take(meeting=second, said={(found.pk, second.template_id): missed}, by=denise.actor)
    return found


def test_my_group_says_what_is_next_what_counts_and_shows_the_code(c: Cast, rosa: Themself, member) -> None:
    assert "My group" in rosa.text()
    html = rosa.get("group/")
    said = rosa.text("group/")
    assert "Tue, Nov 24, 4 pm Your group Tuesdays and Thursdays, session 3. Room 2." in said
    assert "1 of 20 so far: session 2 missing." in said and "18 required sessions are still to come." in said
    assert "Session 1 Came on Tuesday Session 2 Missed on Thursday: couldn’t get there" in said
    at_the_door = picture(f"{site.ROOT_URL}/programs/groups/here/{rosa.file.code}/")
    assert at_the_door in html, "the same that is printed, and that whoever leads the group reads"
    assert len(html.encode()) < 60_000 and "<script" not in html
    spanish = rosa.text("group/", lang="es")
    assert "Mi grupo" in spanish and "1 de 20 hasta ahora: falta la sesión 2." in spanish
    assert "Muestre esto cuando venga" in spanish and "Mendoza" not in spanish


def test_it_is_not_right_reaches_whoever_answers_for_them(c: Cast, rosa: Themself, member) -> None:
    path = f"program/{member.enrollment.code}/wrong/"
    assert path in rosa.get("group/")
    rosa.press(path, 422, words="")
    assert "Thank you for telling us." in rosa.press(path, words="I was there on Thursday.")
    assert "Eastgate Community Partners has it and will answer you here." in rosa.text()
    with c.acting("denise") as denise:
        said = SaidWrong.objects.get()
        assert (said.about, said.file_id, said.said_by.kind) == ("program", rosa.file.pk, "participant")
        duty = Duty.objects.get(kind=said_wrong.HEAR, closed_at__isnull=True)
        assert duty.membership_id == c.members["denise"].pk
        said_wrong.answer(said=said, outcome="mended", words="You were. It counts now.", by=denise.actor)
    assert "You were. It counts now." in rosa.text()
    rosa.get(f"program/{member.code}/wrong/", 404)


def test_what_delivers_the_program_answers_where_somebody_else_holds_them(c: Cast, rosa: Themself) -> None:
    """Harbor delivers it to somebody whom Eastgate holds: it is Harbor's to put right, and the page doesn't say that they are gone."""
    contract = program(c, slug="harbor-way", provider="harbor")
    with c.acting("denise") as denise:
        participants.open_need(file=rosa.file, code="HSG", by=denise.actor)
        referral = made_up.refer(rosa.file, c.services["housing"], denise)
    with c.acting("ines") as ines:
        referrals.accept(
            referral=Referral.objects.get(pk=referral.pk), reply=referrals.Reply("Jo"), by=ines.actor
        )
        theirs = Participant.objects.get(person_id=rosa.file.person_id, organization_id=ines.organization_id)
        enrollment = made_up.enrolled(c, ines, contract=contract, file=theirs)
    rosa.press(f"program/{enrollment.code}/wrong/", words="Not my program.")
    assert "Harbor Reentry has it and will answer you here." in rosa.text()
    with c.acting("ines"):
        assert SaidWrong.objects.get().file_id == theirs.pk


def test_after_it_is_over_it_says_so_and_shows_no_code(c: Cast, rosa: Themself, member) -> None:
    with c.acting("denise") as denise:
        enrolling.exit(enrollment=Enrollment.objects.get(), reason="work", by=denise.actor)
    said = rosa.get("group/")
    assert "It is over for you." in said and '<svg class="qr' not in said and "1 of 20" in said
    assert "No meeting is planned for you now." in said


def test_a_strangers_pages_say_nothing_of_it(c: Cast, rosa: Themself, member) -> None:
    ana = Themself(c, first_name="Ana", last_name="Vega")
    ana.come_in()
    assert "My group" not in ana.text()
    assert "No meeting is planned" in ana.text("group/") and "Tuesdays" not in ana.text("group/")
    assert "No paid work is written down" in ana.text("hours/")
    assert "You take part in no program now." in ana.text("papers/")
    ana.get(f"program/{member.enrollment.code}/wrong/", 404)
    with c.acting("denise"):
        assert not SaidWrong.objects.exists()


# --- My hours -----------------------------------------------------------------------------------------------------


@pytest.fixture
def work(c: Cast, rosa: Themself) -> PaidWork:
    with c.acting("denise") as denise:
        enrollment = made_up.enrolled(c, denise, file=rosa.file, on=date(2026, 11, 2))
        return paid_work.begun(c, denise, enrollment=enrollment)


def week_of(work: PaidWork, week: date = LAST_WEEK) -> str:
    return f"hours/{work.code}/{week.isoformat()}/"


@contextmanager
def as_supervisor() -> Iterator:
    link = WorksiteLink.objects.get()
    actor = link_actor(link.pk, link.organization_id)
    with clock.at(MONDAY), scoping.acting_as(actor, classes=("contact", "program")):
        yield actor


def kept(c: Cast) -> list[Timesheet]:
    with c.acting("denise"):
        return list(Timesheet.objects.order_by("id").select_related("by"))


def test_handed_in_by_phone_sent_back_said_right_and_approved(
    c: Cast, rosa: Themself, work: PaidWork
) -> None:
    assert "My hours of paid work" in rosa.text()
    assert "Hand in the week of Mon, Nov 16" in rosa.text("hours/")
    said = rosa.text(week_of(work))
    assert "Joan Ocampo reads “Rosa M.”, the days, the hours, and that you wrote them." in said
    assert "Handed in. Thank you. My hours" in rosa.press(week_of(work), **FORTY)
    [sheet] = kept(c)
    assert (sheet.total, sheet.by.kind) == (40, "participant")
    assert Message.objects.filter(notice="programs.hours_wait").count() == 1, (
        "the link goes out as it does for staff"
    )
    now = rosa.text("hours/")
    assert "Week of Mon, Nov 16: 40 hours Joan Ocampo looks at it You wrote it." in now
    assert "Hand in" not in now, "this week is not over"
    with as_supervisor() as supervisor:
        hours.send_back(sheet=Timesheet.objects.get(), reason="hours", by=supervisor)
    back = rosa.text("hours/")
    assert "The week of Mon, Nov 16 was sent back The hours of a day differ" in back
    mend = f"hours/{sheet.code}/"
    assert "It was sent back: The hours of a day differ" in rosa.text(mend)
    assert "What was wrong?" not in rosa.text(mend), "the worksite has said it"
    assert "Said right, and handed in again." in rosa.press(mend, **FORTY | {"day_4": "6"})
    _, right = kept(c)
    assert (right.total, right.supersedes_id, right.reason) == (38, sheet.pk, "sent_back")
    with as_supervisor() as supervisor:
        hours.approve(sheet=Timesheet.objects.get(pk=right.pk), by=supervisor)
    said = rosa.text("hours/")
    assert "38 of 200 planned hours approved You earned $741.00." in said and "Approved, Mon, Nov 23" in said
    assert "Say it right" not in said
    rosa.get(f"hours/{right.code}/", 302)
    spanish = rosa.text("hours/", lang="es")
    assert "Mis horas" in spanish and "Usted lo anotó." in spanish and "Aprobado" in spanish


def test_who_wrote_them_is_told_to_the_supervisor_and_the_case_manager(
    c: Cast, rosa: Themself, work: PaidWork
) -> None:
    rosa.press(week_of(work), **FORTY)
    with clock.at(MONDAY), scoping.acting_as(None):
        path = f"/w/{mail_links.token_of(WorksiteLink.objects.get())}/"
    with clock.at(MONDAY):
        there = rosa.client.__class__().get(path).content.decode()
    assert "Rosa M. wrote these hours down." in there and "Mendoza" not in there
    denise = Desk(c, "denise")
    assert "Written by themself, on their own page" in denise.get(
        f"/people/{rosa.file.code}/work/{work.code}/"
    )
    assert "Rosa handed in 40 hours at Ocampo Print Works themself" in denise.get(
        f"/people/{rosa.file.code}/"
    )
    with c.acting("denise") as denise_:
        hours.correct_hours(
            sheet=Timesheet.objects.get(),
            hours=[Decimal(7)] * 5 + [Decimal(0)] * 2,
            reason="wrong",
            by=denise_.actor,
        )
    with clock.at(MONDAY):
        there = rosa.client.__class__().get(path).content.decode()
    assert f"{current_place().names.employers} wrote these hours down." in there
    assert "Eastgate Community Partners wrote it." in rosa.text("hours/")


@pytest.mark.parametrize(
    ("days", "says"),
    [
        ({"day_0": "25"}, "A day has 24 hours"),
        ({"day_0": "7.1"}, "Hours are counted in quarters."),
        ({}, "There are no hours in this week."),
        ({"day_0": "abc"}, "Enter a number."),
    ],
)
def test_what_staff_are_refused_they_are_refused_too(
    c: Cast, rosa: Themself, work: PaidWork, days, says
) -> None:
    assert says in rosa.press(week_of(work), 422, **days)
    assert kept(c) == [] and not Message.objects.filter(notice="programs.hours_wait").exists()


def test_days_that_have_not_come_and_days_before_it_began(c: Cast, rosa: Themself, work: PaidWork) -> None:
    assert "Tue, Nov 24 is still to come." in rosa.press(week_of(work, TODAY), 422, day_1="8")
    early = week_of(work, LAST_WEEK - timedelta(days=7))
    assert "On Mon, Nov 9 the work had not begun, or was over." in rosa.press(early, 422, day_0="8")
    rosa.get(week_of(work, TODAY + timedelta(days=1)), 404)  # no Monday
    rosa.get(f"hours/{work.code}/someday/", 404)
    assert kept(c) == []


def test_a_week_is_handed_in_once(c: Cast, rosa: Themself, work: PaidWork) -> None:
    page = rosa.get(week_of(work))
    key = re.search(r'name="form_key" value="([^"]+)"', page)[1]
    rosa.post(week_of(work), form_key=key, **FORTY)
    rosa.post(week_of(work), form_key=key, **FORTY)  # an impatient thumb
    assert len(kept(c)) == 1
    said = rosa.post(week_of(work), 409, form_key=KEY, day_0="4")
    assert "The hours of this week are written down already." in said and len(kept(c)) == 1
    rosa.get(week_of(work), 302)


def test_what_somebody_said_right_meanwhile_stands(c: Cast, rosa: Themself, work: PaidWork) -> None:
    rosa.press(week_of(work), **FORTY)
    [sheet] = kept(c)
    page = rosa.get(f"hours/{sheet.code}/")
    key = re.search(r'name="form_key" value="([^"]+)"', page)[1]
    with c.acting("denise") as denise:
        right = [Decimal(7)] * 5 + [Decimal(0)] * 2
        hours.correct_hours(sheet=Timesheet.objects.get(), hours=right, reason="wrong", by=denise.actor)
    said = rosa.post(f"hours/{sheet.code}/", 409, form_key=key, reason="wrong", **FORTY)
    assert (
        "Somebody said this week right meanwhile. Here is how it stands now." in said and "35 hours" in said
    )
    assert len(kept(c)) == 2


def test_what_is_approved_stands(c: Cast, rosa: Themself, work: PaidWork) -> None:
    rosa.press(week_of(work), **FORTY)
    [sheet] = kept(c)
    page = rosa.get(f"hours/{sheet.code}/")
    key = re.search(r'name="form_key" value="([^"]+)"', page)[1]
    with as_supervisor() as supervisor:
        hours.approve(sheet=Timesheet.objects.get(), by=supervisor)
    said = rosa.post(f"hours/{sheet.code}/", 409, form_key=key, reason="more", **FORTY | {"day_5": "8"})
    assert "These hours are approved already. If they are not right, tell us so." in said
    assert len(kept(c)) == 1


def test_two_works_of_one_day_have_24_hours_together(c: Cast, rosa: Themself, work: PaidWork) -> None:
    with c.acting("denise") as denise:
        elsewhere = paid_work.worksite(denise, name="Night Bakery", email="ng@bakery.example")
        other = paid_work.begun(c, denise, enrollment=work.enrollment, at=elsewhere)
    rosa.press(week_of(work), day_0="13")
    assert "together that is more than a day" in rosa.press(week_of(other), 422, day_0="12")
    assert len(kept(c)) == 1


def test_after_the_program_has_ended(c: Cast, rosa: Themself, work: PaidWork) -> None:
    with c.acting("denise") as denise:
        ended = date(2026, 11, 18)
        PaidWork.objects.filter(pk=work.pk).update(state="left", ended_on=TODAY, end_reason="job")
        enrolling.exit(enrollment=Enrollment.objects.get(), reason="work", by=denise.actor, on=ended)
    assert "It ended on Wed, Nov 18." in rosa.text("hours/")
    said = rosa.press(week_of(work), 422, day_3="8")
    assert (
        "Your program ended on November 18, 2026. If you worked after it, call the people who help you."
        in said
    )
    rosa.press(week_of(work), day_2="8")
    assert [sheet.total for sheet in kept(c)] == [8]


def test_who_did_not_agree_to_be_introduced_hands_in_all_the_same(
    c: Cast, rosa: Themself, work: PaidWork
) -> None:
    with c.acting("denise") as denise:
        works.introduce(work=work, agrees=False, how="spoken", by=denise.actor)
    assert "Eastgate Community Partners looks at them. Nothing goes to where you work." in rosa.text(
        week_of(work)
    )
    rosa.press(week_of(work), **FORTY)
    assert "Eastgate Community Partners looks at it" in rosa.text("hours/")
    assert len(kept(c)) == 1 and not Message.objects.filter(notice="programs.hours_wait").exists()


def test_another_persons_work_and_weeks(c: Cast, rosa: Themself, work: PaidWork) -> None:
    rosa.press(week_of(work), **FORTY)
    [sheet] = kept(c)
    ana = Themself(c, first_name="Ana", last_name="Vega")
    ana.come_in()
    for path in (week_of(work, TODAY), f"hours/{sheet.code}/"):
        ana.get(path, 404)
        ana.post(path, 404, form_key=KEY, day_0="8", reason="wrong")
    assert len(kept(c)) == 1


def test_after_the_link_has_died(c: Cast, rosa: Themself, work: PaidWork) -> None:
    with c.acting("denise") as denise:
        own_links.stop(access=own_links.of_file(rosa.file).get(), by=denise.actor)
    for path in ("group/", "hours/", "papers/", week_of(work)):
        rosa.get(path, 410)
    rosa.post(week_of(work), 410, form_key=KEY, **FORTY)
    assert kept(c) == []


def test_what_goes_wrong_on_the_way_leaves_nothing(
    c: Cast, rosa: Themself, work: PaidWork, monkeypatch
) -> None:
    def fails(**_more: object) -> None:
        raise RuntimeError("on the way")

    monkeypatch.setattr(hours, "owe", lambda *_args, **_more: fails())
    page = rosa.get(week_of(work))
    key = re.search(r'name="form_key" value="([^"]+)"', page)[1]
    with pytest.raises(RuntimeError):
        rosa.post(week_of(work), 500, form_key=key, **FORTY)
    assert kept(c) == [] and not Message.objects.filter(notice="programs.hours_wait").exists()
    monkeypatch.undo()
    rosa.post(week_of(work), form_key=key, **FORTY)
    assert len(kept(c)) == 1


def test_on_a_shared_screen_it_is_over_after_a_minute(c: Cast, work: PaidWork, rosa: Themself) -> None:
    with c.acting("denise") as denise:
        link = own_links.print_card(file=rosa.file, language="en", by=denise.actor)
    client = rosa.client.__class__()
    with clock.at(MONDAY):
        born = {"born_month": "4", "born_day": "5", "born_year": "1990"}
        answer = client.post("/me/screen/", {"code": own_links.code_of(link)} | born)
        address = answer.headers["Location"].partition("?")[0]
        for path in ("group/", "hours/", "papers/"):
            answer = client.get(address + path)
            assert answer.status_code == 200 and "forget" in answer.headers["Refresh"], path
        page = client.get(address + week_of(work)).content.decode()
    key = re.search(r'name="form_key" value="([^"]+)"', page)[1]
    with clock.at(MONDAY + timedelta(seconds=61)):
        late = client.post(address + week_of(work), {"form_key": key} | FORTY)
        assert late.status_code == 302 and "/me/screen/forget/" in late.headers["Location"]
        assert client.get(address + "papers/").status_code == 302
    assert kept(c) == []


# --- What my program asks -----------------------------------------------------------------------------------------


def asks(c: Cast, rosa: Themself, slug: str) -> None:
    """She asks to take part in a program that ships."""
    contract = program(c, slug=slug)
    with c.acting("denise") as denise:
        enrolling.apply(file=rosa.file, contract=contract, by=denise.actor)


def shown(c: Cast, rosa: Themself, **how: str) -> None:
    with c.acting("denise") as denise:
        for each, method in how.items():
            eligibility.verify(
                file=rosa.file, shown=each, said=eligibility.Said(True, method, TODAY), by=denise.actor
            )


def test_what_is_asked_in_plain_words_and_never_what_an_onlooker_must_not_read(
    c: Cast, rosa: Themself
) -> None:
    asks(c, rosa, "sector")
    assert "What my program asks" in rosa.text()
    said = rosa.text("papers/")
    assert "3 things are still open. Ask Eastgate Community Partners what counts: 555-0100" in said
    shown(c, rosa, of_age="document", justice_history="document", behavioral_health="self")
    said = rosa.text("papers/")
    assert "All of this is there. For people aged 18 or older. We saw a paper, today." in said
    assert "Something about the law and your record. We saw a paper, today." in said
    assert "Something about your health. You told us, today." in said
    for word in ("gun", "violence", "mental", "substance", "arrest", "convict", "charged", "first"):
        assert word not in said.lower(), word
    spanish = rosa.text("papers/", lang="es").lower()
    assert "algo sobre la ley y su historial." in spanish
    for word in ("armas", "violencia", "mental", "sustancias", "arresto", "condena"):
        assert word not in spanish, word


def test_what_is_asked_about_violence_is_on_no_page_of_theirs(c: Cast, rosa: Themself) -> None:
    """Met by that alone the other of the two doesn't seem open; met by the other, it is told."""
    asks(c, rosa, "sector-expansion")
    shown(c, rosa, of_age="document", gun_violence="agency")
    said = rosa.text("papers/")
    assert "All of this is there." in said and "law" not in said
    assert not re.search("gun|violence|risk|Compton", rosa.get("papers/") + rosa.get(""))
    with connection.cursor() as cursor, clock.at(MONDAY):
        with scoping.acting_as(None):
            actor = participant_actor(rosa.link.pk)
        with scoping.acting_as(actor):
            cursor.execute("SELECT wh_own_eligibility()::text")
            assert "gun_violence" not in cursor.fetchone()[0]
    shown(c, rosa, system_impacted="document")
    assert "Something about the law and your record. We saw a paper, today." in rosa.text("papers/")


def test_what_has_lapsed_and_what_is_passed_over(c: Cast, rosa: Themself) -> None:
    asks(c, rosa, "sector")
    shown(c, rosa, of_age="document", justice_history="self")
    assert "It counts until May 22" in rosa.text("papers/")
    rosa.at = MONDAY + timedelta(days=200)
    with clock.at(rosa.at), c.acting("denise", rosa.at) as denise:
        rosa.link = own_links.print_card(file=rosa.file, language="en", by=denise.actor)
    rosa.come_in()
    assert "It counted until May 22. It is needed again." in rosa.text("papers/")


# --- How long it takes --------------------------------------------------------------------------------------------


def test_few_statements_and_little_weight(c: Cast, rosa: Themself, member) -> None:
    with c.acting("denise") as denise:
        paid_work.begun(c, denise, enrollment=member.enrollment)
    for path, most in (("", 18), ("group/", 18), ("hours/", 18), ("papers/", 18)):
        rosa.get(path)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            html = rosa.get(path)
        assert len(html.encode()) < 30_000, path
        assert len(queries) <= most, [each["sql"][:80] for each in queries]
