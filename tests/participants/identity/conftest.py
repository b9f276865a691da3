from tests.standing import _network, c  # noqa: F401
