"""A value that can't be used is refused with a sentence, and never shown if it may hold a password."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from warmhandoff.web.site.environment import Environment


def test_a_database_address_becomes_django_settings():
    address = "postgresql://wh%40app:p%2Fw@db.example.org:6432/handoff?sslmode=require"
    database = Environment({"DATABASE_URL": address}).database("DATABASE_URL")
    assert database == {
        "NAME": "handoff",
        "USER": "wh@app",
        "PASSWORD": "p/w",
        "HOST": "db.example.org",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "require"},
    }


def test_a_socket_folder_may_stand_in_the_address():
    database = Environment({"DATABASE_URL": "postgresql://app@/handoff?host=/run/pg"}).database(
        "DATABASE_URL"
    )
    assert database["HOST"] == "/run/pg"


@pytest.mark.parametrize(
    "address",
    [
        "sqlite:///secret.db",
        "postgresql://host/",
        "mysql://u:secret@h/d",
        "postgresql://u:secret@h:x/d",
        "secret",
    ],
)
def test_another_kind_of_database_is_refused_without_showing_the_address(address):
    with pytest.raises(ImproperlyConfigured) as refusal:
        Environment({"DATABASE_URL": address}).database("DATABASE_URL")
    assert "postgresql://login:password@host" in str(refusal.value)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("value", ["maybe", "2"])
def test_a_flag_is_yes_or_no(value):
    with pytest.raises(ImproperlyConfigured, match="must be 1 or 0"):
        Environment({"WARMHANDOFF_DEBUG": value}).flag("WARMHANDOFF_DEBUG")


def test_mail_servers_with_a_login_are_spoken_to_in_secret():
    mail = Environment({"SMTP_URL": "smtp://u:p@mail.example.org"}).mail_server()
    assert (mail["EMAIL_PORT"], mail["EMAIL_USE_TLS"], mail["EMAIL_USE_SSL"]) == (587, True, False)
    mail = Environment({"SMTP_URL": "smtps://u:p@mail.example.org"}).mail_server()
    assert (mail["EMAIL_PORT"], mail["EMAIL_USE_TLS"], mail["EMAIL_USE_SSL"]) == (465, False, True)


def test_a_mail_address_that_cannot_be_used_is_refused():
    with pytest.raises(ImproperlyConfigured, match="SMTP_URL"):
        Environment({"SMTP_URL": "mail.example.org:25"}).mail_server()
