"""Nothing asks what time it is but the one clock: not in Python, not in SQL, not by a database default."""

from __future__ import annotations

import ast
import re

from django.apps import apps
from django.db import models
from django.db.models.functions import Now

from tests.database import ROOT

CLOCK = ROOT / "warmhandoff/foundation/clock.py"
ASKS = {"now", "today", "utcnow", "localtime", "localdate", "gmtime", "time", "time_ns"}
WHOSE = {"datetime", "date", "time", "timezone", "dt"}


def sources():
    found = [path for path in (ROOT / "warmhandoff").rglob("*.py") if path != CLOCK]
    assert len(found) > 80
    return found


def asked_for_the_time(tree: ast.AST):
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ASKS:
            value = node.value
            name = (
                value.id
                if isinstance(value, ast.Name)
                else value.attr
                if isinstance(value, ast.Attribute)
                else ""
            )
            if name in WHOSE and not (name == "datetime" and node.attr == "time"):
                yield node.lineno, f"{name}.{node.attr}"
        if isinstance(node, ast.ImportFrom) and node.module in ("django.utils.timezone", "time"):
            for alias in node.names:
                if alias.name in ASKS:
                    yield node.lineno, f"from {node.module} import {alias.name}"


def test_no_code_asks_the_machine():
    found = [
        f"{path.relative_to(ROOT)}:{line} {what}"
        for path in sources()
        for line, what in asked_for_the_time(ast.parse(path.read_text("utf-8")))
    ]
    assert found == []


def texts(tree: ast.AST):
    """Every text in the code that isn't a docstring."""
    said = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.lineno, node.value


# wh_now() itself; the examination that compares the server's clock with ours; and whether a worker is alive, which the
# queue's own tables say by the server's clock.
MAY_ASK_THE_SERVER = {
    "warmhandoff/foundation/migrations/0001_ground.py",
    "warmhandoff/cli/deployment/time.py",
    "warmhandoff/cli/healthy.py",
}


def test_no_sql_of_ours_asks_the_server():
    """In triggers, policies, defaults and queries the time is wh_now()."""
    asks = re.compile(
        r"(?<![\w.])(?:now\(\)|CURRENT_TIMESTAMP|CURRENT_DATE|CURRENT_TIME|LOCALTIME(?:STAMP)?|clock_timestamp\(\)"
        r"|statement_timestamp\(\)|transaction_timestamp\(\))",
        re.IGNORECASE,
    )
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sources()
        for line, text in texts(ast.parse(path.read_text("utf-8")))
        # pghistory's own triggers say when a version was written: a library's, and no rule of ours reads it.
        if asks.search(text) and "pgh_created_at" not in text
    ]
    assert {each.split(":")[0] for each in found} == MAY_ASK_THE_SERVER, found


def test_no_default_of_a_column_asks_the_server():
    wrong = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("warmhandoff.")
        for field in model._meta.concrete_fields
        if isinstance(getattr(field, "db_default", None), Now)
        or getattr(field, "auto_now", False)
        or getattr(field, "auto_now_add", False)
        or (
            isinstance(field, models.DateField)
            and callable(field.default)
            and not isinstance(field.default, type)
        )
    ]
    assert [each for each in wrong if ".pgh_" not in each] == []
