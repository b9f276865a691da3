"""What every answer tells the browser."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from warmhandoff.web.site.csp import CONTENT_SECURITY_POLICY, link_page

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("where", "status"), [("/account/sign-in/", 200), ("/no/such/page/", 404), ("/", 302)]
)
def test_every_answer_has_the_rules(where, status):
    answer = Client().get(where)
    assert answer.status_code == status
    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    )
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_nothing_inline_is_allowed():
    assert "unsafe" not in CONTENT_SECURITY_POLICY


def test_a_link_page_tells_its_address_to_nobody():
    view = link_page(lambda request: HttpResponse("the page"))
    answer = view(RequestFactory().get("/a/token/"))
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_link_of_a_forgotten_password_is_a_link_page():
    answer = Client().get("/account/password/new/1-set-password/")
    assert answer.headers["Referrer-Policy"] == "strict-origin"


def test_no_template_carries_a_style_or_a_script_of_its_own():
    from tests.house.templates import all_templates

    for path, text in all_templates():
        if path.suffix == ".html" and "notices" not in path.parts:
            assert " style=" not in text, path
            assert "<style" not in text, path
            assert "onclick=" not in text, path
            assert "<script>" not in text, path


def test_a_template_that_swaps_parts_brings_what_swaps_them():
    from tests.house.templates import all_templates

    every = list(all_templates())
    bringing = [text for _, text in every if 'include "layout/htmx.html"' in text]
    for path, text in every:
        name = "/".join(path.parts[-2:])
        # A part of a page, included or put there by a tag of its name, is swapped by what its page brings.
        puts = (f'include "{name}"', f"{{% {path.stem} ")
        of_a_page = "{% extends" not in text and any(put in page for page in bringing for put in puts)
        assert "hx-" not in text or 'include "layout/htmx.html"' in text or of_a_page, path
