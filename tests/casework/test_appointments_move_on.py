"""What becomes of an appointment when its person goes to another holder, or its organization closes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cast import MONDAY
from tests.custody.test_paper_follows import by_a_transfer, by_an_offer, by_closing
from tests.standing import EVERY_CLASS
from warmhandoff.casework import notices
from warmhandoff.casework.actions import appointments
from warmhandoff.casework.actions.appointments import When
from warmhandoff.custody import actions as custody
from warmhandoff.foundation import clock, scoping
from warmhandoff.foundation.models import Duty, Message
from warmhandoff.network.models import Membership
from warmhandoff.participants import actions as participants

SOON = MONDAY + timedelta(days=5)
LATER = MONDAY + timedelta(days=4)


@pytest.fixture
def made(c, rosa):
    with c.acting("denise") as denise:
        participants.add_reach(file=rosa, way=participants.Way("email", "rosa@mail.example"), position=1)
        return appointments.make(
            file=rosa, when=When(SOON, timedelta(minutes=30), how="phone"), about="plan", with_=denise.membership,
            by=denise.actor, by_mail=True,
        )  # fmt: skip


def the_duty(made):
    return Duty.objects.get(kind="appointment", detail=made.code)


@pytest.mark.parametrize("moved", [by_an_offer, by_a_transfer])
def test_whom_it_is_with_goes_on_expecting_them_and_the_new_holder_may_release_them(c, rosa, made, moved):
    who = moved(c, rosa)
    with c.acting("denise", LATER) as denise:
        duty = the_duty(made)
        assert (duty.closed_at, duty.membership_id, duty.holds_release) == (None, denise.membership.pk, False)
        appointments.remind(made.pk)
        assert Message.objects.filter(notice=notices.Reminder.name).exists()
    if moved is by_an_offer:
        with c.acting(who, LATER) as member:
            custody.release(person_id=rosa.person_id, reason="needs_met", by=member.actor)
    with c.acting("denise", SOON) as denise:
        assert appointments.keep(appointment=made, by=denise.actor).state == "kept"
        assert the_duty(made).closed_how == "done"


def test_of_an_organization_that_closed_nobody_is_reminded(c, rosa, made):
    by_closing(c, rosa)
    with c.acting("luz", LATER):
        assert not Membership.objects.filter(pk=c.members["denise"].pk, state="active").exists()
    everything = scoping.acting_as(None, organization_id=made.organization_id, classes=EVERY_CLASS.split(","))
    with clock.at(LATER), everything:
        assert the_duty(made).closed_how == "moved"
        appointments.remind(made.pk)
        assert not Message.objects.filter(notice=notices.Reminder.name).exists()
