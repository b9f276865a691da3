"""Mailed links of whatever kind: what was mailed before goes on opening, and one kind opens no other."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.apps import apps

from warmhandoff.directory.models import ServiceLink, ServiceLinkCode
from warmhandoff.foundation import mail_links
from warmhandoff.foundation.models import MailedCode, MailedLink
from warmhandoff.network import invitations
from warmhandoff.referrals.models import AnswerLink, LinkCode

MADE = datetime(2026, 11, 23, 17, tzinfo=UTC)


@pytest.fixture(autouse=True)
def a_known_key(settings):
    settings.LINK_KEY = "x" * 60


@pytest.mark.parametrize(
    ("made", "token"),
    [
        (lambda: mail_links.token_of(AnswerLink(pk=7, generation=2)), "7.2.O-JhB36AGnBJM4b1WF5U_f6z"),
        (lambda: mail_links.token_of(ServiceLink(pk=7, generation=2)), "7.2.R4j9og-iV_X6G23nhgwNeTFp"),
        (lambda: mail_links.signed("invitation", "K7NWQ3PFXD"), "K7NWQ3PFXD.j0fF_H-sHl8kXCheo7OjzeF6"),
    ],
)
def test_what_was_mailed_before_goes_on_opening(made, token):
    assert made() == token


@pytest.mark.parametrize(("kind", "digits"), [(LinkCode, "558968"), (ServiceLinkCode, "415169")])
def test_a_code_that_is_under_way_is_still_right(kind, digits):
    assert mail_links.digits_of(kind(pk=5, link_id=7, made_at=MADE)) == digits


def test_a_token_says_only_what_was_signed_for_its_purpose():
    token = mail_links.signed("answer", "7.2")
    assert mail_links.said_by("answer", token) == "7.2"
    for forged in ("", ".", "7.2", "7.3" + token[3:], token[:-1], token + "A", token.swapcase(), "ñ" + token):
        assert mail_links.said_by("answer", forged) is None, forged
    assert mail_links.said_by("service", token) is None


def test_another_key_makes_another_token(settings):
    token = mail_links.signed("answer", "7.2")
    settings.LINK_KEY = "y" * 60
    assert mail_links.said_by("answer", token) is None


def test_each_kind_signs_for_purposes_of_its_own_and_begins_elsewhere():
    """Two kinds with one purpose would open one another's pages."""
    links = [kind for kind in apps.get_models() if issubclass(kind, MailedLink)]
    codes = [kind for kind in apps.get_models() if issubclass(kind, MailedCode)]
    signs = [kind.signs for kind in (*links, *codes)] + [invitations.PURPOSE]
    assert len(signs) == len(set(signs)) >= 5 and not any(":" in purpose for purpose in signs)
    assert len({kind.begins for kind in links}) == len(links)


def test_a_wrong_code_says_how_many_tries_are_left_or_asks_for_a_new_one():
    assert mail_links.WrongCode(left=4).mend == "4 tries are left."
    assert mail_links.WrongCode(left=1).mend == "1 try is left."
    assert mail_links.WrongCode(left=0).mend == "Ask for a new one; it goes to the same mailbox."
