"""The demo's fixtures, for its pages."""

import pytest

from tests.demo.conftest import demo_database, few_people, told

__all__ = ["demo_database", "few_people", "told"]


@pytest.fixture
def in_the_demo(settings, tmp_path):
    """As `warmhandoff demo` sets it; the addresses come with tests.web.demo.urls."""
    settings.DEMO = True
    settings.DEMO_MAIL_DIR = tmp_path / "mail"
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE[:-2],
        "warmhandoff.web.demo.middleware.VisitorsOfTheDemo",
        *settings.MIDDLEWARE[-2:],
    ]
