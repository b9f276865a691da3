"""Secrets that the installation makes for itself when none is given: kept in files only their owner can read."""

import os
import secrets
from pathlib import Path


def read_or_make(folder: Path, name: str) -> str:
    """The secret of that name; made once. Two processes that start together end with the same one."""
    path = folder / name
    if not path.exists():
        _make(path)
    secret = path.read_text("ascii").strip()
    if len(secret) < 40:
        raise RuntimeError(
            f"The key file {path} is damaged. Restore it from a backup, or delete it to have a new one made."
        )
    return secret


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # unlike a rename, it fails when another process was first
    except FileExistsError:
        pass
    finally:
        draft.unlink()
