"""`python -m tests.proofs.crash [--seconds 60] [--seed 1] [--patient]`: kills, verdict, control; exit 1 on any break."""

from __future__ import annotations

import argparse
import os
import random
import secrets
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.proofs.crash")
    parser.add_argument(
        "--seconds", type=float, default=60.0, help="how long the load lasts (the control: a third)"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--patient",
        action="store_true",
        help="leave stalled jobs and repeated tries to the product's own times",
    )
    options = parser.parse_args()
    homes = [_home(), _home()]
    try:
        # Each in a process of its own: settings are read once.
        shown = _in_a_process(homes[0], "attack", options)
        control = _in_a_process(homes[1], "control", options)
    finally:
        for home in homes:
            shutil.rmtree(home, ignore_errors=True)
    return 1 if shown or control else 0


def _home() -> Path:
    """Short, because a socket's path may not be long."""
    home = Path(os.environ.get("WARMHANDOFF_VAR", ROOT / "var")).absolute() / "t" / secrets.token_hex(3)
    home.mkdir(parents=True)
    return home


def _in_a_process(home: Path, what: str, options: argparse.Namespace) -> int:
    from warmhandoff.cli import port

    web, mail = port.free(), port.free()
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "warmhandoff.web.site.settings", "WARMHANDOFF_VAR": str(home),
        "WARMHANDOFF_URL": f"http://127.0.0.1:{web}", "SMTP_URL": f"smtp://127.0.0.1:{mail}",
    }  # fmt: skip
    for name in ("DATABASE_URL", "WARMHANDOFF_DEMO"):
        environment.pop(name, None)
    assets = Path(os.environ.get("WARMHANDOFF_VAR", ROOT / "var")).absolute() / "assets"
    (home / "assets").symlink_to(assets)
    arguments = [
        str(home),
        str(web),
        str(mail),
        str(options.seconds),
        str(options.seed),
        str(int(options.patient)),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "tests.proofs.crash.run", what, *arguments],
        cwd=ROOT,
        env=environment,
        check=False,
    )
    return done.returncode


if __name__ == "__main__":
    random.seed()
    began = time.monotonic()
    status = main()
    print(f"Crash: {time.monotonic() - began:.0f} s in all", flush=True)
    sys.exit(status)
