"""Mail: most answers come by it, so the server must be there and the sender's address real."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from email.utils import parseaddr
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import get_connection
from django.core.validators import validate_email

from warmhandoff.cli.deployment.findings import Finding, error, ok, warning

BACKEND: Final = "django.core.mail.backends.smtp.EmailBackend"
SECONDS: Final = 10
HERE: Final = ("localhost", "127.0.0.1", "::1")


def examine() -> Iterator[Finding]:
    yield _sender()
    yield from _server()


def _sender() -> Finding:
    _, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    try:
        validate_email(address)
    except ValidationError:
        return error("mail", "MAIL_FROM is no mail address.", "Set it to one whose answers somebody reads.")
    if address.rpartition("@")[2] in ("localhost", "localhost.localdomain"):
        return error("mail", f"Mails would come from {address}.", "Set MAIL_FROM to a real address.")
    return ok("mail", f"Mails come from {address}.")


def _server() -> Iterator[Finding]:
    where = f"{settings.EMAIL_HOST} port {settings.EMAIL_PORT}"
    try:
        _say_hello()
    except smtplib.SMTPAuthenticationError:
        yield error("mail", f"{where} refuses the login.", "Check user and password in SMTP_URL.")
        return
    except (OSError, smtplib.SMTPException) as trouble:
        yield error("mail", f"{where} does not answer ({type(trouble).__name__}).", "Check SMTP_URL.")
        return
    yield ok("mail", f"{where} says hello.")
    encrypted = settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL
    if not encrypted and settings.EMAIL_HOST not in HERE:
        yield warning(
            "mail", f"Mails go to {where} unencrypted.", "Use smtps://, or a user and password in SMTP_URL."
        )


def _say_hello() -> None:
    """Connect, encrypt and sign in as for a mail, and send none."""
    server: Any = get_connection(BACKEND, timeout=SECONDS)
    try:
        server.open()
        code, _ = server.connection.noop()
        if code != 250:
            raise smtplib.SMTPResponseException(code, b"")
    finally:
        server.close()
