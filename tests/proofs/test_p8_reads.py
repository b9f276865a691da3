"""P8 attacked by reading, with the app's login on a plain connection and through Django: each sees its own, and no more."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import psycopg
import pytest
from django.db import connections
from psycopg.conninfo import make_conninfo

from tests import cast
from tests.cast import MONDAY
from tests.proofs import sector
from tests.proofs.scene import outcome, pressing, run, scene, value
from warmhandoff.custody import caseload, merging, moves, said_wrong
from warmhandoff.directory.imports import PartnerImport
from warmhandoff.foundation import clock, open_forms, scoping, terms
from warmhandoff.foundation.actors import participant_actor, system_actor
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.rows import declared_rules
from warmhandoff.foundation.timers import CLASSES_OF_THE_SYSTEM
from warmhandoff.network import digests, improvements
from warmhandoff.network.models import MailChoice
from warmhandoff.participants import actions as participants
from warmhandoff.participants import correcting, drafts, own_links, profile, reading
from warmhandoff.participants.identity import duplicates, elsewhere
from warmhandoff.participants.models import Contact, Listing, Narrative, Need, Reach
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals import carried, page_questions
from warmhandoff.referrals.actions import stalling
from warmhandoff.referrals.models import Referral, ReferralNote

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

POLICIED = sorted(table for table, rule in declared_rules() if not rule.is_open)
EVERY_CLASS = (
    "contact,needs,work_education,housing_family,health,substance_use,justice,supervision,violence_prevention,"
    "demographics,right_to_work,narrative,program"
)


EVERYTHING_TOLD = profile.Answers(
    papers={"photo_id": "has"}, diploma="no", housing="interim", justice="yes", gender="woman", veteran="no"
)


def plainly() -> psycopg.Connection:
    """The app's login, without Django: as from psql."""
    settings = connections["default"].settings_dict
    return psycopg.connect(
        make_conninfo(
            dbname=settings["NAME"], user=settings["USER"], password=settings["PASSWORD"] or None,
            host=settings["HOST"], port=settings["PORT"] or None,
        )
    )  # fmt: skip


def counted(connection, tables=POLICIED) -> dict[str, int]:
    return {table: connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables}


def full_scene():
    """A row in every policied table: a note, a question, a share, an opened class, a handover."""
    here = scene()
    with here.cast.acting("denise") as denise:
        participants.open_need(file=here.rosa, code="SUD", by=denise.actor)
        participants.write_down(
            file=here.rosa, about=("file", here.rosa.pk), text="Prefers mornings.", by=denise.actor
        )
        profile.learn(file=here.rosa, answers=EVERYTHING_TOLD, by=denise.actor)
        profile.say_why_not(file=here.rosa, whys={"needs": "prefers_not"})
        profile.add_alternate(
            file=here.rosa, name="Elena", relation="family", way=participants.Way("voice", "555-0177"),
            may_say_who_calls=False, by=denise.actor,
        )  # fmt: skip
        drafts.keep(
            form_key=str(uuid.uuid4()), answers={"first_name": ["Half"]}, membership_id=denise.membership.pk,
            by=denise.actor,
        )  # fmt: skip
        open_forms.keep_open(open_forms.Thing("file", here.rosa.pk), by=denise.membership.pk)
        improvements.report(trying="Find somebody by street", seen=improvements.Seen(), by=denise.actor)
        carried.hand(file=here.rosa, service=here.cast.services["it"], language="es", by=denise.actor)
        reading.show(here.rosa, by=denise.actor)
    with pressing(here.asked) as (link, referral):
        referrals.ask(referral=referral, text="Any tools of their own?", by=link)
        referrals.accept(referral=Referral.objects.get(pk=referral.pk), reply=referrals.Reply("Jo"), by=link)
    return here


def fuller_scene():
    """A row also in the tables of what is rarer: a correction, two who are one or are not, a look, an offer, an import, a program."""
    here = full_scene()
    sector.fill(here.cast)
    harbor = here.cast.organizations["harbor"]
    with here.cast.acting("denise") as denise:
        correcting.correct_contact(file=here.rosa, told=cast.told("Rosalía"), by=denise.actor)
        duplicates.say_apart(one=here.tom, other=here.una, by=denise.actor)
        merging.merge(keep=here.sam, other=cast.take_in(denise, cast.told("Samuel")), by=denise.actor)
        known = cast.take_in(denise, cast.told("Ana", birth_date=date(1984, 11, 2)))
        participants.write_event(known, "look_allowed", by=denise.actor)
        elsewhere.known_elsewhere(file=known, by=denise.actor)
        said = participants.Asked(
            recipients=[harbor.pk], parts=[], data_classes=["contact", "needs"], purpose="handover"
        )
        consent = participants.record_consent(file=known, asked=said, by=denise.actor)
        moves.offer(
            file=known, to=harbor, consent=consent, by=denise.actor, membership=denise.membership, note="She moved."
        )  # fmt: skip
        own_page_of(here, denise)
        digests.choose(membership=denise.membership, digest=MailChoice.Digest.DUTIES, by=denise.actor)
        otis = cast.take_in(denise, cast.told("Otis"))
        given = caseload.Handed(otis.person_id, here.cast.members["marcus"], note="Call after noon.")
        held_by = Owner(denise.organization_id, membership_id=denise.membership.pk)
        caseload.give(people=[given], held_by=held_by, by=denise.actor)
        why = terms.in_force("look_reason")[0].code
        referrals.ask_for_look(referral=here.declined, why=why, by=denise.actor)
    sunrow = here.cast.organizations["sunrow"].pk
    with (
        clock.at(cast.MONDAY + timedelta(days=60)),
        scoping.acting_as(system_actor(sunrow), purpose="protocol", classes=CLASSES_OF_THE_SYSTEM),
    ):
        stalling.ask_how_it_goes(organization_id=sunrow)
    with here.cast.acting("luz") as luz:
        PartnerImport.objects.create(organization_id=luz.organization_id, by=luz.actor, scope="network")
    return here


def own_page_of(here, denise):
    """Rosa's own page: a way in, a question put there, and something that she says is wrong."""
    way = participants.Way("email", "rosa@mail.example")
    participants.add_way(file=here.rosa, way=way, by=denise.actor)
    link = own_links.mail_page(
        file=here.rosa, mailbox=own_links.mailboxes_of(here.rosa).get(), by=denise.actor
    )
    need = participants.open_need(file=here.rosa, code="HSG", by=denise.actor)
    housing = here.cast.services["housing"]
    page_questions.ask(
        file=here.rosa, service=housing, need=need, recipients=[housing.organization_id], parts=["name", "need"],
        days=90, by=denise.actor, membership=denise.membership,
    )  # fmt: skip
    herself = participant_actor(link.pk, denise.organization_id)
    said_wrong.say(file=here.rosa, about="other", words="My phone is another one.", by=herself)


def test_without_a_context_there_is_nobody():
    fuller_scene()
    with connections["owner"].cursor() as cursor:
        for table in POLICIED:
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            assert cursor.fetchone()[0] > 0, f"{table} is empty: nothing is proved of it"
    with plainly() as connection:
        assert not any(counted(connection).values())
        connection.execute("SELECT set_config('wh.classes', %s, true)", [EVERY_CLASS])
        assert not any(counted(connection).values()), "classes alone show nothing"


# Read by one member, or by whoever puts people into groups: an organization without a member is nobody.
ONE_MEMBERS = {"network_mailchoice", "programs_keptapart"}


def test_each_organization_sees_its_own_and_none_of_the_others():
    here = fuller_scene()
    with connections["owner"].cursor() as cursor, plainly() as connection:
        owners = {}
        for table in POLICIED:
            cursor.execute(
                "SELECT count(*) FROM information_schema.columns WHERE table_name = %s AND column_name = 'organization_id'",
                [table],
            )
            if cursor.fetchone()[0]:
                cursor.execute(f'SELECT organization_id, count(*) FROM "{table}" GROUP BY 1')
                owners[table] = dict(cursor.fetchall())
        # What others are shown, by a share or as a party, is looked at one by one below.
        shown = {"participants_contact", "participants_alternatecontact", "participants_unanswered", "participants_reach", "participants_need", "participants_narrative",
                 "participants_share", "custody_handovernote", "referrals_referralevent", "referrals_referralnote", "referrals_stall"}  # fmt: skip
        # And what the agency of a program is shown (tests/proofs/test_p8_program.py).
        shown |= {
            table for table, rule in declared_rules() if table in owners and "participants_share" in rule.read
        }
        for key, organization in here.cast.organizations.items():
            connection.execute(
                "SELECT wh_enter(%s, '', %s, 'service', '')", [str(organization.pk), EVERY_CLASS]
            )
            assert not any(counted(connection, ONE_MEMBERS).values()), (
                "an organization alone is none of its members"
            )
            found = counted(connection, owners.keys() - shown - ONE_MEMBERS)
            assert found == {table: owners[table].get(organization.pk, 0) for table in found}, key
        bright = str(here.cast.organizations["bright"].pk)
        connection.execute("SELECT wh_enter(%s, '', %s, 'service', '')", [bright, EVERY_CLASS])
        assert not any(counted(connection, shown).values()), "Bright takes no part in anything"
        for wrong in ("999999", ""):
            connection.execute("SELECT wh_enter(%s, '', %s, 'service', '')", [wrong, EVERY_CLASS])
            assert not any(counted(connection).values())
        connection.execute("SELECT wh_enter('1 OR 1=1', '', 'contact', '', '')")
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            counted(connection, ["participants_contact"])


def test_the_context_ends_with_its_transaction():
    here = full_scene()
    with plainly() as connection:
        connection.execute("SELECT wh_enter(%s, '', 'contact', 'service', '')", [str(here.eastgate)])
        assert counted(connection, ["participants_contact"]) != {"participants_contact": 0}
        connection.commit()
        assert counted(connection, ["participants_contact"]) == {"participants_contact": 0}
    with here.cast.acting("denise"):
        pass
    assert not Contact.objects.exists(), "Django's connection forgets it as well"


def test_a_role_reads_its_classes_and_no_other():
    here = full_scene()
    with here.cast.acting("tavo"):
        assert Contact.objects.count() == 5 and Listing.objects.count() == 5 and Reach.objects.exists()
        assert not Need.objects.exists() and not Narrative.objects.exists()
        assert not Referral.objects.exists() and not ReferralNote.objects.exists(), "they tell the need"
        assert reading.show(here.rosa, by=here.asked.consent.recorded_by).needs == []
    for who in ("grace", "adam"):
        with here.cast.acting(who):
            for model in (Contact, Reach, Need, Narrative, Listing, Referral, ReferralNote):
                assert not model.objects.exists(), (who, model)
            assert not reading.own_people("ro").exists() and reading.names_of([here.rosa.person_id]) == {}


def test_whoever_holds_no_class_sees_none_of_their_own_organizations_people():
    """Also where there are people: the network's office, whose administrator and county manager work beside a navigator."""
    here = full_scene()
    with here.cast.acting("luz") as luz:
        cast.take_in(luz, cast.told("Held", "Here"))
        assert Listing.objects.count() == 1
    for who in ("grace", "adam"):
        with here.cast.acting(who):
            assert not Listing.objects.exists() and not Contact.objects.exists(), who


def test_looking_for_a_job_reads_nothing_that_an_employer_may_not_learn():
    here = full_scene()
    with here.cast.acting("denise", purpose="placement") as denise:
        assert set(Need.objects.values_list("data_class", flat=True)) == {"needs"}
        assert denise.classes > {"justice", "health", "substance_use", "supervision"}, "whatever the role"
        assert not scoping.current().classes & {"justice", "health", "substance_use", "supervision"}
    with here.cast.acting("denise"):
        assert "substance_use" in set(Need.objects.values_list("data_class", flat=True))


def test_a_share_gives_its_class_and_no_other():
    here = full_scene()
    with pressing(here.asked):
        assert set(Need.objects.filter(file=here.rosa).values_list("code", flat=True)) == {"WRK-TRN"}
        assert not Narrative.objects.filter(file=here.rosa).exists(), "no note was agreed to"
        assert not Listing.objects.filter(file=here.rosa).exists()
        assert value("SELECT count(*) FROM participants_consent") == 0
        assert value("SELECT count(*) FROM custody_custody") == 0


def test_a_share_of_one_class_is_none_of_another_for_whoever_reads_all():
    """Vera reads needs of every class, of her own people; of Una, who was transferred to her for training, only that."""
    here = scene()
    with here.cast.acting("denise") as denise:
        participants.open_need(file=here.una, code="SUD", by=denise.actor)
        participants.open_need(file=here.una, code="RCL", by=denise.actor)
    with here.cast.acting("vera") as vera:
        referrals.accept(
            referral=Referral.objects.get(pk=here.offered.pk), reply=referrals.Reply("Vera"), by=vera.actor
        )
        assert {"substance_use", "justice"} < vera.classes
        assert set(Need.objects.values_list("data_class", flat=True)) == {"needs"}


def test_other_connections_of_the_app_see_the_same():
    """What one transaction was told, another one on another connection is not."""
    here = full_scene()
    with here.cast.acting("denise"), plainly() as other:
        assert Contact.objects.exists()
        assert counted(other, ["participants_contact"]) == {"participants_contact": 0}


def test_only_a_marked_database_lets_the_clock_be_moved():
    here = full_scene()
    with clock.at(MONDAY), scoping.acting_as(None, purpose="protocol"):
        assert clock.now() == MONDAY
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM foundation_databasemark")
    with clock.at(MONDAY), scoping.acting_as(None, purpose="protocol"):
        assert clock.now() != MONDAY, "the override has no effect"
        assert value("SELECT abs(extract(epoch FROM now() - wh_now())) < 1")
        assert value("SELECT wh_now() = %s", MONDAY) is False
    assert outcome(here, "denise", run(
        "INSERT INTO foundation_databasemark VALUES ('test', '0', now())")) == "42501", "and nobody marks it"  # fmt: skip


def test_the_login_under_test_is_the_one_that_policies_bind():
    from warmhandoff.foundation import logins

    with connections["default"].cursor() as cursor:
        logins.refuse_unsafe_login(cursor)
    with connections["owner"].cursor() as cursor, pytest.raises(logins.UnsafeLogin, match="owns"):
        logins.refuse_unsafe_login(cursor)
