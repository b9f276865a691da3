"""Compiles requirements/*.txt from pyproject.toml, with hashes and without a registry's address.

uv does it, in a virtual environment of its own that is thrown away: it is no part of the product. All files agree on
the versions of base, and hold for every Python that pyproject.toml allows.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ROOT / "requirements"
OPTIONS = (
    "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes", "--upgrade",
    "--no-emit-index-url", "--no-emit-find-links", "--no-header",
)  # fmt: skip


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        venv.EnvBuilder(with_pip=True).create(folder)
        subprocess.run([f"{folder}/bin/pip", "install", "uv"], check=True)
        uv = Path(folder) / "bin" / "uv"
        compile_lock(uv, "base")
        for extra in ("dev", "analytics"):
            compile_lock(uv, extra, "--extra", extra, "--constraint", "requirements/base.txt")
        for alone, options in (("node", ()), ("data", ("--no-deps",))):
            source = Path(folder) / f"{alone}.in"
            source.write_text("\n".join(extras()[alone]))
            compile_lock(uv, alone, *options, source=source)


def extras() -> dict[str, list[str]]:
    with open(ROOT / "pyproject.toml", "rb") as file:
        found: dict[str, list[str]] = tomllib.load(file)["project"]["optional-dependencies"]
    return found


def compile_lock(uv: Path, name: str, *options: str, source: Path = Path("pyproject.toml")) -> None:
    annotate = ["--no-annotate"] if source.is_absolute() else []
    command = [str(uv), "pip", "compile", str(source), *OPTIONS, *annotate, *options]
    # Written by us, not with --output-file: then uv would prefer the versions that stand there.
    made = subprocess.run(
        command, cwd=ROOT, env=dict(os.environ), stdout=subprocess.PIPE, text=True, check=False
    )
    if made.returncode:
        sys.exit(made.returncode)
    (LOCKS / f"{name}.txt").write_text(made.stdout)


if __name__ == "__main__":
    main()
