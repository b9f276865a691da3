"""`warmhandoff bench`: how fast the pages and verbs are, on a made-up network in a database of its own.

Ratios and figures are taken in one run, as the app's login with the row policies on, beside a bare page of the same process.
The run ends by writing docs/reference/bench.md, where a figure that falls short stands as it is.
"""

import argparse
import importlib
import json
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from warmhandoff.cli import port, static
from warmhandoff.cli.supervisor import Supervisor
from warmhandoff.foundation import collector

HELP = (
    "Measure pages and verbs on a made-up network, in a database of its own; writes docs/reference/bench.md."
)
ROOT: Final = Path(__file__).resolve().parents[2]
# What would lead elsewhere, or make another product of it.
ELSEWHERE: Final = (
    "DATABASE_URL", "OWNER_DATABASE_URL", "READER_DATABASE_URL", "EMPLOYER_DATABASE_URL", "ERASER_DATABASE_URL",
    "WARMHANDOFF_DEMO", "WARMHANDOFF_DEBUG", "WARMHANDOFF_HOSTS",
)  # fmt: skip
PARTS: Final = (
    "pages",
    "verbs",
    "lookup",
    "directory",
    "fit",
    "attendance",
    "history",
    "silence",
    "digests",
    "eligibility",
)
# Without these there is no page.
NEEDED: Final = frozenset({"pages", "verbs"})
# People, referrals, organizations.
SIZES: Final = {
    "tiny": (1_000, 3_000, 20),
    "small": (20_000, 60_000, 200),
    "full": (60_000, 200_000, 200),
    "million": (60_000, 1_000_000, 200),
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--size", choices=SIZES, default="small", help="how large the network is (default: %(default)s)"
    )
    parser.add_argument("--runs", type=int, default=200, help="how often each page is asked for")
    parser.add_argument("--chains", type=int, default=60, help="how often each verb is done")
    parser.add_argument(
        "--only",
        action="append",
        choices=PARTS,
        help="measure this part alone (again for another), and print it; the page stays as it is",
    )
    parser.add_argument("--keep", action="store_true", help="keep the database, and use a kept one")
    parser.add_argument(
        "--page", type=Path, default=ROOT / "docs/reference/bench.md", help="where it is written"
    )


def environment(options: argparse.Namespace) -> dict[str, str]:
    """A folder and a database of its own, whatever the environment names: the app's own is never touched."""
    var = Path(os.environ.get("WARMHANDOFF_VAR") or ROOT / "var").absolute()
    mine = var / "bench"
    mine.mkdir(parents=True, exist_ok=True)
    assets = mine / "assets"
    if not assets.is_symlink() and (var / "assets").exists():
        assets.symlink_to(var / "assets")
    options.port = port.free()
    return {
        **dict.fromkeys(ELSEWHERE, ""),
        "WARMHANDOFF_VAR": str(mine),
        "WARMHANDOFF_URL": port.address("127.0.0.1", options.port),
    }


def run(options: argparse.Namespace) -> int:
    ground, report = _part("ground"), _part("report")
    with ExitStack() as stack:
        supervisor = stack.enter_context(Supervisor.until_told_to_stop())
        started = report.machine()
        server, built = stack.enter_context(
            ground.prepared(options.size, SIZES[options.size], keep=options.keep)
        )
        static.collect()
        # What is measured in this process is measured as in the web process (web/site/wsgi.py).
        collector.keep_what_is_loaded()
        parts = _parts(options, supervisor, server)
        measured, failed = {}, []
        for name in options.only or parts:
            ground.settle()
            try:
                measured[name] = parts[name]()
            except Exception as error:  # noqa: BLE001  whatever it is, it is said
                # What was measured before it, and comes after it, isn't lost with it.
                failed.append(name)
                print(f"{name} failed: {error!r}", file=sys.stderr, flush=True)
        figures = {
            "size": options.size,
            "machine": started,
            "data": built,
            **measured,
            "busy_after": report.busy(),
        }
    if options.only or NEEDED & set(failed):
        print(json.dumps({name: figures[name] for name in measured}, indent=1, default=str))
        return len(failed)
    kept = settings.VAR_DIR / "figures"
    options.page.write_text(report.page(report.remember(kept, figures)), "utf-8")
    print(report.summary(figures))
    return len(failed)


def _parts(options: argparse.Namespace, supervisor: Supervisor, server: Any) -> dict[str, Callable[[], Any]]:
    """What is measured, in its order."""
    people, referrals, _organizations = SIZES[options.size]
    return {
        # The pages first: the verbs are done by those whose pages they are.
        "pages": lambda: _part("pages").measure(supervisor, options.port, runs=options.runs),
        "verbs": lambda: _part("verbs").measure(server, chains=options.chains),
        # Last of those: it fills the table of keys.
        "lookup": lambda: _part("lookup").measure(supervisor, options.port, people=people, runs=options.runs),
        "directory": lambda: _part("directory").measure(runs=options.runs),
        # Among the services that the search was measured on.
        "fit": lambda: _part("fit").measure(runs=options.runs),
        "attendance": lambda: _part("attendance").measure(),
        "history": lambda: _part("history").measure(supervisor, options.port, runs=options.runs),
        # From here on the network is filled up: what is measured in the one that the page's heading names comes before.
        "silence": lambda: _part("silence").measure(
            referrals=1_000_000 if options.size == "full" else referrals
        ),
        "digests": lambda: _part("digests").measure(),
        "eligibility": lambda: _part("eligibility").measure(),
    }


def _part(name: str) -> Any:
    return importlib.import_module(f"warmhandoff.cli.benchmark.{name}")  # models: only after Django is set up
