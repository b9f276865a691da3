"""What the database quotes from rows never reaches a log."""

import logging

import pytest
from django.db import IntegrityError, transaction

from tests.web.staff import organization
from warmhandoff.network.models import Organization
from warmhandoff.web.site.logs import WithoutValues


@pytest.mark.django_db
def test_a_refused_row_is_not_repeated():
    formatter = WithoutValues("{levelname}: {message}", style="{")
    name = "Rosa's own " + "place"  # a traceback repeats source lines, never what a name holds
    organization(name)
    try:
        with transaction.atomic():
            Organization.objects.create(name=name, kinds=["cbo"])
    except IntegrityError as error:
        logged = logging.LogRecord(
            "x", logging.ERROR, "x", 1, "refused", None, (type(error), error, error.__traceback__)
        )
        line = formatter.format(logged)
    assert "network_organization_name_key" in line
    assert "test_logs.py" in line
    assert "Rosa's own place" not in line


def test_the_statement_and_its_place_are_left_out_too():
    record = logging.LogRecord(
        "x", logging.ERROR, "x", 1, "no\nLINE 1: SELECT 'Rosa'\n               ^\nafter", None, None
    )
    assert WithoutValues().format(record) == "no\n(values left out)\nafter"
