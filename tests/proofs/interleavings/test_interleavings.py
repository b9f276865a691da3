"""Whatever four backends do at once, what must hold holds after each commit: a thousand interleavings, or PROOF_SECONDS of them.

PROOF_SEED says where to begin: what is printed as found under a seed is found again there, as far as the machine allows.
"""

from __future__ import annotations

import os

import pytest

from tests import database
from tests.proofs.interleavings.histories import Explorer

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

SECONDS = float(os.environ.get("PROOF_SECONDS", "45"))
ENOUGH = int(os.environ.get("PROOF_INTERLEAVINGS", "1000"))
SEED = int(os.environ.get("PROOF_SEED", "1"))


def test_whatever_is_done_at_once_the_promises_hold():
    with database.test_server() as server, Explorer(server) as explorer:
        figures = explorer.explore(seconds=SECONDS, enough=ENOUGH, first_seed=SEED)
    print(*figures.lines(), sep="\n")
    assert not figures.breaks, figures.told()
    assert figures.most_open == 4
    assert figures.interleavings and figures.commits
