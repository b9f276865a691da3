"""What a page was told is gone when it has been shown: it doesn't wait for the collector."""

import gc
import weakref

import pytest
from django.http import HttpRequest
from django.template import TemplateDoesNotExist, engines
from django.template.loader import render_to_string
from django.test import RequestFactory


class Told:
    """Something that a page is told."""

    words = "Rosa called."


@pytest.fixture
def no_collector():
    gc.disable()
    yield
    gc.enable()


def a_request() -> HttpRequest:
    request = RequestFactory().get("/")
    request.resolver_match = None
    return request


@pytest.mark.parametrize("request_of", [a_request, lambda: None])
def test_what_a_page_was_told_is_let_go_of(no_collector, request_of):
    told = Told()
    gone = weakref.ref(told)
    template = engines["django"].from_string("{% for one in all %}{{ one.words }}{% endfor %}")
    assert "Rosa called." in template.render({"all": [told]}, request_of())
    del told
    assert gone() is None


def test_a_template_that_includes_one_that_is_not_there_says_which(no_collector):
    told = Told()
    gone = weakref.ref(told)
    with pytest.raises(TemplateDoesNotExist, match=r"people/nowhere\.html"):
        engines["django"].from_string("{% include 'people/nowhere.html' %}").render(
            {"told": told}, a_request()
        )
    del told
    gc.collect()  # the error held on to it
    assert gone() is None


def test_a_template_by_its_name_lets_go_too(no_collector):
    told = Told()
    gone = weakref.ref(told)
    assert render_to_string("people/nothing_asked.html", {"told": told}, a_request()) is not None
    del told
    assert gone() is None
