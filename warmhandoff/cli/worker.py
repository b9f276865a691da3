"""The worker process: runs the jobs that changes deferred; started and restarted by `serve`."""

import argparse
import asyncio

from django.db import connection
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params

from warmhandoff.cli import lifeline
from warmhandoff.foundation import logins

HELP = "Run background jobs (started by serve; run it alone behind a process manager of your own)."
SECONDS_TO_FINISH = 8.0
SECONDS_TO_CONNECT = 5.0  # when the database is gone, end soon and be started anew


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--concurrency", type=int, default=2, help="jobs at the same time (default: %(default)s)"
    )


def run(options: argparse.Namespace) -> int:
    """Ends with status 0 also when PostgreSQL goes away: whoever starts it must start it again."""
    lifeline.hold()
    with connection.cursor() as cursor:
        logins.refuse_unsafe_login(cursor)
        logins.assert_durable(cursor)
    connection.close()
    asyncio.run(_work(options.concurrency))
    return 0


async def _work(concurrency: int) -> None:
    parameters = connector_params("default")
    connector = PsycopgConnector(
        kwargs=parameters, min_size=1, max_size=concurrency + 2, timeout=SECONDS_TO_CONNECT
    )
    with app.replace_connector(connector) as worker_app:
        async with worker_app.open_async():
            await worker_app.run_worker_async(
                concurrency=concurrency,
                shutdown_graceful_timeout=SECONDS_TO_FINISH,
                fetch_job_polling_interval=5.0,
            )
