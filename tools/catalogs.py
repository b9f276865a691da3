"""The Spanish catalog: gathered from templates and code, checked, compiled. Pure Python: no machine needs GNU gettext.

.venv/bin/python tools/catalogs.py update    gather new sentences into the .po file, drop those no longer said
.venv/bin/python tools/catalogs.py compile   make the .mo file that Django reads (set-up does it)
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "warmhandoff"
LOCALES = PACKAGE / "locale"
LANGUAGES = ("es",)

# Header lines that would change at each gathering, or that nobody fills in.
DATED = (
    '"POT-Creation',
    '"PO-Revision',
    '"Last-Translator',
    '"Language-Team',
    '"Report-Msgid',
    '"Generated-By',
)

KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def gather() -> Catalog:
    """Every sentence that templates and code mark for translation."""
    catalog = Catalog(project="warmhandoff", charset="utf-8", fuzzy=False)
    for path in sorted(PACKAGE.rglob("*.py")):
        _add(catalog, path, path.read_text("utf-8"))
    for path in _templates():
        _add(catalog, path, _as_python(path))
    return catalog


def _templates() -> Iterator[Path]:
    for folder in sorted(PACKAGE.rglob("templates")):
        yield from sorted(
            p for p in folder.rglob("*") if p.is_file() and p.suffix in {".html", ".txt", ".text", ".subject"}
        )


def _as_python(path: Path) -> str:
    # Django blanks out all but the calls; without indentation what is left is tokens that Python can read.
    blanked = templatize(path.read_text("utf-8"), origin=str(path))
    return "\n".join(line.strip() for line in blanked.splitlines())


def _add(catalog: Catalog, path: Path, source: str) -> None:
    where = path.relative_to(ROOT).as_posix()
    for line, function, found, _comments in extract_python(BytesIO(source.encode()), KEYWORDS, [], {}):
        messages: Any = found  # a text, or a tuple of texts and of None where something else stood
        if not messages:
            continue  # a call that holds no text
        context, ids = _split(str(function), (messages,) if isinstance(messages, str) else tuple(messages))
        if ids:
            catalog.add(ids[0] if len(ids) == 1 else ids[:2], locations=[(where, line)], context=context)


def _split(function: str, messages: tuple[object, ...]) -> tuple[str | None, tuple[str, ...]]:
    texts = tuple(m for m in messages if isinstance(m, str))
    wants_context = function.startswith(("pgettext", "npgettext"))
    wanted = (2 if function.lstrip("p").startswith("n") else 1) + wants_context
    if len(texts) < wanted:
        return None, ()  # a name, not a literal: nothing to translate here
    texts = texts[:wanted]
    return (texts[0], texts[1:]) if wants_context else (None, texts)


def path_of(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def update(language: str) -> Catalog:
    """Bring the .po file in line with what is said now. Old translations stay where their sentence does; nothing is guessed."""
    known = read(language) if path_of(language).exists() else Catalog(locale=language, fuzzy=False)
    fresh = Catalog(
        locale=language, project="warmhandoff", charset="utf-8", fuzzy=False, header_comment="# Español"
    )
    for message in gather():
        if message.id:
            before = known.get(message.id, message.context)
            fresh.add(
                message.id,
                before.string if before and not before.fuzzy else None,
                locations=message.locations,
                context=message.context,
                flags=message.flags,
            )
    path_of(language).parent.mkdir(parents=True, exist_ok=True)
    written = BytesIO()
    write_po(written, fresh, sort_output=True, width=120, include_lineno=False)  # each edit would move them
    lines = written.getvalue().decode().splitlines(keepends=True)
    path_of(language).write_text("".join(line for line in lines if not line.startswith(DATED)), "utf-8")
    return fresh


def compile_all() -> None:
    """Make what Django reads."""
    for language in LANGUAGES:
        with path_of(language).with_suffix(".mo").open("wb") as file:
            write_mo(file, read(language))


def untranslated(catalog: Catalog) -> list[str]:
    """The sentences without a translation, or with one that is a guess."""
    return [
        str(message.id)
        for message in catalog
        if message.id
        and (
            message.fuzzy
            or not all(message.string if isinstance(message.string, tuple) else (message.string,))
        )
    ]


def main(arguments: list[str]) -> int:
    if arguments not in (["update"], ["compile"]):
        print(__doc__, file=sys.stderr)
        return 64
    if arguments == ["compile"]:
        compile_all()
        return 0
    for language in LANGUAGES:
        missing = untranslated(update(language))
        print("\n  ".join([f"{language}: {len(missing)} without translation.", *missing]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
