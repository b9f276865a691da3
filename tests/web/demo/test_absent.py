"""Outside the demo its pages aren't there: not their addresses, and behind them a second lock."""

from __future__ import annotations

import pytest
from django.db import connections
from django.test import Client
from django.urls import NoReverseMatch, reverse

from warmhandoff.foundation.models import DatabaseMark
from warmhandoff.web.demo.urls import urlpatterns
from warmhandoff.web.site.access import Public, rule_of

ADDRESSES = [
    "/demo/",
    "/demo/earlier/",
    "/demo/be/",
    "/demo/follow/",
    "/demo/guide/",
    "/demo/mailbox/",
    "/demo/mailbox/abc/",
    "/demo/mail/abc/",
    "/demo/clock/",
    "/demo/check/",
]
PRESSES = {"role": "case-manager", "days": "6", "form_key": "6e1a2f7e-8f0c-4f0a-9a55-0c6a3c0f6d11"}
with_addresses = pytest.mark.urls("tests.web.demo.urls")
committing = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def statuses():
    client = Client()
    return {client.get(each).status_code for each in ADDRESSES} | {
        client.post(each, PRESSES).status_code for each in ADDRESSES
    }


def test_every_view_of_the_demo_is_tried_here():
    assert len(ADDRESSES) == len(urlpatterns)
    assert all(isinstance(rule_of(each.callback), Public) for each in urlpatterns)


@pytest.mark.django_db
@pytest.mark.parametrize("demo", [False, True])
def test_the_product_has_no_such_addresses(settings, demo):
    settings.DEMO = demo
    assert statuses() == {404}
    with pytest.raises(NoReverseMatch):
        reverse("demo:start")


@with_addresses
@pytest.mark.django_db
def test_in_a_database_that_no_demo_made_they_answer_nothing(settings):
    settings.DEMO = True  # somebody set it by hand; the tests' database is marked as a test
    assert statuses() == {404, 405}


@with_addresses
@committing
def test_without_the_setting_they_answer_nothing_in_a_demos_database(settings, demo_database):
    settings.DEMO = False
    assert statuses() == {404, 405}


@with_addresses
@committing
def test_in_an_unmarked_database_they_answer_nothing(settings):
    settings.DEMO = True
    DatabaseMark.objects.using("owner").all().delete()
    connections["owner"].close()
    assert statuses() == {404, 405}
