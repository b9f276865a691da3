"""Whether somebody takes part in another program too: who writes it down, who reads it, and that nothing else tells it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

import warmhandoff
from tests import cast
from warmhandoff.foundation.errors import BadValue, NotAllowed, NotYours, WrongState
from warmhandoff.network.roles import Role
from warmhandoff.participants import actions as participants
from warmhandoff.programs.actions import co_enrollment as verbs
from warmhandoff.programs.actions import enrollment as enrolling
from warmhandoff.programs.models import CoEnrollment

TPI = "trauma_prevention"
TODAY = cast.MONDAY.date()


def say(file, by, takes_part=True, **more):
    facts = {"other_program": TPI, "takes_part": takes_part, "source": "agency"} | more
    return verbs.say(file=file, by=by.actor, **facts)


def test_what_was_said_last_stands_with_its_source(c):
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        say(file, denise, takes_part=False, source="themselves", on=TODAY - timedelta(days=9))
        say(file, denise)
        last = verbs.last_of(file, by=denise.actor)[TPI]
        assert (last.takes_part, last.source, last.by_id) == (True, "agency", denise.actor.pk)


def test_what_was_wrong_is_said_right_once(c):
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        wrong = say(file, denise)
        say(file, denise, takes_part=None, supersedes=wrong, reason="wrong_person")
        assert verbs.last_of(file, by=denise.actor) == {}
        with pytest.raises(WrongState):
            say(file, denise, supersedes=wrong, reason="wrong_outcome")
        assert CoEnrollment.objects.count() == 2


@pytest.mark.parametrize(
    "more",
    [
        {"source": "rumor"}, {"takes_part": None}, {"on": TODAY + timedelta(days=1)},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(c, more):
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        with pytest.raises(BadValue):
            say(file, denise, **more)
        assert not CoEnrollment.objects.exists()


def test_a_program_that_nobody_named_is_not_there(c):
    with c.acting("denise") as denise, pytest.raises(NotYours):
        say(cast.take_in(denise), denise, other_program="anything")


def test_a_peer_mentor_and_a_stranger_neither_write_nor_read_it(c):
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        say(file, denise)
    with c.acting("tavo") as tavo:
        assert not CoEnrollment.objects.exists()
        with pytest.raises(NotAllowed):
            say(file, tavo)
    with c.acting("ines") as ines:
        assert not CoEnrollment.objects.exists()
        with pytest.raises(NotYours):
            say(file, ines)


def test_it_is_never_changed_nor_deleted(c):
    with c.acting("denise") as denise:
        say(cast.take_in(denise), denise)
        for statement in (
            "UPDATE programs_coenrollment SET takes_part = false",
            "DELETE FROM programs_coenrollment",
        ):
            with pytest.raises(Exception, match="permission denied"), transaction.atomic():
                connection.cursor().execute(statement)


def enroll(c, by, *, also):
    contract = cast.program(c)
    file = cast.take_in(by)
    enrollment = enrolling.apply(file=file, contract=contract, by=by.actor)
    asked = enrolling.asked_of(contract, also=also, language="es")
    consent = participants.record_consent(file=file, asked=asked, by=by.actor)
    enrolling.enroll(enrollment=enrollment, consent=consent, by=by.actor)
    say(file, by)
    return file, consent


def test_the_agency_reads_it_where_the_person_agreed_and_no_longer_than_that(c):
    """Luz works at the contracting agency and reads that class; nobody else there or elsewhere does."""
    assert c.members["luz"].role == Role.NAVIGATOR
    with c.acting("denise") as denise:
        _, consent = enroll(c, denise, also=["violence_prevention"])
    with c.acting("luz"):
        assert CoEnrollment.objects.count() == 1
    for name in ("grace", "ines", "vera", "tavo"):
        with c.acting(name):
            assert not CoEnrollment.objects.exists(), name
    with c.acting("denise") as denise:
        participants.revoke_consent(consent=consent, by=denise.actor)
    with c.acting("luz"):
        assert not CoEnrollment.objects.exists()


def test_the_agency_reads_nothing_of_it_by_the_share_of_taking_part_alone(c):
    with c.acting("denise") as denise:
        enroll(c, denise, also=[])
    with c.acting("luz"):
        assert not CoEnrollment.objects.exists()


def test_a_share_of_consent_of_that_class_does_not_reach_it(c):
    """Who is referred for a need of safety is told of the need, and not of the other program."""
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        say(file, denise)
        asked = participants.Asked(
            recipients=[c.organizations["harbor"].pk], parts=["need"], data_classes=["violence_prevention"], language="es",
        )  # fmt: skip
        consent = participants.record_consent(file=file, asked=asked, by=denise.actor)
        participants.share(
            consent=consent,
            recipient_id=c.organizations["harbor"].pk,
            classes=["violence_prevention"],
            about=("file", file.pk),
        )
    with c.acting("ines"):
        assert not CoEnrollment.objects.exists()


def test_no_list_search_export_or_story_reads_the_table():
    """Whoever reads it is one of these modules: a new one is argued here."""
    root = Path(warmhandoff.__file__).parent
    tells = re.compile("coenrollment|co_enrollment", re.IGNORECASE)
    readers = {
        str(each.relative_to(root)) for each in root.rglob("*.py") if tells.search(each.read_text("utf-8"))
    }
    assert {each for each in readers if "/migrations/" not in each} == {
        "programs/actions/co_enrollment.py",
        "programs/models/__init__.py",
        "programs/models/eligibility.py",
        "programs/promises.py",
        "web/people/eligibility.py",
        "web/people/eligibility_forms.py",
        "web/programs/taking_part.py",
    }
