"""Static files, gathered under names that hold their fingerprint; again only when one of them changed."""

import fcntl
import hashlib
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command

STAMP: Final = ".gathered"


def collect() -> None:
    """Writes nothing where all is as it should be: an image has them gathered, and may be read-only."""
    stamp = Path(settings.STATIC_ROOT) / STAMP
    fingerprint = _fingerprint()
    if _is(stamp, fingerprint):
        return
    with open(Path(settings.STATIC_ROOT).with_suffix(".lock"), "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # several processes may start at once
        if not _is(stamp, fingerprint):
            call_command("collectstatic", interactive=False, clear=True, verbosity=0)
            stamp.write_text(fingerprint)


def _is(stamp: Path, fingerprint: str) -> bool:
    return stamp.exists() and stamp.read_text() == fingerprint


def _fingerprint() -> str:
    digest = hashlib.sha256(str(settings.STORAGES["staticfiles"]).encode())
    for finder in finders.get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: str(found[0])):
            content = hashlib.sha256(Path(storage.path(name)).read_bytes()).hexdigest()
            digest.update(f"{name} {content}\n".encode())  # not its time: an image's copy of it has another
    return digest.hexdigest()
