"""Letters: whether the fonts are here in which the names of all who live here can be written."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from warmhandoff.cli.assets import FONTS
from warmhandoff.cli.deployment.findings import Finding, ok, warning


def examine() -> Iterator[Finding]:
    """Without them a letter is made all the same; what nobody can write in it stands as a question mark."""
    fonts = tomllib.loads(FONTS.read_text("utf-8"))["font"]
    missing = [
        each["family"] for each in fonts if not (settings.FONTS_DIR / Path(each["file"]).name).exists()
    ]
    if missing:
        yield warning(
            "letters",
            f"{len(missing)} of {len(fonts)} fonts are missing in {settings.FONTS_DIR} ({', '.join(missing)}):"
            " names in their scripts stand as question marks in letters.",
            "Run: warmhandoff assets",
        )
    else:
        yield ok("letters", f"All {len(fonts)} fonts of letters are here.")
