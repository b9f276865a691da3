"""`warmhandoff healthy`: whether this machine's web process answers, or a worker is alive; for whoever restarts them."""

import argparse
import http.client
import sys
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import Error, connection

HELP = "Say by the exit status whether web answers, or (with --worker) whether a worker is alive."
SECONDS: Final = 5
HEARTBEAT: Final = "60 seconds"  # a living worker shows itself every ten


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000, help="where web listens (default: %(default)s)")
    parser.add_argument("--worker", action="store_true", help="ask for a worker instead")


def run(options: argparse.Namespace) -> int:
    trouble = _of_worker() if options.worker else _of_web(options.port)
    if trouble:
        print(trouble, file=sys.stderr)
    return 1 if trouble else 0


def _of_web(port: int) -> str:
    """Asked as a proxy with TLS would ask."""
    browser = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    headers = {"Host": urlsplit(settings.ROOT_URL).netloc, "X-Forwarded-Proto": "https"}
    try:
        browser.request("GET", "/healthz/", headers=headers)
        status = browser.getresponse().status
    except (OSError, http.client.HTTPException) as trouble:
        return f"Web does not answer on port {port} ({type(trouble).__name__})."
    finally:
        browser.close()
    return "" if status == http.client.OK else f"Web answers {status} on port {port}."


def _of_worker() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - %s::interval",
                [HEARTBEAT],
            )
            alive = cursor.fetchone()[0]
    except Error as trouble:
        return f"The database does not answer ({type(trouble).__name__})."
    return "" if alive else f"No worker has shown itself for {HEARTBEAT}."
