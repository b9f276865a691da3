"""P7 attacked through the app's login: what happened, what was agreed and what was shared is not rewritten."""

from __future__ import annotations

import pytest

from tests import cast
from tests.cast import MONDAY
from tests.proofs.scene import DENIED, pressing, refused, run, scene, value
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Consent, Share
from warmhandoff.referrals import actions as referrals

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

HISTORY = (
    "participants_fileevent", "custody_custodyevent", "referrals_referralevent", "referrals_referralnote",
    "participants_consenthistory", "custody_custodyhistory", "referrals_referralhistory", "foundation_accesslog",
    "foundation_crossing", "referrals_referralparty", "participants_consent", "participants_share",
    "participants_narrative", "participants_filechange",
)  # fmt: skip
CHANGED = {"participants_consent", "participants_share"}  # can be taken back, and are guarded by column below
CONSENT = "UPDATE participants_consent SET"
SHARE = "UPDATE participants_share SET"


def test_history_is_neither_changed_nor_deleted():
    here = scene()
    deletes = [(f"delete from {table}", "denise", DENIED, run(f"DELETE FROM {table}")) for table in HISTORY]
    updates = [
        (f"update {table}", "denise", DENIED, run(f"UPDATE {table} SET id = id"))
        for table in HISTORY
        if table not in CHANGED
    ]
    truncates = [(f"empty {table}", "denise", DENIED, run(f"TRUNCATE {table} CASCADE")) for table in HISTORY]
    refused(here, [*deletes, *updates, *truncates])


def test_what_was_agreed_and_shared_stays_as_it_was():
    here = scene()
    with pressing(here.asked) as (link, referral):
        referrals.accept(referral=referral, reply=referrals.Reply("Jo"), by=link)
    refused(
        here,
        [
            ("one more recipient", "denise", "wh_p7_history", run(f"{CONSENT} recipients = recipients || {{harbor}}::bigint")),
            ("one more class", "denise", "wh_p7_history", run(f"{CONSENT} data_classes = data_classes || 'health'::varchar")),
            ("a longer time", "denise", "wh_p7_history", run(f"{CONSENT} expires_at = expires_at + interval '1 year'")),
            ("a no becomes a yes", "denise", "wh_p7_history", run(f"{CONSENT} refused = NOT refused")),
            ("taken back, and still shared", "denise", "wh_p8_share", run(f"{CONSENT} revoked_at = wh_now()")),
            ("a longer share", "denise", "wh_p7_history", run(f"{SHARE} until = until + interval '1 year'")),
            ("a share of something else", "denise", "wh_p7_history", run(f"{SHARE} data_class = 'health'")),
            ("a share with someone else", "denise", "wh_p7_history", run(f"{SHARE} recipient_id = {{harbor}}")),
        ],
    )  # fmt: skip
    with here.cast.acting("denise") as denise:
        participants.revoke_consent(consent=Consent.objects.get(pk=here.asked.consent_id), by=denise.actor)
        assert not Share.objects.filter(revoked_at=None).exists()
    refused(
        here,
        [
            ("agreed again by a stroke of the pen", "denise", "wh_p7_history", run(
                f"{CONSENT} revoked_at = NULL WHERE revoked_at IS NOT NULL")),
            ("shared again by a stroke of the pen", "denise", "wh_p7_history", run(f"{SHARE} revoked_at = NULL")),
        ],
    )  # fmt: skip


def test_each_version_of_custody_and_consent_is_kept():
    here = scene()
    with here.cast.acting("denise"):
        kept = value("SELECT count(*) FROM custody_custodyhistory WHERE pgh_label = 'insert'")
        assert kept == value("SELECT count(*) FROM custody_custody") > 0
        assert value("SELECT count(*) FROM participants_consenthistory") == Consent.objects.count() == 3
    with here.cast.acting("vera"):
        assert value("SELECT count(*) FROM referrals_referralhistory WHERE state = 'declined'") == 1


def test_a_correction_says_why_and_nothing_happens_in_the_future():
    here = scene()
    event = "INSERT INTO participants_fileevent (file_id, organization_id, person_id, kind, detail, subject_kind, by_id, reason"
    of = f"VALUES ({here.rosa.pk}, {{eastgate}}, {{rosa}}, 'noted', '', '', {{actor}}, ''"
    refused(
        here,
        [
            ("a correction without a reason", "denise", "fileevent_correction_says_why", run(
                f"{event}, supersedes_id) {of.replace('noted', 'taken_in')}, (SELECT min(id) FROM participants_fileevent WHERE person_id = {{rosa}}))")),
            ("tomorrow's event", "denise", "fileevent_not_in_the_future", run(
                f"{event}, happened_at) {of}, wh_now() + interval '1 day')")),
            ("tomorrow's event, recorded the day after", "denise", "fileevent_not_in_the_future", run(
                f"{event}, happened_at, recorded_at) {of}, wh_now() + interval '1 day', wh_now() + interval '2 days')")),
        ],
    )  # fmt: skip
    with (
        here.cast.acting("denise", MONDAY) as denise,
        pytest.raises(Exception, match="can't have happened yet"),
    ):
        participants.log_contact(
            file=here.rosa, how="call", by=denise.actor, happened_at=cast.MONDAY.replace(year=2027)
        )
