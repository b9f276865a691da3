"""P8, attacked: what the agency that pays for a program reads of those who take part, on what ground, and for how long."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connections, transaction

from tests import cast
from tests.proofs.test_check_finds import LOOSE
from warmhandoff.foundation import promises
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Consent, Contact, Narrative, Need, Share
from warmhandoff.programs.actions import enrollment as verbs
from warmhandoff.programs.models import Enrollment, EnrollmentEvent

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def c(the_cast) -> cast.Cast:
    return the_cast


@pytest.fixture
def one(c: cast.Cast) -> Enrollment:
    """Rosa, who takes part at Eastgate for the office; Una is with Eastgate too, and takes part in nothing."""
    cast.program(c)
    with c.acting("denise") as denise:
        found = cast.enrolled(c, denise)
        participants.write_down(
            file=found.file, about=("file", found.file_id), text="A note.", by=denise.actor
        )
        cast.take_in(denise, cast.told("Una"))
    return found


def read_by_the_office(c: cast.Cast, at: object = cast.MONDAY) -> list[int]:
    with c.acting("luz", at=at):  # type: ignore[arg-type]
        return [model.objects.count() for model in (Enrollment, EnrollmentEvent, Contact, Need, Narrative)]


def test_the_agency_reads_the_taking_part_and_nothing_else(c: cast.Cast, one: Enrollment) -> None:
    assert read_by_the_office(c) == [1, 2, 0, 0, 0]
    with c.acting("ines"):
        assert not Enrollment.objects.exists() and not EnrollmentEvent.objects.exists()
    assert Enrollment.objects.count() == 0  # nobody acts


def test_it_ends_with_the_consent(c: cast.Cast, one: Enrollment) -> None:
    after = cast.MONDAY + timedelta(days=verbs.CONSENT_DAYS)
    assert read_by_the_office(c, after - timedelta(minutes=1))[0] == 1
    assert read_by_the_office(c, after)[0] == 0
    with c.acting("denise") as denise:
        participants.revoke_consent(consent=Consent.objects.get(), by=denise.actor)
    assert read_by_the_office(c) == [0, 0, 0, 0, 0]
    with c.acting("denise"):
        assert Enrollment.objects.get().state == "enrolled"  # a no stops the telling, and no help


def test_the_agency_changes_nothing(c: cast.Cast, one: Enrollment) -> None:
    with c.acting("luz"):
        assert Enrollment.objects.update(state="completed") == 0


def forged(c: cast.Cast, one: Enrollment, **changed: object) -> None:
    with c.acting("denise"):
        true = Share.objects.get()
        values = {
            field.attname: getattr(true, field.attname)
            for field in Share._meta.concrete_fields
            if not field.primary_key
        }
        Share.objects.create(**(values | changed))


@pytest.mark.parametrize(
    "changed",
    [
        {"data_class": "contact"},
        {"about_kind": "referral"},
        {"about_id": 0},
        {"recipient_id": "harbor"},
        {"until": cast.MONDAY + timedelta(days=verbs.CONSENT_DAYS + 1)},
        {"file_id": "una"},
        {"consent_id": "another"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_share_for_a_program_goes_no_further_than_what_it_stands_on(
    c: cast.Cast, one: Enrollment, changed: dict[str, object]
) -> None:
    with c.acting("denise") as denise:
        asked = verbs.asked_of(one.contract)
        wide = participants.Asked(
            recipients=[*asked.recipients, c.organizations["harbor"].pk],
            parts=["program"],
            data_classes=["program", "contact"],
            purpose="program",
            days=verbs.CONSENT_DAYS,
        )
        another = participants.record_consent(file=one.file, asked=wide, by=denise.actor)
        una = Contact.objects.get(first_name="Una").file_id
    names = {"harbor": c.organizations["harbor"].pk, "una": una, "another": another.pk}
    values = {key: names.get(value, value) for key, value in changed.items()}  # type: ignore[call-overload]
    with pytest.raises(DatabaseError) as refused:
        forged(c, one, **values)
    assert refused.value.__cause__.diag.constraint_name == "wh_p8_share"  # type: ignore[union-attr]


def test_the_true_one_once_more_is_allowed(c: cast.Cast, one: Enrollment) -> None:
    forged(c, one)


SHARE = "UPDATE participants_share SET"
ENROLLMENT = "UPDATE programs_enrollment SET"
BREAKAGES = {
    "another class": f"{SHARE} data_class = 'contact'",
    "another reader": f"{SHARE} recipient_id = {{harbor}}",
    "about nothing": f"{SHARE} about_id = 0",
    "longer than agreed": f"{SHARE} until = until + interval '1 day'",
    "it goes on after the no": "UPDATE participants_consent SET revoked_at = now()",
    "a consent to something else": "UPDATE participants_consent SET purpose = 'service'",
    "the enrollment by no consent": f"{ENROLLMENT} consent_id = NULL",
    "the enrollment elsewhere": "UPDATE programs_contract SET provider_id = {harbor}",
    "P7: a state that nobody said": f"{ENROLLMENT} state = 'active'",
    "P7: taken back by what is none": "UPDATE programs_enrollmentevent SET supersedes_id = id - 1, reason = 'mistake' WHERE kind = 'enrolled'",
}


@pytest.mark.parametrize("what", BREAKAGES)
def test_the_check_finds_it(c: cast.Cast, one: Enrollment, what: str) -> None:
    assert not [each for each in promises.run() if each.broken]
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(LOOSE)
        cursor.execute("ALTER TABLE programs_enrollment DROP CONSTRAINT enrollment_enrolled_by_consent")
        cursor.execute("ALTER TABLE programs_enrollment DROP CONSTRAINT enrollment_by_its_contract")
        cursor.execute(BREAKAGES[what].format(harbor=c.organizations["harbor"].pk))
        broken = {each.promise for each in promises.run() if each.broken}
        transaction.set_rollback(True, using="owner")
    assert broken == {"P7" if what.startswith("P7") else "P8"}


def test_an_enrollment_beyond_its_contract_is_refused(c: cast.Cast, one: Enrollment) -> None:
    with c.acting("ines") as ines:
        theirs = cast.take_in(ines, cast.told("Lee"))
    with pytest.raises(DatabaseError), c.acting("ines"):
        Enrollment.objects.create(
            file=theirs, organization_id=theirs.organization_id, program_id=one.program_id, contract_id=one.contract_id,
            applied_on=cast.MONDAY.date(),
        )  # fmt: skip
