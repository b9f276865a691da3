"""The product's own templates, for rules about all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def all_templates() -> Iterator[tuple[Path, str]]:
    for folder in sorted((ROOT / "warmhandoff").rglob("templates")):
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            yield path, path.read_text("utf-8")
