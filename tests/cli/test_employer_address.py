"""What `check --deploy` says of the address and the sender that employers read."""

from __future__ import annotations

import pytest

from warmhandoff.cli.deployment import employers


@pytest.fixture
def deployed(settings):
    settings.ROOT_URL = "https://handoff.example.org"
    settings.EMPLOYER_URL = "https://work.example.org"
    settings.ALLOWED_HOSTS = ["handoff.example.org", "work.example.org"]
    settings.EMPLOYER_FROM_EMAIL = "hours@work.example.org"
    return settings


def said():
    return [f"{each.level} {each.says}" for each in employers.examine()]


def test_an_address_of_its_own_is_well(deployed):
    assert said() == ["ok Employers read work.example.org and hours@work.example.org."]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("EMPLOYER_URL", "https://handoff.example.org", "the network's own address"),
        (
            "EMPLOYER_URL",
            "https://WarmHandoff.example.org",
            "warmhandoff.example.org, which says what the network is",
        ),
        ("EMPLOYER_FROM_EMAIL", "hours@handoff.example.org", "hours@handoff.example.org, which says"),
        ("ALLOWED_HOSTS", ["handoff.example.org"], "work.example.org is not answered"),
    ],
)
def test_what_says_what_the_network_is(deployed, name, value, says):
    setattr(deployed, name, value)
    assert says in " ".join(said())
