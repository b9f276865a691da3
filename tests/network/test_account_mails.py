"""Mails about accounts: one with their change, sealed while they wait, sent by the worker under one Message-ID, gone when sent."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from smtplib import SMTPException

import pytest
from cryptography.fernet import InvalidToken
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.mailbox import body, mail_server, no_mail_server, run_jobs
from tests.web.staff import PASSWORD, account, membership, signed_in
from warmhandoff.foundation import clock
from warmhandoff.network import account_mails
from warmhandoff.network.models import AccountMail

ADDRESS = "denise@eastgate.example"


@pytest.fixture(autouse=True)
def nothing_counted_yet(db):
    cache.clear()


def ask_for_a_new_password(email: str = ADDRESS) -> None:
    answer = Client().post("/account/password/", {"email": email})
    assert answer.headers["Location"] == "/account/password/sent/"


def written() -> EmailMessage:
    return EmailMessage(subject="A word", body="https://handoff.example/secret/", to=[ADDRESS])


@pytest.mark.django_db
def test_the_job_and_the_row_tell_nothing():
    account()
    ask_for_a_new_password()
    assert mail.outbox == [], "the worker sends it"
    row = AccountMail.objects.get()
    job = ProcrastinateJob.objects.get(task_name="warmhandoff.network.tasks.send_account_mail")
    assert job.args == {"mail_id": row.pk}
    assert job.queue_name == "messages"
    for told in (ADDRESS, "denise", "/account/password/new/"):
        assert told.encode() not in bytes(row.sealed)


@pytest.mark.django_db
def test_a_known_and_an_unknown_address_are_one_and_the_same_work():
    account()
    for email in (ADDRESS, "nobody@nowhere.example"):
        ask_for_a_new_password(email)
    assert AccountMail.objects.count() == 2


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_through_the_worker_and_a_real_server(settings):
    account()
    ask_for_a_new_password()
    with mail_server(settings) as box:
        run_jobs(at=clock.now())
        run_jobs(at=clock.now())
    (sent,) = box.received
    assert (sent["To"], sent["Auto-Submitted"]) == (ADDRESS, "auto-generated")
    assert "/account/password/new/" in body(sent, "plain")
    assert not AccountMail.objects.exists(), "nothing stays of it"


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_with_the_mail_server_down_nobody_sees_an_error_and_it_is_sent_later(settings):
    account()
    with no_mail_server(settings):
        ask_for_a_new_password()
        run_jobs(at=clock.now())
    job = ProcrastinateJob.objects.get(task_name="warmhandoff.network.tasks.send_account_mail")
    assert (job.status, job.attempts) == ("todo", 1), "once more in a minute"
    with mail_server(settings) as box:
        account_mails.deliver(AccountMail.objects.get().pk)
    assert len(box.received) == 1


@pytest.mark.django_db
def test_what_is_rolled_back_sends_nothing():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        account_mails.queue(written())
        _ = 1 / 0
    assert not AccountMail.objects.exists()
    assert not ProcrastinateJob.objects.filter(task_name__endswith="send_account_mail").exists()


@pytest.mark.django_db
def test_once_under_one_message_id(monkeypatch):
    row = account_mails.queue(written())
    tried = []

    def down(self, messages):
        tried.extend(message.extra_headers["Message-ID"] for message in messages)
        raise SMTPException("421")

    with monkeypatch.context() as failing:
        failing.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", down)
        with pytest.raises(SMTPException):
            account_mails.deliver(row.pk)
    account_mails.deliver(row.pk)
    account_mails.deliver(row.pk)
    (sent,) = mail.outbox
    assert tried == [sent.extra_headers["Message-ID"]]


@pytest.mark.django_db
def test_a_link_that_has_ended_is_not_sent():
    now = clock.now()
    dead = account_mails.queue(written(), useless_after=now - timedelta(minutes=1))
    account_mails.deliver(dead.pk)
    assert mail.outbox == []
    assert not AccountMail.objects.exists()


@pytest.mark.django_db
def test_a_new_password_s_mail_ends_with_its_link(settings):
    account()
    ask_for_a_new_password()
    ends = AccountMail.objects.get().useless_after
    assert abs(ends - clock.now() - timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)) < timedelta(minutes=1)


@pytest.mark.django_db
def test_given_up_it_is_gone_and_the_log_names_nobody(caplog):
    row = account_mails.queue(written())
    account_mails.give_up(row.pk)
    assert not AccountMail.objects.exists()
    assert "given up" in caplog.text
    assert ADDRESS not in caplog.text


@pytest.mark.django_db
def test_an_older_key_still_opens_it(settings):
    row = account_mails.queue(written())
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 10
    account_mails.deliver(row.pk)
    assert "secret" in mail.outbox[0].body


@pytest.mark.django_db
def test_a_copy_of_the_database_opens_nothing(settings):
    row = account_mails.queue(written())
    settings.SECRET_KEY = "another" * 10
    with pytest.raises(InvalidToken):
        account_mails.deliver(row.pk)
    assert mail.outbox == []


@pytest.mark.django_db
def test_a_changed_password_is_told_the_same_way(settings):
    settings.DEMO = True
    client = signed_in(membership())
    typed = {
        "oldpassword": PASSWORD,
        "password1": "four quiet horses waiting",
        "password2": "four quiet horses waiting",
    }
    client.post("/account/password/change/", typed)
    row = AccountMail.objects.get()
    account_mails.deliver(row.pk)
    assert re.search("password", mail.outbox[0].subject, re.IGNORECASE)


@pytest.mark.django_db
def test_no_table_but_the_sealed_one_holds_the_link():
    account()
    ask_for_a_new_password()
    with connection.cursor() as cursor:
        cursor.execute("SELECT args::text FROM procrastinate_jobs")
        assert all(set(json.loads(row[0])) == {"mail_id"} for row in cursor.fetchall())
