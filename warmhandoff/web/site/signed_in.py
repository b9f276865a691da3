"""Who is signed in, as each page begins: the session and the account, each in one statement that is worked out once."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models.functions import Now

from warmhandoff.foundation import together
from warmhandoff.network.models import User
from warmhandoff.web.site import context

# By the server's clock: a session ends after so many hours of people's time, however far the demo's clock is moved.
_SESSION = together.Prepared(lambda key: (Session.objects.filter(session_key=key, expire_date__gt=Now()),))


class SessionStore(db.SessionStore):
    """Django's, in the same table and sealed alike."""

    def _get_session_from_db(self) -> Session | None:
        (found,) = _SESSION.read(key=self.session_key or "")
        if not found:
            # As Django's: what isn't there (any more) is begun anew.
            self._session_key = None
            return None
        session: Session = found[0]
        return session


class Accounts(AuthenticationBackend):
    """allauth's; the account comes with the memberships that `who_for` asks for next."""

    def get_user(self, user_id: int) -> User | None:
        user = context.user_at_work(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
