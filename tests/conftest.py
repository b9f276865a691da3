"""A harsh suite: no network but this machine, warnings are errors, unknown template variables fail."""

from __future__ import annotations

import secrets
import shutil
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest
from django.conf import settings
from django.test import TransactionTestCase
from django.utils import translation

from tests import cast, grounds
from tests.demo import ground
from warmhandoff.foundation import collector

LOOPBACK = ("127.", "::1", "localhost")


class UnknownVariable(str):
    """Django asks whether `%s` is in it and, if so, formats the variable's name into it: here that fails the test."""

    def __contains__(self, item: object) -> bool:
        return item == "%s" or super().__contains__(str(item))

    def __mod__(self, variable: object) -> NoReturn:
        raise AssertionError(f"The template uses an unknown variable: {variable}")


def pytest_configure(config: pytest.Config) -> None:
    settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UnknownVariable("%s")  # type: ignore[index]
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.WHITENOISE_AUTOREFRESH = (
        True  # tests gather no static files: the live server finds them where they are
    )
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    _stay_on_this_machine()


def _stay_on_this_machine() -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not str(address[0]).startswith(LOOPBACK):
            raise AssertionError(f"A test reached for the network: {address[0]}")
        connect(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign, assignment]


@pytest.fixture(autouse=True)
def english() -> None:
    """The test client leaves the language of its last page in the thread: the next test begins without it."""
    translation.deactivate()


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """pytest-django's own would create, migrate and own the database through the login under test."""
    with django_db_blocker.unblock(), grounds.cloned(django_db_blocker.unblock) as clone:
        # After a test that commits (transaction=True): complete, and the app's login needs no right to TRUNCATE.
        TransactionTestCase._fixture_teardown = lambda self: clone.renew()  # type: ignore[attr-defined]
        # The connection is kept with what it has planned.
        TransactionTestCase._should_reload_connections = lambda self: False  # type: ignore[attr-defined]
        clone.stand_on(request.config.stash.get(GROUND, grounds.BARE))
        request.config.stash[CLONE] = clone
        yield


CLONE, GROUND = pytest.StashKey[grounds.Clone](), pytest.StashKey[grounds.Ground]()
GROUNDS = {each.name: each for each in (cast.THE_CAST, ground.THE_STORY)}


# About how many seconds a test takes that has this mark; and the files whose few tests take minutes.
SECONDS = {"slow": 40, "browser": 8}
MINUTES = ("test_controls.py", "test_interleavings.py", "test_imports.py", "test_earlier.py", "test_story.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, so that no process is left alone with one at the end."""
    seconds: Counter[Path] = Counter()
    for item in items:
        seconds[item.path] += max((SECONDS.get(mark.name, 1) for mark in item.iter_markers()), default=1)
        seconds[item.path] += 60 if item.path.name in MINUTES else 0
    items.sort(key=lambda item: (-seconds[item.path], item.path))


def pytest_collection_finish() -> None:
    """Five thousand tests and all that they import stay to the end: the collector needn't look through them again and again."""
    collector.keep_what_is_loaded()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before any fixture of the test's own: nothing is open yet."""
    names = getattr(item, "fixturenames", ())
    if item.get_closest_marker("django_db") or "django_db_setup" in names:
        item.config.stash[GROUND] = next((GROUNDS[name] for name in names if name in GROUNDS), grounds.BARE)
        if clone := item.config.stash.get(CLONE, None):
            clone.stand_on(item.config.stash[GROUND])


@pytest.fixture
def the_cast(django_db_setup: None) -> cast.Cast:
    """The network of tests/cast.py stands before the test begins."""
    return cast.network()


@pytest.fixture
def the_story(django_db_setup: None) -> Any:
    """The demo's story of five people is told before the test begins: for `told` of tests/demo."""
    return grounds.standing(ground.THE_STORY)


@pytest.fixture
def short_home() -> Iterator[Path]:
    """A folder whose path leaves room for a socket; pytest's own are too long, and closed to other accounts."""
    with _short_home() as home:
        yield home


@pytest.fixture(scope="module")
def short_home_of_module() -> Iterator[Path]:
    with _short_home() as home:
        yield home


@contextmanager
def _short_home() -> Iterator[Path]:
    home = settings.VAR_DIR / "t" / secrets.token_hex(3)
    home.mkdir(parents=True)
    try:
        yield home
    finally:
        shutil.rmtree(home)
