"""Corrections attacked through the app's login: by someone else, of something else, twice, or in place of what stood there."""

from __future__ import annotations

import pytest

from tests.proofs.scene import DENIED, refused, run, scene, sql, value
from tests.proofs.test_check_finds import finds
from tests.proofs.test_p8_reads import EVERYTHING_TOLD
from warmhandoff.participants import actions, profile
from warmhandoff.participants.models import Contact, FileChange

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

EVENT = (
    "INSERT INTO participants_fileevent (file_id, organization_id, person_id, kind, detail, subject_kind, by_id, reason, supersedes_id)"
    " SELECT file_id, organization_id, person_id, {kind}, '', '', {by}, 'mistake', id FROM participants_fileevent WHERE "
)
NOTE = (
    "INSERT INTO participants_narrative (file_id, organization_id, about_kind, about_id, text, written_by_id, copied, supersedes_id, reason)"
    " SELECT file_id, organization_id, about_kind, {about}, 'x', {by}, false, id, 'mistake' FROM participants_narrative WHERE "
)


def event(where, *, kind="kind", by="{{actor}}"):
    return run(EVENT.format(kind=kind, by=by).replace("{{", "{").replace("}}", "}") + where)


def note(where, *, about="about_id", by="{{actor}}"):
    return run(NOTE.format(about=about, by=by).replace("{{", "{").replace("}}", "}") + where)


def test_who_may_correct_what():
    here = scene()
    with here.cast.acting("marcus") as marcus:
        theirs = actions.log_contact(file=here.rosa, how="text", by=marcus.actor, note="Said so")
    with here.cast.acting("denise") as denise:
        mine = actions.log_contact(file=here.rosa, how="voice", by=denise.actor, note="Said this")
        actions.log_contact(file=here.tom, how="voice", by=denise.actor)
    with here.cast.acting("ines") as ines:
        lees = actions.log_contact(file=here.lee, how="voice", by=ines.actor)
    elsewhere = (
        "INSERT INTO participants_fileevent (file_id, organization_id, person_id, kind, detail, subject_kind, by_id, reason,"
        f" supersedes_id) VALUES ({here.rosa.pk}, {{eastgate}}, {{rosa}}, 'contacted', '', '', {{actor}}, 'mistake', "
    )
    refused(
        here,
        [
            ("a colleague's contact", "denise", "wh_p7_correction", event(f"id = {theirs.pk}")),
            ("a colleague's, by a peer mentor", "tavo", "wh_p7_correction", event(f"id = {mine.pk}")),
            ("in a colleague's name", "denise", "wh_p7_correction", event(f"id = {theirs.pk}", by="by_id")),
            ("into another kind", "denise", "wh_p7_correction", event(f"id = {mine.pk}", kind="'consent_given'")),
            ("of another file", "denise", "wh_p7_correction", run(f"{elsewhere} (SELECT max(id) FROM participants_fileevent"
                f" WHERE file_id = {here.tom.pk} AND kind = 'contacted'))")),
            # Whether an event of another organization is there, or was corrected, makes no difference.
            ("of another organization", "denise", "wh_p7_correction", run(f"{elsewhere} {lees.pk})")),
            ("of nothing at all", "denise", "wh_p7_correction", run(f"{elsewhere} 987654321)")),
            ("a colleague's note", "denise", "wh_p7_correction", note(f"about_id = {theirs.pk}")),
            ("a note about something else", "denise", "wh_p7_correction", note(f"about_id = {mine.pk}", about=str(theirs.pk))),
            ("a finished step of nobody", "denise", "wh_p7_correction", run(
                "INSERT INTO custody_custodyevent (person_id, organization_id, kind, detail, by_id, reason, supersedes_id)"
                " SELECT person_id, organization_id, 'struck', '', {actor}, 'mistake', id FROM custody_custodyevent"
                " WHERE kind = 'taken_in' LIMIT 1")),
        ],
    )  # fmt: skip


def test_an_event_is_corrected_once():
    here = scene()
    with here.cast.acting("denise") as denise:
        mine = actions.log_contact(file=here.rosa, how="voice", by=denise.actor)
    twice = run(
        (EVENT.format(kind="kind", by="{actor}") + f"id = {mine.pk}; ") * 2,
    )
    refused(here, [("corrected twice", "denise", "fileevent_corrected_once", twice)])


def test_notes_and_what_a_contact_was_are_not_rewritten():
    here = scene()
    with here.cast.acting("denise") as denise:
        actions.log_contact(file=here.rosa, how="voice", by=denise.actor, note="Said this")
        Contact.objects.filter(file=here.rosa).update(first_name="Rosalía")
    tables = ("participants_narrative", "participants_filechange")
    refused(
        here,
        [
            *((f"delete from {table}", "denise", DENIED, run(f"DELETE FROM {table}")) for table in tables),
            *((f"update {table}", "denise", DENIED, run(f"UPDATE {table} SET id = id")) for table in tables),
            ("delete from contact", "denise", DENIED, run("DELETE FROM participants_contact")),
            ("a made-up history", "denise", DENIED, run(
                "INSERT INTO participants_filechange (file_id, organization_id, field, was, became)"
                f" VALUES ({here.rosa.pk}, {{eastgate}}, 'first_name', 'Eve', 'Rosa')")),
        ],
    )  # fmt: skip
    with here.cast.acting("denise"):
        # Written by the trigger, though the change went around the verbs.
        assert value("SELECT was FROM participants_filechange WHERE field = 'first_name'") == "Rosa"


ANSWERS = ("paper", "schooling", "housing", "demographics", "justiceinvolvement", "unanswered")


def test_nothing_that_somebody_told_is_overwritten_in_silence():
    here = scene()
    with here.cast.acting("denise") as denise:
        profile.learn(file=here.rosa, answers=EVERYTHING_TOLD, by=denise.actor)
        profile.say_why_not(file=here.rosa, whys={"needs": "prefers_not"})
    refused(
        here,
        [(f"delete from {table}", "denise", DENIED, run(f"DELETE FROM participants_{table}")) for table in ANSWERS],
    )  # fmt: skip
    with here.cast.acting("denise"):
        # Around the verbs: the trigger keeps it all the same.
        sql("UPDATE participants_justiceinvolvement SET involved = false")
        sql("UPDATE participants_housing SET status = '', status_unknown = 'prefers_not'")
        assert (
            value("SELECT was || '>' || became FROM participants_filechange WHERE field = 'justice'")
            == "yes>no"
        )
        assert value("SELECT was FROM participants_filechange WHERE field = 'housing'") == "interim"
    with here.cast.acting("tavo"):
        assert not value("SELECT count(*) FROM participants_filechange WHERE data_class <> 'contact'")


def test_an_answer_that_came_from_nowhere_is_found():
    here = scene()
    with here.cast.acting("denise") as denise:
        for housing in ("interim", "outside", "interim"):
            profile.learn(file=here.rosa, answers=profile.Answers(housing=housing), by=denise.actor)
        kept = list(FileChange.objects.order_by("id").values_list("pk", flat=True))
    finds(
        here,
        [
            ("P7", "a change is gone", [f"DELETE FROM participants_filechange WHERE id = {kept[1]}"]),
            ("P7", "told otherwise", [f"UPDATE participants_filechange SET became = 'castle' WHERE id = {kept[0]}"]),
        ],
    )  # fmt: skip


def test_a_peer_mentor_reads_and_writes_no_note_but_their_own_contacts():
    here = scene()
    with here.cast.acting("denise") as denise:
        hers = actions.log_contact(file=here.rosa, how="voice", by=denise.actor, note="For case workers")
    with here.cast.acting("tavo") as tavo:
        actions.log_contact(file=here.rosa, how="voice", by=tavo.actor, note="My own")
        assert value("SELECT string_agg(text, ',') FROM participants_narrative") == "My own"
    write = (
        "INSERT INTO participants_narrative (file_id, organization_id, about_kind, about_id, text, written_by_id, copied, reason)"
        f" VALUES ({here.rosa.pk}, {{eastgate}}, "
    )
    refused(
        here,
        [
            ("a note about a referral", "tavo", DENIED, run(f"{write} 'referral', {here.asked.pk}, 'x', {{actor}}, false, '')")),
            ("a note with a colleague's contact", "tavo", DENIED, run(f"{write} 'file_event', {hers.pk}, 'x', {{actor}}, false, '')")),
            ("a note in a colleague's name", "tavo", DENIED, run(
                f"{write} 'file_event', {hers.pk}, 'x', {hers.by_id}, false, '')")),
            ("a note with nothing", "tavo", DENIED, run(f"{write} 'file_event', 987654321, 'x', {{actor}}, false, '')")),
        ],
    )  # fmt: skip


REFERRAL = (
    "INSERT INTO referrals_referralevent (referral_id, kind, organization_id, detail, by_id, reason, supersedes_id)"
    " SELECT {referral}, {kind}, {organization}, '', {by}, 'mistake', id FROM referrals_referralevent WHERE "
)


def of_a_referral(
    where, *, referral="referral_id", kind="kind", organization="organization_id", by="{actor}"
):
    return run(REFERRAL.format(referral=referral, kind=kind, organization=organization, by=by) + where)


def test_who_may_correct_what_happened_to_a_referral():
    here = scene()
    declined = f"referral_id = {here.declined.pk} AND kind = 'declined'"
    refused(
        here,
        [
            ("the other side's no", "denise", "wh_p7_correction", of_a_referral(declined, organization="{eastgate}")),
            ("in its name", "denise", "wh_p7_correction", of_a_referral(declined)),
            ("in its member's name", "vera", "wh_p7_correction", of_a_referral(declined, by=str(_other_actor(here)))),
            ("into another kind", "vera", "wh_p7_correction", of_a_referral(declined, kind="'accepted'")),
            ("of another referral", "vera", "wh_p7_correction", of_a_referral(declined, referral=str(here.offered.pk))),
            ("what nobody may take back", "denise", "wh_p7_correction", of_a_referral(
                f"referral_id = {here.asked.pk} AND kind = 'sent'", kind="'struck'")),
            ("twice", "vera", "referralevent_corrected_once", run(
                (REFERRAL.format(referral="referral_id", kind="'struck'", organization="organization_id", by="{actor}")
                 + declined + "; ") * 2)),
            ("by a stranger", "ines", "wh_p7_correction", run(
                "INSERT INTO referrals_referralevent (referral_id, kind, organization_id, detail, by_id, reason, supersedes_id)"
                f" VALUES ({here.declined.pk}, 'struck', {{harbor}}, '', {{actor}}, 'mistake', 987654321)")),
        ],
    )  # fmt: skip


def _other_actor(here) -> int:
    with here.cast.acting("denise") as denise:
        return denise.actor.pk
