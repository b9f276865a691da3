"""`make proof`: the interleavings with their controls, then the crashes with theirs; figures to be pasted; exit 1 on any break.

PROOF_MINUTES (15) says how long the interleavings go on; the crashes' load lasts a third of it. PROOF_SECONDS instead: so many
seconds of each. PROOF_SEED (1) says where both begin.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PATIENT_FROM = 240.0  # seconds of load: from there on nothing is hurried that the product does by itself
NO_BOUND = str(10**9)
ATTACK = "tests/proofs/interleavings/test_interleavings.py"
CONTROLS = "tests/proofs/interleavings/test_controls.py"


def main() -> int:
    seconds, crash_seconds = _bounds()
    seed = os.environ.get("PROOF_SEED", "1")
    began = time.monotonic()
    environment = {
        **os.environ,
        "PROOF_SEED": seed,
        "PROOF_SECONDS": str(seconds),
        "PROOF_INTERLEAVINGS": NO_BOUND,
    }
    broken = [
        name
        for name, arguments in (
            ("interleavings", ["-m", "pytest", "-q", "-s", ATTACK]),
            ("controls of the interleavings", ["-m", "pytest", "-q", "-s", CONTROLS]),
            ("crashes", _crash(crash_seconds, seed)),
        )
        if not _holds(arguments, environment)
    ]
    print(
        f"Proof: {time.monotonic() - began:.0f} s; "
        + (f"BROKEN: {', '.join(broken)}" if broken else "all holds")
    )
    return 1 if broken else 0


def _bounds() -> tuple[float, float]:
    seconds = os.environ.get("PROOF_SECONDS", "")
    if seconds:
        return float(seconds), float(seconds)
    minutes = float(os.environ.get("PROOF_MINUTES", "15"))
    return minutes * 60, minutes * 20


def _crash(seconds: float, seed: str) -> list[str]:
    patient = ["--patient"] if seconds >= PATIENT_FROM else []
    return ["-m", "tests.proofs.crash", "--seconds", str(seconds), "--seed", seed, *patient]


def _holds(arguments: list[str], environment: dict[str, str]) -> bool:
    return (
        subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, check=False).returncode == 0
    )


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    sys.exit(main())
