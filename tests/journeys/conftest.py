"""A network that runs: pages from a live server, mails through a real mail server, jobs by the real worker, and one clock."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser

from tests.cast import MONDAY
from tests.house.pages import browser
from tests.journeys.world import RunningClock, World
from tests.mailbox import mail_server
from warmhandoff.foundation import clock


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture
def world(live_server, chromium: Browser, settings, monkeypatch, the_cast) -> Iterator[World]:
    """The cast's Monday morning. After each journey every promise is kept, and no browser complained."""
    running = RunningClock(MONDAY)
    monkeypatch.setattr(clock, "_asked", running)
    settings.ROOT_URL = settings.EMPLOYER_URL = live_server.url
    settings.DEMO = True  # no second step, but for the journey that sets one up
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
    cache.clear()
    with mail_server(settings) as box:
        found = World(live_server.url, chromium, box, running)
        yield found
        found.leave()
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
