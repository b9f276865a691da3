"""The demo's mailbox: a real mail server on this machine, which keeps what it receives and passes nothing on.

Each mail is a file that only its owner can read. The pages show these files and not the table of messages: what is seen
there has been sent, over SMTP, as any mail would be.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr
from functools import cached_property
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import DatabaseError, connection

from warmhandoff.demo import clock as demo_clock
from warmhandoff.foundation import clock

SUFFIX = ".eml"
MOST_BYTES = 2 * 1024 * 1024
TO, AT = (
    "X-Mailbox",
    "X-Received-At",
)  # written above the mail: for whom it came, and when by the demo's clock


# --- Receiving ----------------------------------------------------------------------------------------------------


@contextmanager
def running(*, host: str, port: int, folder: Path) -> Iterator[None]:
    """Receive mail on that port until the block is left."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    server = Controller(_Keeper(folder), hostname=host, port=port, data_size_limit=MOST_BYTES)
    server.start()
    try:
        yield
    finally:
        server.stop()


class _Keeper:
    """What aiosmtpd hands each mail to. A mail is acknowledged once it is on the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        try:
            for address in envelope.rcpt_tos:
                await asyncio.to_thread(self._keep, address, envelope.content)
        except OSError:
            return "452 4.3.1 There is no room for this mail; try again later"
        return "250 2.0.0 Received"

    def _keep(self, address: str, content: bytes) -> None:
        at = _now()
        name = f"{at:%Y%m%dT%H%M%S%f}-{_digest(address, content)}{SUFFIX}"
        if any(self._folder.glob(f"*-{name.rpartition('-')[2]}")):
            return  # the same mail once more: at least once is shown once
        draft = self._folder / f"{name}.draft"
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(f"{TO}: {address}\r\n{AT}: {at.isoformat()}\r\n".encode() + content)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(self._folder / name)


def _digest(address: str, content: bytes) -> str:
    """What tells mails apart: the Message-ID and the mailbox it came to."""
    message_id = BytesParser(policy=policy.default).parsebytes(content, headersonly=True)["Message-ID"] or ""
    return hashlib.sha256(f"{address}\n{message_id or content!r}".encode()).hexdigest()[:16]


def _now() -> datetime:
    """The demo's clock; the machine's where the database can't be asked. Mail must be taken all the same."""
    try:
        return demo_clock.now()
    except DatabaseError:
        return clock.now()
    finally:
        connection.close()


# --- Reading ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mail:
    """One received mail, as its reader would see it."""

    code: str
    to: str
    received_at: datetime
    message: EmailMessage

    @property
    def mailbox(self) -> str:
        return code_of(self.to)

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    @property
    def sender(self) -> str:
        name, address = parseaddr(str(self.message["From"] or ""))
        return name or address

    @cached_property
    def text(self) -> str:
        part = self.message.get_body(preferencelist=("plain",))
        return str(part.get_content()) if part else ""

    @property
    def headers(self) -> list[tuple[str, str]]:
        """What the mail itself carried, in its order."""
        return [(name, str(value)) for name, value in self.message.items() if name not in (TO, AT)]


def received(folder: Path | None = None, *, mailbox: str = "") -> list[Mail]:
    """What was received, newest first; of one mailbox where its code is given."""
    folder = folder or settings.DEMO_MAIL_DIR
    if not folder.is_dir():
        return []
    found = [_read(path) for path in sorted(folder.glob(f"*{SUFFIX}"), reverse=True)]
    return [mail for mail in found if mailbox in ("", mail.mailbox)]


def mail_with(code: str, folder: Path | None = None) -> Mail | None:
    return next((mail for mail in received(folder) if mail.code == code), None)


def code_of(address: str) -> str:
    """A mailbox's name in addresses of pages: mail addresses stay out of them."""
    return hashlib.sha256(address.lower().encode()).hexdigest()[:12]


def _read(path: Path) -> Mail:
    message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
    return Mail(
        code=path.name.removesuffix(SUFFIX).rpartition("-")[2],
        to=str(message[TO] or "").lower(),
        received_at=_moment(str(message[AT] or "")),
        message=message,
    )


def _moment(written: str) -> datetime:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)  # a file that somebody else put here
