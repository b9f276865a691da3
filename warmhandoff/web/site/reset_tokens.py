"""Links for a new password end with what they were asked for."""

from __future__ import annotations

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator

from warmhandoff.network.models import User


class ResetTokens(EmailAwarePasswordResetTokenGenerator):
    """A link that was mailed before an account was opened again opens nothing afterwards."""

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.opened_again_at or ''}"
