"""Letters as PDF: tagged, with their language, made when asked for and kept nowhere.

What a letter says comes as data and never as source: markup in a name stays text. Only typst's own fonts are used (openly
licensed, inside its package), and any warning is an error: a letter with a missing font or glyph isn't handed out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst

HERE = Path(__file__).parent
ACCESSIBLE = "ua-1"


class LetterFailed(Exception):
    """A letter that could not be made without a warning."""


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


# What the fonts have for sure: Latin, Greek, Cyrillic and common marks.
_NOT_IN_THE_FONTS = re.compile("[^\\n\u0020-\u052f\u1e00-\u1fff\u2010-\u2044\u20ac]")


def pdf(name: str, data: Mapping[str, Any]) -> bytes:
    """The letter `<name>.typ` with these data. A letter that no font has becomes a question mark: the rest is readable."""
    try:
        return _pdf(name, data)
    except typst.TypstError:
        return _pdf(name, _writable(data))


def _pdf(name: str, data: Mapping[str, Any]) -> bytes:
    compiled, warnings = typst.compile_with_warnings(str(HERE / f"{name}.typ"), **_asked(data))
    return _whole(compiled, warnings)


def _writable(value: Any) -> Any:
    if isinstance(value, str):
        return _NOT_IN_THE_FONTS.sub("?", value)
    if isinstance(value, Mapping):
        return {key: _writable(each) for key, each in value.items()}
    return [_writable(each) for each in value] if isinstance(value, list) else value


def _asked(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "root": str(HERE),
        "sys_inputs": {"data": json.dumps(data)},
        "font_paths": _fonts(),
        "format": "pdf",
        "pdf_standards": [ACCESSIBLE],
    }


def _whole(compiled: Any, warnings: list[Any]) -> bytes:
    if warnings or not isinstance(compiled, bytes):
        raise LetterFailed("; ".join(str(warning) for warning in warnings))
    return compiled
