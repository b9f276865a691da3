"""The web process: granian with a few threads; started and restarted by `serve`."""

import argparse

from django.db import connection
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from warmhandoff.cli import lifeline, static
from warmhandoff.foundation import logins

HELP = "Serve pages (started by serve; run it alone behind a process manager of your own)."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument(
        "--threads", type=int, default=4, help="pages made at the same time (default: %(default)s)"
    )


def run(options: argparse.Namespace) -> int:
    lifeline.hold()
    with connection.cursor() as cursor:
        logins.refuse_unsafe_login(cursor)
        logins.assert_durable(cursor)
    connection.close()
    static.collect()
    Granian(
        "warmhandoff.web.site.wsgi:application",
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=options.threads,
        workers_kill_timeout=10,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()
    return 0
