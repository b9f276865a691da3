"""P8, attacked: what is shown about somebody's eligibility is read by its organization alone, and by who reads its class."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connections, transaction

from tests import cast
from tests.proofs.test_check_finds import LOOSE
from warmhandoff.foundation import promises
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Share
from warmhandoff.programs.actions import eligibility as verbs
from warmhandoff.programs.actions.eligibility import Said
from warmhandoff.programs.models import Program, Proof, Waiver

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
TODAY = cast.MONDAY.date()


@pytest.fixture
def c(the_cast) -> cast.Cast:
    return the_cast


@pytest.fixture
def file(c: cast.Cast):
    """Rosa, of whom everything was shown; a waiver was asked for."""
    cast.program(c, "sector")
    with c.acting("denise") as denise:
        found = cast.take_in(denise, cast.told(birth_date=date(1990, 3, 4)))
        for shown in ("of_age", "justice_history", "behavioral_health"):
            verbs.verify(file=found, shown=shown, said=Said(True, "self"), by=denise.actor)
        verbs.ask_waiver(
            file=found, program=Program.objects.get(slug="sector"), criterion="health", reason="safety",
            lapses_on=date(2027, 1, 4), why="Not here.", by=denise.actor,
        )  # fmt: skip
    return found


def test_each_reads_what_is_theirs_and_of_a_class_that_they_read(c: cast.Cast, file) -> None:
    read = {}
    for name in ("denise", "marcus", "tavo", "ines", "vera", "luz", "grace", "adam"):
        with c.acting(name):
            read[name] = (Proof.objects.count(), Waiver.objects.count())
    assert read == {
        "denise": (3, 1), "marcus": (3, 1), "tavo": (1, 0), "ines": (0, 0), "vera": (0, 0), "luz": (0, 0),
        "grace": (0, 0), "adam": (0, 0),
    }  # fmt: skip
    with c.acting("denise", purpose="placement"):
        assert list(Proof.objects.values_list("shown", flat=True)) == ["of_age"]
        assert not Waiver.objects.exists()


def test_no_share_reaches_it(c: cast.Cast, file) -> None:
    """Not even one of every class of the file."""
    classes = ["contact", "justice", "health", "substance_use", "violence_prevention"]
    with c.acting("denise") as denise:
        asked = participants.Asked(
            recipients=[c.organizations["harbor"].pk], parts=["need"], data_classes=classes, language="es"
        )
        consent = participants.record_consent(file=file, asked=asked, by=denise.actor)
        participants.share(
            consent=consent,
            recipient_id=c.organizations["harbor"].pk,
            classes=classes,
            about=("file", file.pk),
        )
        assert Share.objects.count() == len(classes)
    with c.acting("ines"):
        assert not Proof.objects.exists() and not Waiver.objects.exists()


@pytest.mark.parametrize("model", [Proof, Waiver])
def test_a_row_of_another_class_is_not_written(c: cast.Cast, file, model) -> None:
    """As contact it would be read by whoever reads how to reach them."""
    with c.acting("denise") as denise:
        true = model.objects.filter(data_class="substance_use").get()
        values = {
            field.attname: getattr(true, field.attname)
            for field in model._meta.concrete_fields
            if not field.primary_key and field.name != "code"
        } | {"data_class": "contact"}
        if model is Waiver:
            values |= {"granted": None}
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            model.objects.create(**values)
        assert refused.value.__cause__.diag.constraint_name == "wh_p8_proof"
        assert denise.organization_id == true.organization_id


def test_it_is_written_for_the_own_organization_alone(c: cast.Cast, file) -> None:
    with c.acting("ines") as ines, pytest.raises(DatabaseError), transaction.atomic():
        Proof.objects.create(
            file_id=file.pk, organization_id=file.organization_id, shown="of_age", data_class="contact", holds=True,
            method="self", shown_on=TODAY, by=ines.actor,
        )  # fmt: skip


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE programs_proof SET data_class = 'contact' WHERE shown = 'justice_history'",
        "UPDATE programs_proof SET shown = 'anything'",
    ],
)
def test_the_check_finds_it(c: cast.Cast, file, statement: str) -> None:
    assert not [each for each in promises.run() if each.broken]
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(LOOSE)
        cursor.execute(statement)
        broken = {each.promise for each in promises.run() if each.broken}
        transaction.set_rollback(True, using="owner")
    assert broken == {"P8"}
