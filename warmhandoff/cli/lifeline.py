"""Ends a child process when its supervisor is gone, however that ended (kill -9 included).

The supervisor holds one end of a pipe and hands the other to each child. The kernel closes the supervisor's end
with the supervisor; a child that reads the end of the pipe sends itself the signal that stops it in good order.
"""

import os
import signal
import threading
from typing import Final

VARIABLE: Final = "WARMHANDOFF_LIFELINE"


def hold() -> None:
    """In the child: watch the pipe, if a supervisor handed one over."""
    descriptor = os.environ.pop(VARIABLE, "")
    if descriptor:
        threading.Thread(target=_watch, args=[int(descriptor)], daemon=True, name="lifeline").start()


def _watch(descriptor: int) -> None:
    while os.read(descriptor, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
