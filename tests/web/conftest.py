"""A browser for the page tests of every desk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.house.pages import browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with chromium.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.refusals = []
        page.on("console", lambda said: page.refusals.append(said.text) if said.type == "error" else None)
        yield page
        refused = [
            text
            for text in page.refusals
            if "Content Security Policy" in text or "Content-Security-Policy" in text
        ]
        assert not refused, "the browser refused something of ours"
