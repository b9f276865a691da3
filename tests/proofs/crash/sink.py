"""A mail server that writes down what it is given, on disk, before it says that it has it. A process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
from email import policy
from email.parser import BytesParser
from typing import Any

from aiosmtpd.controller import Controller


class Keeps:
    def __init__(self, path: str) -> None:
        self._file = open(path, "a", encoding="utf-8")  # noqa: SIM115  kept open as long as the process lives

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mail = BytesParser(policy=policy.default).parsebytes(envelope.content)
        part = mail.get_body(("plain",))
        text = str(part.get_content()) if part else ""
        line = {"id": str(mail["Message-ID"]), "to": envelope.rcpt_tos, "text": text}
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        # Here a killed worker has handed the mail over and does not know it.
        await asyncio.sleep(random.random() * 0.05)
        return "250 taken"


def main(port: str, path: str) -> None:
    controller = Controller(Keeps(path), hostname="127.0.0.1", port=int(port))
    controller.start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    controller.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
