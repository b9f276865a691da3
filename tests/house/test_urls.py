"""Every address says who may enter, and lets nobody else in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.exceptions import NoReverseMatch

from tests.web.staff import account, membership, signed_in
from warmhandoff.network.roles import Role, may
from warmhandoff.web.site.access import Public, Requires, Rule, SignedIn, rule_of

SAMPLES = {
    "int": "1",
    "str": "X7K9",
    "slug": "x7k9",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "path": "x",
}
# What regular expressions of account pages take.
NAMED = {"uidb36": "1", "key": "x7k9"}


def addresses(patterns: list[Any] | None = None, prefix: str = "/") -> Iterator[tuple[str, Any, Rule | None]]:
    """(a sample address, the view, what it declares) for every pattern of the product."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, prefix + sample(pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + sample(pattern), pattern.callback, rule_of(pattern.callback)


def sample(pattern: URLPattern | URLResolver) -> str:
    """The pattern with its parts filled in."""
    route = str(pattern.pattern)
    for name, converter in pattern.pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower()
        for written in (f"<{kind}:{name}>", f"<{name}>"):
            route = route.replace(written, SAMPLES.get(kind, "x7k9"))
    if not route.startswith("^"):
        return route
    regex = pattern.pattern.regex
    guess = {name: NAMED.get(name, "x7k9") for name in regex.groupindex}
    text = route.strip("^$")
    for name, value in guess.items():
        start = text.index(f"(?P<{name}>")
        depth = end = 0
        for end in range(start, len(text)):
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            if depth == 0:
                break
        text = text[:start] + value + text[end + 1 :]
    assert regex.search(text), f"no sample address for {route}"
    return text


ALL = list(addresses())
GUARDED = [address for address, _, rule in ALL if not isinstance(rule, Public)]
NEEDS_A_ROLE = [(address, rule) for address, _, rule in ALL if isinstance(rule, Requires)]
AFTER_THE_SECOND_STEP = [
    address
    for address, _, rule in ALL
    if isinstance(rule, Requires) or (isinstance(rule, SignedIn) and not rule.before_second_factor)
]


def test_there_are_addresses():
    assert len(ALL) > 20


@pytest.mark.parametrize(("address", "view", "rule"), ALL, ids=[each[0] for each in ALL])
def test_each_view_declares_who_may_enter(address, view, rule):
    assert rule is not None, f"{address}: say @requires(...), @signed_in(because) or @public(because)"
    if isinstance(rule, Public | SignedIn):
        assert len(rule.because) > 10, "the reason is a sentence that a reviewer can weigh"


@pytest.mark.django_db
@pytest.mark.parametrize("address", GUARDED)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_visitor_is_sent_to_sign_in(address, method):
    answer = getattr(Client(), method)(address)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/account/sign-in/")


@pytest.mark.django_db
@pytest.mark.parametrize("address", AFTER_THE_SECOND_STEP)
def test_without_the_second_step_nobody_enters(address, settings):
    settings.DEMO = False
    answer = signed_in(membership(role=Role.LEAD)).get(address)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account/security/app/")


@pytest.mark.django_db
def test_a_member_without_the_permission_is_refused(settings):
    settings.DEMO = True  # no second step asked
    for role in Role:
        client = signed_in(membership(account(role.value, f"{role.value}@x.example"), role))
        for address, rule in NEEDS_A_ROLE:
            if not all(may(role, permission) for permission in rule.permissions):
                assert client.get(address).status_code == 403, (role, address)
                assert client.post(address).status_code == 403, (role, address)


@pytest.mark.django_db
def test_an_account_that_belongs_nowhere_enters_nothing_that_needs_a_role(settings):
    settings.DEMO = True
    client = Client()
    client.force_login(account())
    for address, _ in NEEDS_A_ROLE:
        assert client.get(address).status_code == 403, address


def test_the_product_has_no_admin_pages():
    with pytest.raises(NoReverseMatch):
        reverse("admin:index")
