"""Rosa, held by Denise."""

from __future__ import annotations

import pytest

from tests import cast
from tests.standing import _network, c  # noqa: F401


@pytest.fixture
def rosa(c):  # noqa: F811
    with c.acting("denise") as denise:
        return cast.take_in(denise)
