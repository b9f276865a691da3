"""Corrections attacked through the app's login: by someone else, of something else, twice, or in place of what stood there."""

from __future__ import annotations

import pytest

from tests.proofs.scene import DENIED, refused, run, scene, value
from warmhandoff.participants import actions
from warmhandoff.participants.models import Contact

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
    tables = ("participants_narrative", "participants_contactchange")
    refused(
        here,
        [
            *((f"delete from {table}", "denise", DENIED, run(f"DELETE FROM {table}")) for table in tables),
            *((f"update {table}", "denise", DENIED, run(f"UPDATE {table} SET id = id")) for table in tables),
            ("delete from contact", "denise", DENIED, run("DELETE FROM participants_contact")),
            ("a made-up history", "denise", DENIED, run(
                "INSERT INTO participants_contactchange (file_id, organization_id, field, was, became)"
                f" VALUES ({here.rosa.pk}, {{eastgate}}, 'first_name', 'Eve', 'Rosa')")),
        ],
    )  # fmt: skip
    with here.cast.acting("denise"):
        # Written by the trigger, though the change went around the verbs.
        assert value("SELECT was FROM participants_contactchange WHERE field = 'first_name'") == "Rosa"


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
