"""Backups, where `warmhandoff dump` made some: how old the newest is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings

from warmhandoff.cli.deployment.findings import Finding, ok, warning
from warmhandoff.foundation import clock

RECORD: Final = "last-dump.json"
OLD: Final = timedelta(hours=36)


def remember() -> None:
    """When a dump was made, and nothing of where: the record may be read by who must not find it."""
    with suppress(OSError):  # a container's folder may be read-only: then there is no record
        (settings.VAR_DIR / RECORD).write_text(json.dumps({"made_at": clock.now().isoformat()}), "utf-8")


def examine() -> Iterator[Finding]:
    """Nothing is said where there is no record: backups may well be made in another way."""
    record = Path(settings.VAR_DIR) / RECORD
    if not record.exists():
        return
    made_at = datetime.fromisoformat(json.loads(record.read_text("utf-8"))["made_at"])
    age = clock.now() - made_at
    says = f"The last `warmhandoff dump` was made {age.days} days and {age.seconds // 3600} hours ago."
    if age > OLD:
        yield warning("backups", says, "Run it each night; docs/guides/operations.md says how.")
    else:
        yield ok("backups", says)
