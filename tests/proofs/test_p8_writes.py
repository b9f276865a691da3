"""P8 attacked by writing: no one helps themselves to what is not theirs, and a refusal tells nothing of other people."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from tests import cast
from tests.proofs.scene import (
    DENIED,
    because,
    outcome,
    people,
    pressing,
    refused,
    run,
    scene,
    sql,
    step,
    value,
)
from warmhandoff.custody.models import CustodyEvent
from warmhandoff.foundation.models import Crossing, Duty
from warmhandoff.foundation.scoping import Because, on_behalf_of
from warmhandoff.participants.models import Contact, Need, Participant, Reach, Share
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Referral, ReferralEvent

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def shared(**more):
    """A share of Rosa's file with Sunrow under her consent, or a little beyond it."""

    def act(scene, member):
        consent = scene.asked.consent
        values = {
            "person_id": consent.person_id, "file_id": consent.file_id, "organization_id": scene.eastgate,
            "recipient_id": scene.cast.organizations["sunrow"].pk, "data_class": "contact", "basis": "consent",
            "consent": consent, "until": consent.expires_at,
        }  # fmt: skip
        Share.objects.create(
            **values | {key: (each(scene) if callable(each) else each) for key, each in more.items()}
        )

    return act


def referral_of(sender, **more):
    """A copy of Rosa's referral, changed."""

    def act(scene, member):
        copy = {f.attname: getattr(scene.asked, f.attname) for f in Referral._meta.concrete_fields}
        del copy["id"], copy["code"]
        copy |= {key: each(scene) for key, each in more.items()}
        Referral.objects.create(**copy | {"sender_id": scene.cast.organizations[sender].pk})

    return act


def forged_from_what_is_true(scene, member):
    """All of it fits together, but for who sends it."""
    copy = {f.attname: getattr(scene.offered, f.attname) for f in Referral._meta.concrete_fields}
    del copy["id"], copy["code"]
    Referral.objects.create(**copy | {"mode": "refer", "handover_id": None, "sent_at": scene.offered.sent_at})


def row_of(model, **values):
    """A row under Rosa's file, written by another organization, in its own name or in hers."""

    def act(scene, member):
        names = {f.name for f in model._meta.fields}
        fixed = {"file_id": scene.rosa.pk, "organization_id": member.organization_id}
        fixed |= {"written_by": member.actor} if "written_by" in names else {}
        model.objects.create(**fixed | values)

    return act


def a_stolen_number(scene, member):
    """A way to reach one's own person that points at another organization's contact point."""
    with on_behalf_of(scene.eastgate, because=because(scene.offered)):
        point = Reach.objects.get(file=scene.una).contact_point_id
    own = Participant.objects.create(
        person_id="0" * 32, organization_id=member.organization_id, opened_by=member.actor
    )
    reach = Reach.objects.create(file=own, organization_id=own.organization_id, contact_point_id=point)
    assert value("SELECT value FROM wh_reach_value(%s)", reach.pk) is None, "the number was told"
    sql("SET CONSTRAINTS reach_point_and_organization IMMEDIATE")


def a_file_on_someone_known_elsewhere(scene, member):
    """Valley has seen Tom's key on the referral that it declined."""
    Participant.objects.create(
        person_id=scene.tom.person_id, organization_id=scene.valley, opened_by=member.actor
    )


def copied_without_a_share(scene, member):
    Need.objects.create(
        file=scene.rosa, organization_id=scene.eastgate, code="HSG", opened_on="2026-11-23", copied=True
    )


def copied_by_ones_own_share(scene, member):
    shared()(scene, member)
    Need.objects.create(
        file=scene.rosa, organization_id=scene.eastgate, code="HSG", opened_on="2026-11-23", copied=True,
        share=Share.objects.get(),
    )  # fmt: skip


def crossing(because):
    def act(scene, member):
        with on_behalf_of(scene.eastgate, because=because(scene)):
            pass

    return act


def in_their_name(scene, member):
    ReferralEvent.objects.create(
        referral=scene.offered, kind="seen", organization_id=scene.valley, by=member.actor
    )


ATTACKS = [
    # A share goes no further than what it stands on.
    ("a class that was not agreed to", "denise", "wh_p8_share", shared(data_class="health")),
    ("a recipient who was not named", "denise", "wh_p8_share", shared(recipient_id=lambda scene: scene.harbor)),
    ("longer than agreed", "denise", "wh_p8_share", shared(until="2030-01-01T00:00Z")),
    ("someone else's file", "denise", "wh_p8_share", shared(file_id=lambda scene: scene.sam.pk)),
    ("no consent", "denise", "wh_p8_share", shared(consent=None)),
    ("the agreement of an organization that is open", "denise", "wh_p8_share", shared(
        basis="escheat", consent=None, agreement_id=lambda scene: scene.cast.agreements["eastgate"].pk,
        recipient_id=lambda scene: scene.cast.organizations["office"].pk)),
    ("a basis that none is", "denise", "share_has_its_basis", shared(basis="curiosity")),
    ("shared by who has not got it", "ines", "wh_p8_share", shared(recipient_id=lambda scene: scene.harbor)),
    # A referral is its sender's, of one whom they hold, by that one's consent.
    ("a referral forged by its receiver", "vera", "wh_crossing", referral_of("eastgate", receiver_id=lambda scene: scene.valley)),
    ("a true one, sent by its receiver", "vera", DENIED, forged_from_what_is_true),
    ("a referral of someone held elsewhere", "ines", "wh_crossing", referral_of("harbor")),
    ("a referral of someone released", "denise", "wh_crossing", referral_of("eastgate", person_id=lambda scene: scene.rey.person_id)),
    ("by someone else's consent", "denise", "wh_p8_share", referral_of("eastgate", consent_id=lambda scene: scene.declined.consent_id)),
    ("to one whom the consent does not name", "denise", "wh_p8_share", referral_of(
        "eastgate", receiver_id=lambda scene: scene.harbor, service_id=lambda scene: scene.cast.services["housing"].pk)),
    ("to a service of someone else", "denise", "wh_crossing", referral_of(
        "eastgate", service_id=lambda scene: scene.cast.services["housing"].pk)),
    ("telling more than agreed", "denise", "wh_p8_share", referral_of("eastgate", parts=lambda scene: ["name", "note"])),
    # Rows of another organization.
    ("a need in a file of another one", "ines", "need_file_and_organization", row_of(Need, code="ID", opened_on="2026-11-23")),
    ("a need in another one's name", "ines", DENIED, lambda scene, member: row_of(
        Need, code="ID", opened_on="2026-11-23", organization_id=scene.eastgate)(scene, member)),
    ("a duty in another one's name", "ines", DENIED, lambda scene, member: Duty.objects.create(
        organization_id=scene.eastgate, membership_id=member.membership.pk, kind="call", opened_by=member.actor,
        due_at=scene.asked.answer_due_at)),
    ("an event in another one's name", "denise", DENIED, in_their_name),
    ("an event of a referral of others", "ines", DENIED, lambda scene, member: ReferralEvent.objects.create(
        referral_id=scene.asked.pk, kind="seen", organization_id=scene.harbor, by=member.actor)),
    ("an event in another one's custody", "ines", DENIED, lambda scene, member: CustodyEvent.objects.create(
        person_id=scene.rosa.person_id, organization_id=scene.eastgate, kind="released", by=member.actor)),
    ("a stolen number", "vera", "reach_point_and_organization", a_stolen_number),
    ("a file on someone known elsewhere", "vera", "wh_p8_share", a_file_on_someone_known_elsewhere),
    ("the file becomes another one's", "denise", "wh_p7_history", run("UPDATE participants_participant SET organization_id = {harbor}")),
    ("the file becomes someone else's", "denise", "wh_p7_history", run("UPDATE participants_participant SET person_id = {rey} WHERE person_id = {rosa}")),
    ("copied without a share", "denise", "need_copied_names_its_share", copied_without_a_share),
    ("copied by one's own share", "denise", "wh_p8_share", copied_by_ones_own_share),
    # Acting for another organization.
    ("because of a referral of others", "ines", "wh_crossing", crossing(lambda scene: because(scene.offered))),
    ("because of nothing", "ines", "wh_crossing", crossing(lambda scene: Because("referral", 0))),
    ("because of another one's agreement", "ines", "wh_crossing", crossing(
        lambda scene: Because("agreement", scene.cast.agreements["eastgate"].pk))),
    ("because of a function that none is", "ines", "42883", crossing(lambda scene: Because("friendship", 1))),
    ("because of injected SQL", "ines", "wh_crossing", crossing(lambda scene: Because("x(); DROP TABLE y; --", 1))),
    ("a friend made a party", "denise", "wh_crossing", run("SELECT wh_follow_to_holder({asked}, {harbor})")),
    ("oneself made a party", "ines", "wh_crossing", run("SELECT wh_follow_to_holder({asked}, {harbor})")),
    ("the owner's functions", "denise", DENIED, run("SELECT wh_assert_held({rosa})")),
    ("a policy switched off", "denise", DENIED, run("ALTER TABLE participants_contact DISABLE ROW LEVEL SECURITY")),
    ("a function of one's own", "denise", DENIED, run("CREATE FUNCTION public.wh_now2() RETURNS int LANGUAGE sql AS 'SELECT 1'")),
    ("a table of one's own", "denise", DENIED, run("CREATE TEMP TABLE participants_contact (x int)")),
    ("another role", "denise", DENIED, run("SET ROLE warmhandoff_owner")),
]  # fmt: skip


def test_no_one_helps_themselves():
    refused(scene(), ATTACKS)


def test_what_is_hidden_can_not_be_changed_either():
    here = scene()
    with here.cast.acting("ines"):
        for table, column in (
            ("participants_contact", "file_id"), ("participants_need", "file_id"), ("participants_listing", "file_id"),
            ("participants_consent", "file_id"),
        ):  # fmt: skip
            assert (
                sql(f"UPDATE {table} SET organization_id = organization_id WHERE {column} = %s", here.rosa.pk)
                == 0
            ), table
        assert Duty.objects.filter(person_id=here.rosa.person_id).update(kind="meet") == 0
        assert Referral.objects.filter(pk=here.asked.pk).update(state="withdrawn") == 0
        assert (
            sql(
                "UPDATE participants_person SET close_reason = close_reason WHERE id = %s",
                here.rosa.person_id,
            )
            == 0
        )
    delete = run(f"DELETE FROM participants_narrative WHERE file_id = {here.rosa.pk}")
    # Nobody's to delete, hidden or not: the row policies are not even asked.
    refused(here, [("delete a hidden note", "ines", DENIED, delete)])


def test_a_crossing_is_logged_where_both_can_read_it():
    here = scene()
    with here.cast.acting("vera") as vera:
        with on_behalf_of(here.eastgate, because=because(here.declined)) as there:
            assert there.organization_id == here.eastgate
            assert Participant.objects.filter(pk=here.tom.pk).exists()
        assert not Participant.objects.filter(pk=here.tom.pk).exists()
        actor = vera.actor.pk
    for who in ("vera", "denise"):
        with here.cast.acting(who):
            logged = Crossing.objects.filter(
                actor_id=actor, because_kind="referral", because_id=here.declined.pk
            )
            assert logged.filter(from_organization_id=here.valley, to_organization_id=here.eastgate).exists()
    with here.cast.acting("ines"):
        assert not Crossing.objects.exists()


def test_a_crossing_that_failed_leaves_nobody_on_the_other_side():
    here = scene()
    with here.cast.acting("vera"):
        with pytest.raises(RuntimeError), on_behalf_of(here.eastgate, because=because(here.declined)):
            raise RuntimeError
        assert value("SELECT current_setting('wh.organization')") == str(here.valley)
        with (
            pytest.raises(Exception, match="division"),
            on_behalf_of(here.eastgate, because=because(here.declined)),
        ):
            sql("SELECT 1/0")
        assert value("SELECT current_setting('wh.organization')") == str(here.valley)


def test_a_refusal_tells_nothing_of_other_organizations_people():
    """The same name, phone, need and service as someone elsewhere: it works, and what goes wrong goes wrong in the same words."""
    here = scene()
    with here.cast.acting("ines") as ines:
        same = cast.take_in(ines, cast.told("Rosa", "Mendoza"))
        assert cast.refer(same, here.cast.services["solar"], ines).state == "sent"

    def words(file_id):
        def act(scene, member):
            with transaction.atomic():
                Need.objects.create(
                    file_id=file_id, organization_id=member.organization_id, code="ID", opened_on="2026-11-23"
                )
                sql("SET CONSTRAINTS ALL IMMEDIATE")

        try:
            with here.cast.acting("ines") as member:
                act(here, member)
        except Exception as error:  # noqa: BLE001
            return str(error).replace(str(file_id), "N")
        return "done"

    assert words(here.rosa.pk) == words(10**9) != "done"
    with here.cast.acting("ines") as ines, pytest.raises(Exception) as theirs:
        step(ines, here.rosa.person_id)
        step(ines, "0" * 32)
        sql("SET CONSTRAINTS ALL IMMEDIATE")
    assert str(here.rosa.person_id) not in str(theirs.value)


def test_nobody_counts_other_organizations_people():
    here = scene()
    with here.cast.acting("ines"):
        assert Participant.objects.count() == 1
        assert Contact.objects.count() == 1
        assert outcome(here, "ines", run("SELECT last_value FROM participants_participant_id_seq")) == DENIED
        assert value("SELECT count(*) FROM pg_sequences WHERE schemaname = 'public' AND sequencename LIKE 'participants_%%'"
                     " AND last_value IS NOT NULL") == 0  # fmt: skip
        assert value("SELECT count(*) FROM pg_stats WHERE tablename = 'participants_contact'") == 0


def test_what_is_shared_is_what_was_agreed_until_that_second():
    here = scene()
    with pressing(here.asked) as (link, referral):
        assert not Contact.objects.exists()
        referrals.accept(referral=referral, reply=referrals.Reply("Jo"), by=link)
    with pressing(here.asked):
        theirs = Contact.objects.filter(file=here.rosa)
        assert theirs.exists(), "the share shows the sender's own row"
        assert Need.objects.filter(file=here.rosa).exists()
        assert not Contact.objects.filter(file__in=[here.sam.pk, here.tom.pk]).exists()
        reach = Reach.objects.get(file=here.rosa)
        assert value("SELECT value FROM wh_reach_value(%s)", reach.pk) == "555-0123"
    until = here.asked.consent.expires_at
    with pressing(here.asked, until):
        assert not Contact.objects.filter(file=here.rosa).exists(), "at the second at which it ends"
        assert value("SELECT count(*) FROM wh_reach_value(%s)", reach.pk) == 0
    with here.cast.acting("denise") as denise:
        referrals.stop_sharing(consent=here.asked.consent, by=denise.actor)
    with pressing(here.asked):
        assert not Contact.objects.filter(file=here.rosa).exists()
        assert Contact.objects.count() == 1, "what they already know, they know"


def test_the_scene_itself_is_as_told():
    here = scene()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM participants_participant")
        assert cursor.fetchone() == (0,), "nobody acts here"
    with here.cast.acting("denise"):
        assert Participant.objects.count() == len(people(here)) - 1
