"""Record clearance step by step, on its days; taken back with a reason; of the class justice, and no offense anywhere."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection

from tests.cast import MONDAY
from tests.standing import leaves_nothing
from warmhandoff.casework.actions import clearance as verbs
from warmhandoff.casework.models import Clearance, ClearanceEvent
from warmhandoff.casework.reading.clearance import clearances_of
from warmhandoff.foundation.errors import BadValue, NotAllowed, NotYours, WrongState
from warmhandoff.foundation.models import AccessLog, Duty

TODAY = date(2026, 11, 23)


@pytest.fixture
def begun(c, rosa):
    with c.acting("denise") as denise:
        return verbs.begin(file=rosa, relief="dismissal", by=denise.actor, on=TODAY - timedelta(days=30))


def go(member, clearance, *steps, **more):
    for verb in steps:
        clearance = verbs.step(clearance=clearance, verb=verb, by=member.actor, **more)
    return clearance


def test_the_whole_way(c, begun):
    with c.acting("denise") as denise:
        heard = verbs.step(
            clearance=go(denise, begun, "obtain_records", "file_petition"), verb="set_hearing", by=denise.actor,
            hearing_on=TODAY + timedelta(days=10),
        )  # fmt: skip
        assert (heard.state, heard.hearing_on) == ("hearing", TODAY + timedelta(days=10))
        cleared = go(denise, heard, "grant", "clear")
        assert (cleared.state, cleared.ended_on) == ("cleared", TODAY)
        states = list(
            ClearanceEvent.objects.filter(clearance=begun).order_by("id").values_list("state", flat=True)
        )
        assert states == ["intake", "records_obtained", "petition_filed", "hearing", "granted", "cleared"]


def test_relief_that_needs_no_petition_is_granted_from_the_records(c, begun):
    with c.acting("denise") as denise:
        assert go(denise, begun, "obtain_records", "grant").state == "granted"


def test_denied_may_be_filed_again(c, begun):
    with c.acting("denise") as denise:
        again = go(denise, begun, "obtain_records", "file_petition", "deny", "file_petition")
        assert (again.state, again.ended_on) == ("petition_filed", None)


@pytest.mark.parametrize("verb", ["grant", "deny", "clear", "set_hearing", "file_petition"])
def test_no_step_is_left_out(c, begun, verb):
    with c.acting("denise") as denise, pytest.raises(WrongState):
        go(denise, begun, verb)


def test_days_are_in_order_and_not_to_come(c, begun):
    with c.acting("denise") as denise:
        for on in (TODAY + timedelta(days=1), TODAY - timedelta(days=31)):
            with pytest.raises(BadValue):
                go(denise, begun, "obtain_records", on=on)
        filed = go(denise, begun, "obtain_records", "file_petition")
        for hearing_on in (None, TODAY - timedelta(days=1)):
            with pytest.raises(BadValue, match="hearing"):
                verbs.step(clearance=filed, verb="set_hearing", by=denise.actor, hearing_on=hearing_on)


def test_on_the_day_of_the_hearing_somebody_checks_in_and_no_word_says_why(c, begun):
    with c.acting("denise") as denise:
        filed = go(denise, begun, "obtain_records", "file_petition")
        verbs.step(
            clearance=filed, verb="set_hearing", by=denise.actor, hearing_on=TODAY + timedelta(days=10)
        )
        duty = Duty.objects.get(kind="check_in", closed_at__isnull=True)
        assert (duty.due_at.date(), duty.detail, duty.subject_kind) == (TODAY + timedelta(days=11), "", "")


def test_twice_the_same_is_refused(c, rosa, begun):
    with c.acting("denise") as denise:
        with pytest.raises(BadValue, match="under way already"):
            verbs.begin(file=rosa, relief="dismissal", by=denise.actor)
        verbs.begin(file=rosa, relief="sealing", by=denise.actor)
        with pytest.raises(BadValue):
            verbs.begin(file=rosa, relief="theft", by=denise.actor)


def test_a_step_by_mistake_is_taken_back_and_stays_readable(c, begun):
    with c.acting("denise") as denise:
        denied = go(denise, begun, "obtain_records", "file_petition", "deny")
        assert denied.ended_on == TODAY
        back = verbs.take_back(clearance=denied, reason="mistyped", by=denise.actor)
        assert (back.state, back.ended_on) == ("petition_filed", None)
        back = verbs.take_back(clearance=back, reason="wrong_day", by=denise.actor)
        assert back.state == "records_obtained"
        assert ClearanceEvent.objects.filter(clearance=begun).count() == 6
        assert go(denise, back, "file_petition").state == "petition_filed"


def test_who_may_take_back(c, begun):
    with c.acting("denise") as denise:
        stepped = go(denise, begun, "obtain_records")
        with pytest.raises(BadValue):
            verbs.take_back(clearance=stepped, reason="because", by=denise.actor)
    with c.acting("luz") as luz, pytest.raises(NotYours):
        verbs.take_back(clearance=stepped, reason="mistake", by=luz.actor)
    with c.acting("marcus") as marcus:
        back = verbs.take_back(clearance=stepped, reason="mistake", by=marcus.actor)
        with pytest.raises(WrongState, match="no step"):
            verbs.take_back(clearance=back, reason="mistake", by=marcus.actor)
    with c.acting("denise") as denise, pytest.raises(NotAllowed):
        verbs.take_back(clearance=go(marcus, back, "obtain_records"), reason="mistake", by=denise.actor)


def test_opening_it_is_written_down(c, rosa, begun):
    with c.acting("denise") as denise:
        before = AccessLog.objects.count()
        assert [one.pk for one in clearances_of(rosa, by=denise.actor)] == [begun.pk]
        log = AccessLog.objects.latest("id")
        assert AccessLog.objects.count() == before + 1 and log.data_classes == ["justice"]


def test_neither_another_organization_nor_a_peer_mentor_nor_a_share_reads_it(c, rosa, begun):
    with c.acting("ines") as ines:
        assert not Clearance.objects.exists()
        with pytest.raises(NotYours):
            go(ines, begun, "obtain_records")
    with c.acting("tavo"):
        assert not Clearance.objects.exists() and not ClearanceEvent.objects.exists()


def test_half_of_a_step_never_stays(c, begun):
    with c.acting("denise") as denise:
        filed = go(denise, begun, "obtain_records", "file_petition")
        assert leaves_nothing(
            c,
            lambda: verbs.step(
                clearance=filed, verb="set_hearing", by=denise.actor, hearing_on=TODAY + timedelta(days=3)
            ),
        )


def test_there_is_no_column_for_what_it_was_about():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type, character_maximum_length FROM information_schema.columns"
            " WHERE table_name IN ('casework_clearance', 'casework_clearanceevent') ORDER BY 1"
        )
        texts = {name: length for name, kind, length in cursor.fetchall() if "char" in kind or kind == "text"}
    assert texts and max(texts.values()) <= 40, "codes of lists alone: nobody can type here"
    assert MONDAY.date() == TODAY
