"""The check trusts no trigger and no constraint: each promise, broken in several ways by the owner, is named.

The owner switches the promises' triggers off and drops what stands in the way, breaks something, asks the proofs, and takes all
of it back.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connections, transaction

from tests.database import LOGINS, ROOT
from tests.proofs.scene import correct, scene
from warmhandoff.foundation import promises
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Referral

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

ALL = {"P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8"}
OPEN = "person_id = {rosa} AND until IS NULL"
LOOSE = """
DO $$ DECLARE each record; BEGIN
    FOR each IN SELECT tgrelid::regclass AS tab, tgname FROM pg_trigger WHERE tgname LIKE 'wh\\_p_\\_%' LOOP
        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER %I', each.tab, each.tgname);
    END LOOP;
END $$
"""


def broken_by(here, *statements):
    """How many rows break each promise after these statements of the owner; nothing of it stays."""
    names = names_of(here)
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(LOOSE)
        for statement in statements:
            cursor.execute(statement.format(**names))
        found = {each.promise: each.broken for each in promises.run()}
        transaction.set_rollback(True, using="owner")
    return found


def names_of(here):
    names = {key: f"'{getattr(here, key).person_id}'" for key in ("rosa", "sam", "tom", "una", "rey", "lee")}
    names |= {f"{key}_file": getattr(here, key).pk for key in ("rosa", "sam", "tom", "una", "lee")}
    names |= {key: each.pk for key, each in here.cast.organizations.items()}
    names |= {key: each.pk for key, each in here.cast.members.items()}
    names |= {f"{key}_queue": each.pk for key, each in here.cast.queues.items()}
    names |= {f"{key}_agreement": each.pk for key, each in here.cast.agreements.items()}
    return names | {key: getattr(here, key).pk for key in ("asked", "declined", "offered")}


def finds(here, breakages):
    """Each breakage is found under its promise (the first of those named), and under no other."""
    clean = dict.fromkeys(ALL, 0)
    assert broken_by(here) == clean
    wrong = []
    for named, what, statements in breakages:
        found = {promise for promise, rows in broken_by(here, *statements).items() if rows}
        if found != set(named.split()):
            wrong.append(f"{what}: found {sorted(found)}, not {named}")
    assert broken_by(here) == clean
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


CUSTODY = "UPDATE custody_custody SET"
HOLD = (
    "INSERT INTO custody_custody (person_id, organization_id, membership_id, queue_id, basis, handover_id, agreement_id,"
    " next_step_id, opened_by_id) SELECT person_id, "
)
COPY = "organization_id, membership_id, queue_id, 'assignment', NULL, NULL, next_step_id, opened_by_id"
ACTOR = "(SELECT min(id) FROM foundation_actor)"
STEP = f"(SELECT next_step_id FROM custody_custody WHERE {OPEN})"
DUTY = "UPDATE foundation_duty SET"
CLOSED = f"closed_at = now(), closed_by_id = {ACTOR}, closed_how = 'done'"
RELEASED = "UPDATE participants_person SET closed_at = now(), close_reason = 'needs_met' WHERE id ="
DECISION = "UPDATE referrals_disposition SET"

HOLDERS_AND_DATES = [
    ("P1", "nobody holds them", [f"{CUSTODY} until = now() WHERE {OPEN}"]),
    ("P1", "two hold them", ["DROP INDEX custody_one_holder", f"{HOLD} {COPY} FROM custody_custody WHERE {OPEN}"]),
    ("P1", "held by a closed organization", [
        "UPDATE network_organization SET state = 'closed', closed_at = now() WHERE id = {harbor}"]),
    ("P1", "held and closed", [f"{RELEASED} {{sam}}", ("UPDATE custody_custodyevent SET kind = 'released',"
     " detail = 'needs_met' WHERE id = (SELECT max(id) FROM custody_custodyevent WHERE person_id = {sam})")]),
    ("P1", "closed without a release", [f"{RELEASED} {{sam}}", f"{CUSTODY} until = now() WHERE person_id = {{sam}} AND until IS NULL"]),
    ("P1", "open again without a holder", ["UPDATE participants_person SET closed_at = NULL, close_reason = '' WHERE id = {rey}"]),
    ("P1 P3", "held by member and queue", [
        "ALTER TABLE custody_custody DROP CONSTRAINT custody_member_or_queue",
        f"{CUSTODY} queue_id = {{eastgate_queue}} WHERE {OPEN}"]),
    ("P1 P2", "the holder's account is closed", ["UPDATE network_user SET is_active = false WHERE email LIKE 'denise%'"]),
    ("P1 P2", "the holder left", ["UPDATE network_membership SET state = 'ended', ended_at = now() WHERE id = {denise}"]),
    ("P1 P2", "the queue has no lead", ["UPDATE network_queue SET lead_id = NULL WHERE id = {eastgate_queue}"]),
    ("P2", "the next step is done", [f"{DUTY} {CLOSED} WHERE id = {STEP}"]),
    ("P2", "the next step is someone else's", [
        (f"{CUSTODY} next_step_id = (SELECT next_step_id FROM custody_custody WHERE person_id = {{sam}} AND until IS NULL)"
        f" WHERE {OPEN}")]),
    ("P2", "the next step is another organization's", [f"{DUTY} organization_id = {{harbor}}, membership_id = {{ines}} WHERE id = {STEP}"]),
    ("P2", "in 200 days", [
        "ALTER TABLE foundation_duty DROP CONSTRAINT duty_within_its_days",
        f"{DUTY} due_at = set_at + interval '200 days' WHERE id = {STEP}"]),
    ("P2", "within 200 days", [
        "ALTER TABLE foundation_duty DROP CONSTRAINT duty_within_ninety_days", f"{DUTY} max_days = 200 WHERE id = {STEP}"]),
    ("P2", "owed by nobody", [
        "ALTER TABLE foundation_duty DROP CONSTRAINT duty_has_one_owner", f"{DUTY} membership_id = NULL WHERE id = {STEP}"]),
    ("P2", "owed by someone who left", [
        f"{DUTY} membership_id = {{tavo}} WHERE id = {STEP}",
        "UPDATE network_membership SET state = 'ended', ended_at = now() WHERE id = {tavo}"]),
    ("P2", "no next step", [
        "ALTER TABLE custody_custody ALTER next_step_id DROP NOT NULL",
        "ALTER TABLE custody_custodyhistory ALTER next_step_id DROP NOT NULL", f"{CUSTODY} next_step_id = NULL WHERE {OPEN}"]),
]  # fmt: skip


def test_a_missing_holder_or_date_is_found():
    finds(scene(), HOLDERS_AND_DATES)


def to_valley(basis, handover="NULL", agreement="NULL", person="una"):
    """Someone stands at Valley, with a next step there."""
    return [
        f"{CUSTODY} until = now() WHERE person_id = {{{person}}} AND until IS NULL",
        f"{DUTY} organization_id = {{valley}}, membership_id = {{vera}}, queue_id = NULL WHERE person_id = {{{person}}}",
        (
            f"{HOLD} {{valley}}, {{vera}}, NULL, '{basis}', {handover}, {agreement}, next_step_id, opened_by_id"
            f" FROM custody_custody WHERE person_id = {{{person}}} ORDER BY id DESC LIMIT 1"
        ),
    ]


HANDOVER = "(SELECT id FROM custody_handover WHERE person_id = {una})"
CROSSINGS = [
    ("P3", "taken in though held elsewhere", to_valley("intake", person="sam")),
    ("P3", "taken by an offer that was not accepted", to_valley("handover", HANDOVER)),
    ("P3", "accepted, and nobody moved", ["UPDATE custody_handover SET state = 'accepted', settled_at = now()"]),
    ("P3", "by the handshake over someone else", [
        "UPDATE custody_handover SET state = 'accepted', settled_at = now()", *to_valley("handover", HANDOVER, person="sam")]),
    ("P3", "the other way round", [
        ("UPDATE custody_handover SET state = 'accepted', settled_at = now(), from_organization_id = to_organization_id,"
        " to_organization_id = from_organization_id"), *to_valley("handover", HANDOVER)]),
    ("P3", "by the agreement of an organization that is open", to_valley("escheat", agreement="{eastgate_agreement}")),
    ("P3", "by someone else's agreement", to_valley("escheat", agreement="{bright_agreement}")),
    ("P3", "the custody was rewritten in place", [
        f"{DUTY} organization_id = {{valley}}, membership_id = {{vera}}, queue_id = NULL WHERE person_id = {{sam}}",
        (f"{CUSTODY} organization_id = {{valley}}, membership_id = {{vera}}, queue_id = NULL, basis = 'intake'"
        " WHERE person_id = {sam} AND until IS NULL"),
        "DELETE FROM custody_custodyevent WHERE person_id = {sam}",
        f"{CUSTODY} organization_id = {{valley}} WHERE person_id = {{sam}}"]),
    ("P3", "first held by nobody's intake", [f"{CUSTODY} basis = 'assignment' WHERE person_id = {{lee}}"]),
]  # fmt: skip
# The database opens the duty of whoever acts.
ACTS = f"SELECT set_config('wh.actor', {ACTOR}::text, true)"
LOOK = (
    "INSERT INTO referrals_secondlook (opened_at, due_at, because, why, referral_id, round, verdict, decided_at, decided_by_id)"
    " VALUES (now(), now(), 'reason', '',"
)

DEAD_ENDS = [
    ("P4", "ended, and nobody decides", [
        "UPDATE referrals_referral SET state = 'withdrawn', ended_at = now(), end_reason = 'mistake' WHERE id = {asked}"]),
    ("P4", "the decision is gone", ["DELETE FROM referrals_disposition"]),
    ("P4 P2", "its duty is closed", [f"{DUTY} {CLOSED} WHERE id = (SELECT duty_id FROM referrals_disposition)"]),
    ("P4", "its duty holds nothing", [f"{DUTY} holds_release = false WHERE id = (SELECT duty_id FROM referrals_disposition)"]),
    ("P4", "the decision is elsewhere", [f"{DECISION} organization_id = {{valley}}"]),
    ("P4", "settled by the machine", [
        (f"{DECISION} settled_at = now(), outcome = 'stays', settled_by_id = (SELECT min(id) FROM foundation_actor"
        " WHERE kind NOT IN ('member', 'link'))")]),
    ("P4", "a late yes that none was", [
        (f"{DECISION} settled_at = now(), outcome = 'late_yes', settled_by_id ="
        " (SELECT min(id) FROM foundation_actor WHERE kind = 'member')")]),
    ("P4", "not eligible, signed by nobody", [
        "ALTER TABLE referrals_disposition DROP CONSTRAINT disposition_not_eligible_is_signed_off",
        (f"{DECISION} settled_at = now(), outcome = 'not_eligible', settled_by_id ="
        " (SELECT min(id) FROM foundation_actor WHERE kind = 'member')")]),
    ("P4", "released with a referral open", [
        f"{RELEASED} {{rosa}}", ("INSERT INTO custody_custodyevent (person_id, organization_id, kind, detail, reason, by_id,"
        f" custody_id) SELECT person_id, organization_id, 'released', 'needs_met', '', {ACTOR}, id FROM custody_custody"
        " WHERE person_id = {rosa}"), f"{CUSTODY} until = now() WHERE {OPEN}"]),
    ("P4", "asked more often than anybody sent back", [
        "UPDATE referrals_referral SET asked_times = 2, asked_again_at = now() WHERE id = {asked}"]),
    ("P4", "a second look at what has not ended", [ACTS, f"{LOOK} {{asked}}, 1, '', NULL, NULL)"]),
    ("P4", "a second look at what was decided", [
        "ALTER TABLE referrals_disposition DISABLE TRIGGER wh_look_moot", ACTS, f"{LOOK} {{declined}}, 1, '', NULL, NULL)",
        (f"{DECISION} settled_at = now(), outcome = 'stays', settled_by_id ="
        " (SELECT min(id) FROM foundation_actor WHERE kind = 'member')"),
        "DELETE FROM foundation_timer WHERE subject_id = {declined}"]),
    ("P4", "a second look that nobody took", [
        ACTS, f"{LOOK} {{declined}}, 1, 'confirmed', now(), (SELECT min(id) FROM foundation_actor WHERE kind <> 'member'))"]),
    ("P4", "a second look that nobody owes", [
        ACTS, f"{LOOK} {{declined}}, 1, '', NULL, NULL)", f"{DUTY} {CLOSED} WHERE kind = 'second_look'"]),
    ("P4 P5", "a decision before the end", [
        "UPDATE referrals_referral SET state = 'sent', ended_at = NULL WHERE id = {declined}",
        "UPDATE referrals_referralparty SET state = 'sent' WHERE referral_id = {declined}"]),
]  # fmt: skip


RUNG = "UPDATE foundation_timer SET"
OF_ASKED = "WHERE subject_kind = 'referral' AND subject_id = {asked} AND step ="
SYSTEM = "INSERT INTO foundation_actor (kind) VALUES ('system') ON CONFLICT DO NOTHING"
BY_SYSTEM = "(SELECT id FROM foundation_actor WHERE kind = 'system' AND organization_id IS NULL)"
FIRED = f"{RUNG} fired_at = due_at {OF_ASKED} 'seen_reminder'"


def tells(kind, at="due_at"):
    return (
        "INSERT INTO referrals_referralevent (referral_id, kind, organization_id, detail, by_id, happened_at, recorded_at, reason)"
        f" SELECT {{asked}}, '{kind}', {{eastgate}}, '', {BY_SYSTEM}, {at}, {at}, '' FROM foundation_timer"
        f" {OF_ASKED} 'seen_reminder'"
    )


SILENCES = [
    ("P5", "a rung is called off while it waits", [f"{RUNG} called_off_at = now() {OF_ASKED} 'answer_sender'"]),
    ("P5", "a rung was never set", [f"DELETE FROM foundation_timer {OF_ASKED} 'seen_lead'"]),
    ("P5", "nobody decides, and nobody is told", ["DELETE FROM foundation_timer WHERE step = 'decision_office'"]),
    ("P5", "it fired, and told nobody", [FIRED]),
    ("P5", "it fired before it was time", [
        SYSTEM, f"{RUNG} fired_at = due_at - interval '1 day' {OF_ASKED} 'seen_reminder'", tells("seen_late", "fired_at")]),
    ("P5", "it told twice", [SYSTEM, FIRED, tells("seen_late"), tells("seen_late")]),
    ("P5", "it told, and says that it did not", [
        SYSTEM, f"{RUNG} fired_at = due_at, came_to = 'moot' {OF_ASKED} 'seen_reminder'", tells("seen_late")]),
    ("P5", "it says that nobody is there to tell, of the sender", [
        f"{RUNG} fired_at = due_at, came_to = 'nobody' {OF_ASKED} 'seen_reminder'"]),
    ("P5", "it was told, and no clock says so", [SYSTEM, tells("sender_told")]),
    ("P5", "it was passed over while it was waited for", [
        f"{RUNG} fired_at = due_at, came_to = 'moot' {OF_ASKED} 'seen_reminder'"]),
    ("P5", "the second rung is climbed and the first is not", [
        SYSTEM, f"{RUNG} fired_at = due_at {OF_ASKED} 'seen_lead'",
        tells("seen_lead_told").replace("'seen_reminder'", "'seen_lead'")]),
    ("P5", "a clock ended it", [
        SYSTEM, f"UPDATE referrals_referralevent SET by_id = {BY_SYSTEM} WHERE kind = 'declined'"]),
    ("P5", "a person says that it has run out", [
        tells("expired").replace(BY_SYSTEM, "(SELECT min(id) FROM foundation_actor WHERE kind = 'member')")]),
]  # fmt: skip


def test_a_silence_that_nobody_hears_of_is_found():
    finds(scene(), SILENCES)


def test_a_crossing_without_a_handshake_is_found():
    finds(scene(), CROSSINGS)


def test_a_dead_end_is_found():
    finds(scene(), DEAD_ENDS)


NOT_THEIRS = [
    ("P8", "a need of another organization", [
        "ALTER TABLE participants_need DROP CONSTRAINT need_file_and_organization",
        "UPDATE participants_need SET organization_id = {harbor} WHERE file_id = {rosa_file}"]),
    ("P8", "a contact of another organization", [
        "ALTER TABLE participants_contact DROP CONSTRAINT contact_file_and_organization",
        "UPDATE participants_contact SET organization_id = {harbor} WHERE file_id = {rosa_file}"]),
    ("P8", "copied without a share", [
        "ALTER TABLE participants_contact DROP CONSTRAINT contact_copied_names_its_share",
        "UPDATE participants_contact SET copied = true WHERE file_id = {rosa_file}"]),
    ("P8", "a share with whom the consent does not name", ["UPDATE participants_share SET recipient_id = {harbor}"]),
    ("P8", "a share longer than its consent", ["UPDATE participants_share SET until = until + interval '1 day'"]),
    ("P8", "a share that goes on after the no", ["UPDATE participants_consent SET revoked_at = now()"]),
    ("P8", "reached by another organization's number", [
        "ALTER TABLE participants_reach DROP CONSTRAINT reach_point_and_organization",
        ("UPDATE participants_reach SET contact_point_id = (SELECT contact_point_id FROM participants_reach WHERE file_id ="
        " {lee_file}) WHERE file_id = {rosa_file}")]),
    ("P8", "a file on someone of whom nobody told", [
        ("INSERT INTO participants_participant (code, person_id, organization_id, origin, opened_by_id)"
        f" VALUES ('X', {{rosa}}, {{harbor}}, 'intake', {ACTOR})")]),
    ("P8", "a party that takes no part", [
        "UPDATE referrals_referralparty SET organization_id = {harbor} WHERE referral_id = {offered} AND side = 'receiver'"]),
    ("P8", "row security is off", ["ALTER TABLE participants_contact DISABLE ROW LEVEL SECURITY"]),
    ("P8", "a policy is gone", ["DROP POLICY wh_read ON participants_need"]),
    ("P8", "a policy lets everybody read", ["ALTER POLICY wh_read ON participants_need USING (true)"]),
    ("P8", "a policy lets everybody write", ["ALTER POLICY wh_insert ON foundation_duty WITH CHECK (true)"]),
    ("P8", "a policy forgets the class", [
        ("ALTER POLICY wh_read ON participants_listing USING"
        " (organization_id = (SELECT NULLIF(current_setting('wh.organization', true), '')::bigint))")]),
    ("P8", "one more policy", ["CREATE POLICY more ON participants_narrative TO wh_reader USING (true)"]),
    ("P8", "a policy for another role", ["ALTER POLICY wh_read ON participants_need TO PUBLIC"]),
    ("P8", "one more right", ["GRANT DELETE ON participants_consent TO wh_app"]),
    ("P8", "a right for everybody", ["GRANT SELECT ON participants_contact TO PUBLIC"]),
    ("P8", "a right for another role", ["GRANT SELECT ON participants_contact TO wh_employer"]),
    ("P8", "a right for the login itself", ["GRANT UPDATE ON participants_fileevent TO warmhandoff_app"]),
    ("P8", "a right to one column", ["GRANT UPDATE (kind) ON custody_custodyevent TO wh_app"]),
    ("P8", "a right is missing", ["REVOKE SELECT ON network_queue FROM wh_app"]),
    ("P8", "a table that nobody declared", ["CREATE TABLE notes_of_mine (name text)"]),
    ("P8", "a view around the policies", [
        "CREATE VIEW everybody AS SELECT * FROM participants_contact", "GRANT SELECT ON everybody TO wh_app"]),
]  # fmt: skip


def test_what_someone_sees_that_is_not_theirs_is_found():
    here = scene()
    with here.cast.acting("vera") as vera:
        referrals.accept(
            referral=Referral.objects.get(pk=here.offered.pk), reply=referrals.Reply("Vera"), by=vera.actor
        )
    finds(here, NOT_THEIRS)


def warmhandoff_check(*options):
    address = {}
    for alias, name in (("default", "DATABASE_URL"), ("owner", "OWNER_DATABASE_URL")):
        settled = settings.DATABASES[alias]
        port = f"&port={settled['PORT']}" if settled["PORT"] else ""
        password = f":{settled['PASSWORD']}" if settled["PASSWORD"] else ""
        address[name] = (
            f"postgresql://{LOGINS[alias]}{password}@/{settled['NAME']}?host={settled['HOST']}{port}"
        )
    return subprocess.run(
        [sys.executable, "-m", "warmhandoff", "check", *options],
        cwd=ROOT, env=os.environ | address | {"PGOPTIONS": "-c synchronous_commit=on"},  # off for the tests' own login
        capture_output=True, text=True, check=False,
    )  # fmt: skip


CORRECT = (
    "INSERT INTO participants_fileevent (file_id, organization_id, person_id, kind, detail, subject_kind, by_id, reason, supersedes_id)"
    " SELECT {file}, organization_id, {person}, '{kind}', '', '', {by}, 'mistake', id FROM participants_fileevent"
    " WHERE file_id = {{rosa_file}} AND kind = 'taken_in'"
)
SYSTEM = "(SELECT min(id) FROM foundation_actor WHERE kind = 'operator')"
CORRECTED = "supersedes_id IS NOT NULL"
OVERWRITTEN = [
    ("P7", "a correction in another file", [
        CORRECT.format(file="{sam_file}", person="{sam}", kind="struck", by="by_id")]),
    ("P7", "a correction into something else", [
        CORRECT.format(file="{rosa_file}", person="{rosa}", kind="consent_given", by="by_id")]),
    ("P7", "a correction by nobody", [
        CORRECT.format(file="{rosa_file}", person="{rosa}", kind="struck", by=SYSTEM)]),
    ("P7", "a correction that says no reason", [
        "ALTER TABLE participants_fileevent DROP CONSTRAINT fileevent_correction_says_why",
        f"UPDATE participants_fileevent SET reason = '' WHERE {CORRECTED}"]),
    ("P7", "a note corrected into one of another file", [
        (f"UPDATE participants_narrative SET about_id = {{sam_file}}, file_id = {{sam_file}} WHERE {CORRECTED}")]),
    ("P7", "a note corrected by nobody", [
        f"UPDATE participants_narrative SET written_by_id = {SYSTEM} WHERE {CORRECTED}"]),
    ("P7", "a finished step undone in another's history", [
        f"UPDATE custody_custodyevent SET person_id = {{sam}} WHERE {CORRECTED}"]),
    ("P7", "a finished step undone into another event", [
        f"UPDATE custody_custodyevent SET kind = 'released' WHERE {CORRECTED}"]),
    ("P7", "a finished step undone by nobody", [f"UPDATE custody_custodyevent SET by_id = {SYSTEM} WHERE {CORRECTED}"]),
    ("P7", "what happened to a referral corrected into something else", [
        f"UPDATE referrals_referralevent SET kind = 'accepted' WHERE {CORRECTED}"]),
    ("P7", "what happened to another referral", [
        f"UPDATE referrals_referralevent SET referral_id = {{asked}} WHERE {CORRECTED}"]),
    ("P7", "what happened to a referral corrected by nobody", [
        f"UPDATE referrals_referralevent SET by_id = {SYSTEM} WHERE {CORRECTED}"]),
    ("P7", "a no taken back that still stands", [
        ("UPDATE referrals_referralevent SET referral_id = {declined}, supersedes_id = (SELECT id FROM referrals_referralevent"
        f" WHERE referral_id = {{declined}} AND kind = 'declined') WHERE {CORRECTED}").replace("{{", "{").replace("}}", "}")]),
]  # fmt: skip


DIGEST = (
    "INSERT INTO foundation_message (code, organization_id, contact_point_id, notice, subject_kind, subject_id, message_id, state,"
    " attempts, queued_at, sent_at, kept_subject, kept_text) VALUES ('{code}', {{eastgate}}, 1, 'network.digest', 'digest', 1,"
    " '<{code}@x.example>', 'sent', 1, now() - interval '{ago}', now(), '', '')"
)
UNSENT = [
    ("P6", "a message without its job", ["DELETE FROM procrastinate_jobs WHERE task_name LIKE '%send_message'"]),
    ("P6", "a job that has ended, and nobody sent it", [
        "UPDATE procrastinate_jobs SET status = 'failed' WHERE task_name LIKE '%send_message'"]),
    ("P6", "two digests of one day", [
        DIGEST.format(code="one", ago="4 hours"), DIGEST.format(code="two", ago="1 hour")]),
]  # fmt: skip


def test_a_mail_that_nothing_sends_is_found_and_one_of_a_day_too_many():
    finds(scene(), UNSENT)


def test_a_correction_of_something_else_is_found():
    here = scene()
    correct(here)
    finds(here, OVERWRITTEN)


def test_the_command_names_what_is_broken_and_fails():
    here = scene()
    correct(here)
    clean = warmhandoff_check()
    assert clean.returncode == 0, clean.stdout + clean.stderr
    assert [line.split()[0] for line in clean.stdout.splitlines()] == sorted(ALL)
    with connections["owner"].cursor() as cursor:
        cursor.execute(LOOSE)
        for statement in (f"{CUSTODY} until = now() WHERE {OPEN}", "CREATE TABLE notes_of_mine (name text)"):
            cursor.execute(statement.format(**names_of(here)))
    broken = warmhandoff_check()
    assert broken.returncode == 1
    assert str(here.rosa.person_id) in broken.stdout and "notes_of_mine" in broken.stdout
    told = warmhandoff_check("--json")
    assert told.returncode == 1
    found = json.loads(told.stdout)
    assert [set(each) for each in found] == [{"promise", "rows", "broken"}] * len(ALL)
    broken_ones = {each["promise"] for each in found if each["broken"]}
    assert broken_ones == {"P1", "P8"}
    assert all(each["rows"] > 0 for each in found)


def test_a_database_that_is_older_is_refused_with_the_mend(transactional_db):
    newest = "(SELECT max(id) FROM django_migrations WHERE app = 'referrals')"
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"DELETE FROM django_migrations WHERE id = {newest} RETURNING app, name, applied")
        gone = cursor.fetchone()
    try:
        refused = warmhandoff_check()
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", gone)
    assert refused.returncode != 0
    assert "warmhandoff migrate" in refused.stderr and "Traceback" not in refused.stderr
