"""For someone who lost their phone: their second step is taken off, and they set up a new one at the next sign-in."""

import argparse

from warmhandoff.cli import database
from warmhandoff.foundation.errors import BadValue

HELP = "Take off someone's second step, after making sure that it is them."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email", help="the account's mail address")


def run(options: argparse.Namespace) -> int:
    with database.running():
        print(
            f"{take_off(options.email)} second steps taken off. They set up a new one when they next sign in."
        )
    return 0


def take_off(email: str) -> int:
    """Remove the second factors of the account and end its sign-ins; returns how many factors there were."""
    from allauth.mfa.models import Authenticator
    from django.contrib.sessions.models import Session
    from django.db import transaction

    from warmhandoff.network.models import User

    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise BadValue(
            "email", "There is no account with this mail address.", mend="Check how it is written."
        )
    with transaction.atomic():
        count: int = Authenticator.objects.filter(user=user).delete()[0]
        for session in Session.objects.iterator():
            if session.get_decoded().get("_auth_user_id") == str(user.pk):
                session.delete()
    return count
