"""The first step of a deployment: the network's office and its first administrator, who invites everyone else."""

import argparse

from warmhandoff.cli import database

HELP = "Begin a network: its office, and an invitation for the first administrator."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--office", required=True, help="what the network's office is called")
    parser.add_argument("--name", required=True, help="the administrator's name")
    parser.add_argument("--email", required=True, help="the administrator's mail address")


def run(options: argparse.Namespace) -> int:
    with database.running():
        print(begin(office=options.office, name=options.name, email=options.email))
    return 0


def begin(*, office: str, name: str, email: str) -> str:
    """Make the office and the invitation; returns its link, for where no mail server is set up yet."""
    from django.db import transaction

    from warmhandoff.foundation.actors import operator_actor
    from warmhandoff.foundation.scoping import acting_as
    from warmhandoff.network import actions, invitations
    from warmhandoff.network.roles import Role

    with transaction.atomic():
        with acting_as(operator_actor()):
            organization = actions.add_organization(name=office, kinds=["network_office"])
        actor = operator_actor(organization.pk)
        with acting_as(actor):
            invitation = actions.invite(
                organization=organization, email=email, name=name, role=Role.NETWORK_ADMINISTRATOR, by=actor
            )
            return (
                f"{organization.name} is there. An invitation goes to the administrator's mailbox; it also opens here, "
                f"until it is used:\n{invitations.address_of(invitation)}"
            )
