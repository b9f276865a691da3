"""Pages as a colleague's browser asks for them: for measuring them, and for seeing that they come at all."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from warmhandoff.network.models import User


def sign_in(user: User) -> str:
    """A session's key, with a second step set up, as an account in the field has."""
    authenticator = import_module("allauth.mfa.models").Authenticator
    authenticator.objects.get_or_create(user=user, type="totp", defaults={"data": {"secret": ""}})
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)
