"""The Spanish catalog says everything that the pages say, and guesses nothing."""

from __future__ import annotations

import re

import pytest

from tools import catalogs

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")


@pytest.fixture(scope="module")
def said() -> set[object]:
    return {(message.context, _key(message.id)) for message in catalogs.gather() if message.id}


@pytest.mark.parametrize("language", catalogs.LANGUAGES)
def test_the_catalog_is_current(said, language):
    written = {(message.context, _key(message.id)) for message in catalogs.read(language) if message.id}
    assert said - written == set(), "run tools/catalogs.py update, then translate"
    assert written - said == set(), "nobody says this any more: run tools/catalogs.py update"


@pytest.mark.parametrize("language", catalogs.LANGUAGES)
def test_nothing_is_empty_or_a_guess(language):
    assert catalogs.untranslated(catalogs.read(language)) == []


@pytest.mark.parametrize("language", catalogs.LANGUAGES)
def test_each_translation_fills_in_the_same_things(language):
    for message in catalogs.read(language):
        if message.id:
            for translated in message.string if isinstance(message.string, tuple) else (message.string,):
                wanted = set(PLACEHOLDER.findall(_key(message.id)[-1]))
                assert set(PLACEHOLDER.findall(translated)) == wanted, message.id


@pytest.mark.parametrize("language", catalogs.LANGUAGES)
def test_django_reads_the_compiled_catalog(language, tmp_path, monkeypatch):
    monkeypatch.setattr(catalogs, "LOCALES", tmp_path)
    source = catalogs.PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"
    target = tmp_path / language / "LC_MESSAGES" / "django.po"
    target.parent.mkdir(parents=True)
    target.write_bytes(source.read_bytes())
    catalogs.compile_all()
    from gettext import GNUTranslations

    with target.with_suffix(".mo").open("rb") as file:
        assert GNUTranslations(file).gettext("Sign in") not in ("", "Sign in")


def _key(ids: object) -> tuple[str, ...]:
    return ids if isinstance(ids, tuple) else (str(ids),)
