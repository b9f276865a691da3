"""Letters as PDF: tagged, with their language, made when asked for and kept nowhere.

What a letter says comes as data and never as source: markup in a name stays text. Fonts are typst's own (openly licensed,
inside its package), and for the scripts that those don't write the ones that set-up brings (fonts.toml). Any warning is an
error: a letter with a missing font or glyph isn't handed out. What no font writes stands as a question mark, and the letter
says so.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

HERE = Path(__file__).parent
ACCESSIBLE = "ua-1"
TEXT = "Libertinus Serif"
# What typst's own fonts write for sure: Latin, Greek, Cyrillic and common marks.
_OWN = "\\n\u0020-\u052f\u1e00-\u1fff\u2010-\u2044\u20ac"


class LetterFailed(Exception):
    """A letter that could not be made without a warning."""


@dataclass(frozen=True)
class Font:
    """One that set-up brings: where npm puts it, and which characters it writes, as a regular expression lists them."""

    family: str
    file: str
    writes: str

    @property
    def path(self) -> Path:
        return settings.FONTS_DIR / Path(self.file).name


@cache
def brought() -> list[Font]:
    """All that set-up brings, also where it hasn't run since they were named."""
    named = tomllib.loads((HERE / "fonts.toml").read_text("utf-8"))["font"]
    return [Font(**one) for one in named]


@cache
def here() -> list[Font]:
    """Those of them that are here."""
    return [font for font in brought() if font.path.exists()]


@cache
def fonts() -> typst.Fonts:
    folders = [settings.FONTS_DIR] if here() else []
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)


def pdf(name: str, data: Mapping[str, Any]) -> bytes:
    """The letter `<name>.typ` with these data. A letter that no font has becomes a question mark: the rest is readable."""
    refused: typst.TypstError | None = None
    for version in _versions(data):
        try:
            return _pdf(name, version)
        except typst.TypstError as error:
            refused = error
    raise LetterFailed(name) from refused


def _versions(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """As it is; without what no font that is here should have; with typst's own letters alone."""
    yield data
    for writes in ("".join((_OWN, *(font.writes for font in here()))), _OWN):
        yield {**_written_with(re.compile(f"[^{writes}]"), data), "some_letters_are_missing": True}


def _written_with(others: re.Pattern[str], value: Any) -> Any:
    if isinstance(value, str):
        return others.sub("?", value)
    if isinstance(value, Mapping):
        return {key: _written_with(others, each) for key, each in value.items()}
    return [_written_with(others, each) for each in value] if isinstance(value, list) else value


def _pdf(name: str, data: Mapping[str, Any]) -> bytes:
    compiled, warnings = typst.compile_with_warnings(str(HERE / f"{name}.typ"), **_asked(data))
    return _whole(compiled, warnings)


def _asked(data: Mapping[str, Any]) -> dict[str, Any]:
    families = [TEXT, *(font.family for font in here())]
    return {
        "root": str(HERE),
        "sys_inputs": {"data": json.dumps(data), "fonts": json.dumps(families)},
        "font_paths": fonts(),
        "format": "pdf",
        "pdf_standards": [ACCESSIBLE],
    }


def _whole(compiled: Any, warnings: list[Any]) -> bytes:
    if warnings or not isinstance(compiled, bytes):
        raise LetterFailed("; ".join(str(warning) for warning in warnings))
    return compiled
