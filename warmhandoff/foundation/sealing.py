"""Closed envelopes: what may stand in the database only sealed, under keys that stand outside of it, one key a purpose."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def sealer(purpose: str) -> MultiFernet:
    """Seals under the key of today. An older one still opens what it closed, so that SECRET_KEY can be changed (SECRET_KEY_FALLBACKS)."""
    keys = [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet(
        [Fernet(urlsafe_b64encode(sha256(f"{purpose}:{key}".encode()).digest())) for key in keys]
    )
