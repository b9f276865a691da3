"""The address to listen on, and what to say when it is taken."""

import errno
import socket

from django.core.exceptions import ImproperlyConfigured


def refuse_taken(host: str, port: int) -> None:
    try:
        _listen(host, port).close()
    except OSError as error:
        raise ImproperlyConfigured(_sentence(host, port, error)) from None
    except OverflowError:
        raise ImproperlyConfigured(f"{port} is no port: choose one from 1024 to 65535.") from None


def free(host: str = "127.0.0.1") -> int:
    with _listen(host, 0) as listening:
        port: int = listening.getsockname()[1]
        return port


def address(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104  recognized, not bound
    return f"http://{shown}:{port}"


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(1)
    except BaseException:
        listening.close()
        raise
    return listening


def _sentence(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is taken by another program. "
            "Choose another: make demo PORT=8765 (or warmhandoff serve --port 8765)."
        )
    return f"Can't listen on {host} port {port}: {error.strerror}. Choose another with --host and --port."
