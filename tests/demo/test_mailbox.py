"""The mailbox is a real mail server: what it shows was sent over SMTP, and it loses and doubles nothing."""

from __future__ import annotations

import smtplib
import stat
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection

from tests.mailbox import free_port
from warmhandoff.demo import mailbox

NOON = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch):
    """The demo's clock, a minute later with each mail."""
    moments = iter(NOON + timedelta(minutes=n) for n in range(100))
    monkeypatch.setattr(mailbox, "_now", lambda: next(moments))


@pytest.fixture
def server(tmp_path):
    folder, port = tmp_path / "mail", free_port()
    with mailbox.running(host="127.0.0.1", port=port, folder=folder):
        yield folder, port


def send(
    port,
    subject="A referral waits",
    to=("referrals@sunrow.example",),
    message_id="<1@localhost>",
    text="Hello",
):
    connection = get_connection(
        "django.core.mail.backends.smtp.EmailBackend",
        host="127.0.0.1",
        port=port,
        use_tls=False,
        username="",
        password="",
    )
    mail = EmailMultiAlternatives(
        subject,
        text,
        "Warm Handoff <handoff@localhost>",
        list(to),
        headers={"Message-ID": message_id},
        connection=connection,
    )
    mail.attach_alternative(f"<p>{text}</p><script>alert(1)</script>", "text/html")
    return mail.send()


def test_what_was_sent_is_read_back_newest_first(server, clock):
    folder, port = server
    send(
        port,
        "Una referencia espera su respuesta: mañana",
        message_id="<1@localhost>",
        text="¿Tiene lugar?\n.\nGracias",
    )
    send(port, "Second", to=["denise@eastgate.example"], message_id="<2@localhost>")
    second, first = mailbox.received(folder)
    assert (first.subject, first.sender) == ("Una referencia espera su respuesta: mañana", "Warm Handoff")
    assert first.text.splitlines() == ["¿Tiene lugar?", ".", "Gracias"]
    assert first.received_at == NOON
    assert (first.to, second.to) == ("referrals@sunrow.example", "denise@eastgate.example")
    assert [name for name, _ in first.headers if name.startswith("X-")] == []
    assert mailbox.mail_with(first.code, folder).subject == first.subject
    (only,) = mailbox.received(folder, mailbox=mailbox.code_of("Referrals@Sunrow.example"))
    assert only.code == first.code
    assert mailbox.mail_with("../../etc/passwd", folder) is None


def test_only_their_owner_reads_them(server, clock):
    folder, port = server
    send(port)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())]
    assert modes == [0o700, 0o600]


def test_the_same_mail_twice_is_shown_once(server, clock):
    folder, port = server
    send(port, message_id="<7@localhost>")
    send(port, message_id="<7@localhost>")
    assert len(mailbox.received(folder)) == 1


def test_each_mailbox_gets_its_own(server, clock):
    folder, port = server
    send(port, to=["a@x.example", "b@x.example"])
    assert sorted(mail.to for mail in mailbox.received(folder)) == ["a@x.example", "b@x.example"]


def test_a_full_disk_is_told_to_the_sender_who_tries_again(server, clock, monkeypatch):
    folder, port = server
    with monkeypatch.context() as full:
        full.setattr(mailbox.os, "fsync", _no_room)
        with pytest.raises(smtplib.SMTPDataError) as refused:
            send(port)
    assert refused.value.smtp_code == 452
    assert mailbox.received(folder) == []
    assert send(port) == 1
    assert len(mailbox.received(folder)) == 1


def _no_room(_):
    raise OSError(28, "No space left on device")


def test_what_somebody_else_put_there_does_no_harm(tmp_path):
    tmp_path.joinpath("note.eml").write_bytes(b"\xff\x00 no mail at all")
    tmp_path.joinpath("draft.eml.draft").write_bytes(b"half a mail")
    (odd,) = mailbox.received(tmp_path)
    assert (odd.subject, odd.sender, odd.to) == ("", "", "")
    assert mailbox.received(tmp_path / "nothing") == []


def test_an_html_only_mail_has_no_text(server, clock):
    folder, port = server
    message = EmailMessage()
    message["Subject"], message["From"] = "Only HTML", "x@localhost"
    message.set_content("<b>Hello</b>", subtype="html")
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.send_message(message, to_addrs=["a@x.example"])
    assert mailbox.received(folder)[0].text == ""


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_mails_carry_the_demos_time(server, demo_database):
    folder, port = server
    send(port)
    assert abs(
        mailbox.received(folder)[0].received_at - datetime(2026, 11, 23, 18, 40, tzinfo=UTC)
    ) < timedelta(minutes=5)
