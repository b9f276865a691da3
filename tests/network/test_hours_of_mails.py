"""Mails wait for their hour by the product's own clock, through the real queue; what was asked for this minute doesn't."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.cast import MONDAY, refer, take_in
from tests.mailbox import mail_server, run_jobs
from warmhandoff.foundation import clock, messages, scoping, timers
from warmhandoff.foundation.actors import system_actor
from warmhandoff.foundation.models import ContactPoint, Message, Timer
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.actions import invite
from warmhandoff.network.notices import InvitationMail
from warmhandoff.referrals import notices

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

EVENING = MONDAY + timedelta(hours=10)  # 20:40 where the place is
MORNING = datetime(2026, 11, 24, 8, tzinfo=current_place().zone)


@pytest.fixture
def cast(the_cast):
    return the_cast


@pytest.fixture
def asked(cast):
    """Sunrow's mailbox is asked on Monday evening."""
    with cast.acting("denise", at=EVENING) as denise:
        refer(take_in(denise), cast.services["solar"], denise)
    return Message.objects.get()


def waiting() -> list[datetime]:
    found = Timer.objects.filter(subject_kind="message", fired_at=None, called_off_at=None)
    return [timer.due_at for timer in found]


def sweep(at: datetime) -> None:
    """What the worker's sweep does each minute."""
    with clock.at(at):
        with scoping.acting_as(None, purpose="protocol"):
            due = timers.due(clock.now())
        for timer_id in due:
            timers.fire(timer_id)


def jobs() -> int:
    return ProcrastinateJob.objects.filter(status="todo", task_name__endswith="send_message").count()


def test_at_night_it_is_put_off_to_the_morning_and_then_sent_once(asked, settings):
    with mail_server(settings) as box:
        run_jobs(at=EVENING)
        assert box.received == [] and waiting() == [MORNING]
        sweep(MORNING - timedelta(minutes=1))
        assert jobs() == 0
        sweep(MORNING)
        run_jobs(at=MORNING)
        sweep(MORNING)
        run_jobs(at=MORNING)
    assert len(box.received) == 1
    asked.refresh_from_db()
    assert asked.state == "sent" and asked.sent_at == MORNING
    assert waiting() == []


def test_a_job_that_comes_late_finds_that_it_is_too_late_in_the_day(cast, settings):
    with cast.acting("denise") as denise:
        refer(take_in(denise), cast.services["solar"], denise)
    with mail_server(settings) as box:
        run_jobs(at=EVENING)
        assert box.received == [] and waiting() == [MORNING]


def test_delivered_twice_at_night_it_waits_once(asked):
    with clock.at(EVENING):
        messages.deliver(asked.pk)
        messages.deliver(asked.pk)
    assert waiting() == [MORNING]
    sweep(MORNING)
    with clock.at(EVENING):  # the clock was set back meanwhile
        messages.deliver(asked.pk)
    assert waiting() == [MORNING] and mail.outbox == []


def test_what_is_no_longer_wanted_does_not_wait(asked, monkeypatch):
    monkeypatch.setattr(notices.ReferralReceived, "still_wanted", lambda self: False)
    with clock.at(EVENING):
        messages.deliver(asked.pk)
    asked.refresh_from_db()
    assert asked.state == "stopped" and waiting() == []


def test_an_invitation_goes_out_at_any_hour(cast):
    with cast.acting("marcus", at=EVENING) as marcus:
        invite(
            organization=cast.organizations["eastgate"], email="jo@eastgate.example", name="Jo Park",
            role="case_manager", by=marcus.actor,
        )  # fmt: skip
    with clock.at(EVENING):
        messages.deliver(Message.objects.get(notice=InvitationMail.name).pk)
    assert len(mail.outbox) == 1


def test_quiet_hours_of_the_reader_hold_besides(cast):
    with cast.acting("denise") as denise:
        refer(take_in(denise), cast.services["solar"], denise)
    message = Message.objects.get()
    with clock.at(MONDAY), scoping.acting_as(system_actor(message.organization_id)):
        ContactPoint.objects.filter(pk=message.contact_point_id).update(
            quiet_from=time(10), quiet_to=time(14)
        )
    with clock.at(MONDAY):
        messages.deliver(message.pk)
    assert waiting() == [datetime(2026, 11, 23, 14, tzinfo=current_place().zone)]


class ToClosedDays(notices.ReferralReceived):
    """What an appointment of this very day will be."""

    name = "tests.on_closed_days"
    on_closed_days = True


@pytest.mark.parametrize(("notice", "sent"), [(ToClosedDays, 1), (notices.ReferralReceived, 0)])
def test_on_a_closed_day_only_what_is_about_that_day(asked, notice, sent):
    sunday = datetime(2026, 11, 29, 12, tzinfo=current_place().zone)
    Message.objects.filter(pk=asked.pk).update(notice=notice.name)
    with clock.at(sunday):
        messages.deliver(asked.pk)
    assert len(mail.outbox) == sent


def test_what_goes_into_the_digest_has_no_mail_of_its_own(cast):
    with cast.acting("denise") as denise:
        file = take_in(denise)
        referral = refer(file, cast.services["solar"], denise)
        messages.send(
            notices.AnswerHeard,
            to=denise.membership.mail_id,
            organization_id=denise.organization_id,
            subject=("referral", referral.pk),
        )
    gathered = Message.objects.get(notice="referrals.answer_heard")
    assert gathered.state == "gathered"
    assert jobs() == 1, "the referral's own"
    with clock.at(MONDAY):
        messages.deliver(gathered.pk)
    assert mail.outbox == []
