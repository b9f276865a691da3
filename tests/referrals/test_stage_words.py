"""What a person reads of a stage says usted; what an administrator has worded anew stays theirs."""

from __future__ import annotations

import re
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connections

from warmhandoff.foundation.models import Term

pytestmark = pytest.mark.django_db(databases=["default", "owner"])
SAYS_TU = re.compile(r"\b(tú|tus?|ti|contigo|estás|vas|fuiste|empezaste)\b", re.IGNORECASE)
migration = import_module("warmhandoff.referrals.migrations.0021_stages_say_usted")


def told(code: str) -> str:
    return Term.objects.using("owner").get(vocabulary="stage_told", code=code).es


def test_no_word_of_the_network_says_tu():
    assert [term.es for term in Term.objects.all() if SAYS_TU.search(term.es)] == []


def test_only_the_words_that_nobody_changed_are_mended():
    terms = Term.objects.using("owner").filter(vocabulary="stage_told")
    terms.filter(code="halfway").update(es="Vas a la mitad.")
    terms.filter(code="started").update(es="¡Qué bueno que empezaste!")
    migration.mend(apps, SimpleNamespace(connection=connections["owner"]))
    assert told("halfway") == "Usted va a la mitad."
    assert told("started") == "¡Qué bueno que empezaste!"
