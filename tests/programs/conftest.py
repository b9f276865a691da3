"""The network, built once a file: each test's work is rolled back. Files whose tests must commit build their own."""

from tests.standing import _network, c  # noqa: F401
