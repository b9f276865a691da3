"""Messages, by a real mail server and the real job queue: sent at least once, to nobody who is stopped, and someone is told."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.cast import MONDAY, refer, take_in
from tests.mailbox import body, mail_server, no_mail_server, run_jobs
from warmhandoff.foundation import clock, messages, scoping
from warmhandoff.foundation.actors import system_actor
from warmhandoff.foundation.mail_links import address_of
from warmhandoff.foundation.models import ContactPoint, Duty, Message
from warmhandoff.foundation.tasks import MESSAGE_RETRIES_IN_MINUTES
from warmhandoff.network.actions import invite
from warmhandoff.network.models import Invitation
from warmhandoff.referrals.models import AnswerLink, Referral
from warmhandoff.referrals.protocol import MAIL_FAILED

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture(autouse=True)
def quiet_worker():
    # Its error lines are meant for operators; here each failure is wanted.
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
    yield
    logging.getLogger("procrastinate").setLevel(logging.WARNING)


@pytest.fixture
def cast(the_cast):
    return the_cast


@pytest.fixture
def referral(cast) -> Referral:
    """Sunrow has a mailbox and nobody who signs in."""
    with cast.acting("denise", at=clock.now()) as denise:
        return refer(take_in(denise), cast.services["solar"], denise)


def message() -> Message:
    return Message.objects.order_by("id").last()


def due_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")


def waits() -> timedelta:
    job = ProcrastinateJob.objects.get(status="todo", task_name__endswith="send_message")
    return job.scheduled_at - clock.now()


def duties_of(cast, name: str, kind: str) -> list[Duty]:
    with cast.acting(name, at=clock.now()):
        return list(Duty.objects.filter(kind=kind))


def test_a_message_arrives_with_its_link(referral, settings):
    with mail_server(settings) as box:
        run_jobs()
    (mail,) = box.received
    assert mail["To"] == "referrals@sunrow.example"
    assert "Warm Handoff" in mail["From"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "en"
    assert mail["Message-ID"] == message().message_id
    address = address_of(AnswerLink.objects.get())
    assert address in body(mail, "plain").splitlines(), "the link stands on a line of its own"
    assert address in body(mail, "html")
    assert message().state == "sent"
    assert address not in message().kept_text
    assert "[link]" in message().kept_text
    assert ProcrastinateJob.objects.get(task_name__endswith="send_message").args == {
        "message_id": message().pk
    }


def test_what_is_rolled_back_is_never_sent(cast, settings):
    class Changed(Exception):
        pass

    with mail_server(settings) as box:
        with pytest.raises(Changed), cast.acting("denise", at=clock.now()) as denise:
            refer(take_in(denise), cast.services["solar"], denise)
            raise Changed
        run_jobs()
    assert box.received == []
    assert not Message.objects.exists()


def test_with_the_mail_server_down_it_is_tried_again_and_then_someone_is_told(cast, referral, settings):
    with no_mail_server(settings):
        for minutes in MESSAGE_RETRIES_IN_MINUTES:
            due_now()
            run_jobs()
            assert abs(waits() - timedelta(minutes=minutes)) < timedelta(seconds=30), minutes
            assert message().state == "queued"
            assert duties_of(cast, "denise", MAIL_FAILED) == []
        due_now()
        run_jobs()
    assert message().state == "failed"
    assert message().attempts == 6
    assert not ProcrastinateJob.objects.filter(status="todo", task_name__endswith="send_message").exists()
    (duty,) = duties_of(cast, "denise", MAIL_FAILED)
    assert duty.membership_id == cast.members["denise"].pk
    assert (duty.subject_kind, duty.subject_id) == ("referral", referral.pk)
    assert message().kept_text == "", "what was never sent is not kept as sent"


def test_when_the_mail_server_is_back_it_arrives_once(referral, settings):
    with no_mail_server(settings):
        run_jobs()
    due_now()
    with mail_server(settings) as box:
        run_jobs()
        run_jobs()
    assert len(box.received) == 1
    assert message().attempts == 2


def test_sent_again_it_is_the_same_message(referral, settings, monkeypatch):
    """The server took the mail, and the worker died before it could write that down."""
    compose = messages.compose

    def dies_after_sending(notice, point):
        mail, subject, text = compose(notice, point)
        send = mail.send

        def send_and_die():
            send()
            raise ConnectionResetError

        mail.send = send_and_die
        return mail, subject, text

    with mail_server(settings) as box:
        monkeypatch.setattr(messages, "compose", dies_after_sending)
        run_jobs()
        monkeypatch.setattr(messages, "compose", compose)
        due_now()
        run_jobs()
    first, second = box.received
    assert first["Message-ID"] == second["Message-ID"]
    assert message().state == "sent"


def test_a_stopped_address_gets_nothing_and_someone_is_told(cast, referral, settings):
    receiver = system_actor(referral.receiver_id)
    with scoping.acting_as(receiver):
        ContactPoint.objects.filter(value="referrals@sunrow.example").update(
            stopped_at=clock.now(), stopped_why="bounced"
        )
    with mail_server(settings) as box:
        run_jobs()
    assert box.received == []
    assert message().state == "stopped"
    assert len(duties_of(cast, "denise", MAIL_FAILED)) == 1


def test_a_refused_mail_is_tried_again(referral, settings):
    with mail_server(settings) as box:
        box.answers = ["451 later"]
        run_jobs()
        assert message().state == "queued"
        assert waits() > timedelta()
        due_now()
        run_jobs()
    assert message().state == "sent"
    assert len({mail["Message-ID"] for mail in box.received}) == 1


def test_what_is_no_longer_wanted_is_not_sent(cast, referral, settings):
    from warmhandoff.referrals import actions

    with cast.acting("denise", at=clock.now()) as denise:
        actions.withdraw(
            referral=Referral.objects.get(pk=referral.pk), reason="person_changed", by=denise.actor
        )
    with mail_server(settings) as box:
        run_jobs()
    assert [mail["To"] for mail in box.received if "sunrow" in mail["To"]] == []


def test_an_invitation_that_can_not_be_delivered_is_told_to_whoever_invited(cast, settings):
    with cast.acting("marcus", at=clock.now()) as marcus:
        invitation = invite(
            organization=cast.organizations["eastgate"],
            email="jo@eastgate.example",
            name="Jo Park",
            role="case_manager",
            by=marcus.actor,
        )
    with no_mail_server(settings):
        for _ in range(6):
            due_now()
            run_jobs()
    (duty,) = duties_of(cast, "marcus", "invitation_failed")
    assert duty.membership_id == cast.members["marcus"].pk
    assert (duty.subject_kind, duty.subject_id) == ("invitation", invitation.pk)
    assert Invitation.objects.filter(pk=invitation.pk, withdrawn_at__isnull=True).exists()


def test_a_told_past_sends_nothing(cast, settings):
    with messages.telling_the_past(), cast.acting("denise", at=MONDAY) as denise:
        refer(take_in(denise), cast.services["solar"], denise)
    with mail_server(settings) as box:
        run_jobs()
    assert box.received == []
    assert message().state == "past"
