"""How a process that shows pages collects what holds itself: rarely, since little does, and never while it looks through what stays."""

import gc
from typing import Final

from django.urls import get_resolver

# So many new objects before the youngest are looked through (Python's own: 700): a page of a long story makes 50,000.
YOUNG: Final = 10_000


def keep_what_is_loaded() -> None:
    """What is loaded now stays for good: no request waits while the collector looks through all of it once more."""
    get_resolver().url_patterns  # noqa: B018  brings every view
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)
