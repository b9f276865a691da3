"""What was recorded wrongly is said right: by whoever wrote it down, or a lead there, once, with the reason; and a referral goes
back to where it stood only together with such a correction. And the network's office may name another place to whoever holds the
person, without learning who it is."""

from importlib import import_module
from typing import ClassVar

from django.db import migrations, models

kept = import_module("warmhandoff.participants.migrations.0012_corrections_kept")
promises = import_module("warmhandoff.referrals.migrations.0002_promises")

EVENTS = (
    "sent", "seen", "asked", "answered_question", "accepted", "declined", "expired", "attempted", "contacted", "engaged",
    "completed", "ended_early", "lost_contact", "withdrawn", "receiver_closed", "disposition_opened", "settled", "reminded",
    "lead_told", "sender_told", "contact_late", "contact_lead_told", "contact_sender_told", "waitlisted", "held", "resumed",
    "stage", "assigned", "message", "question_late", "question_lead_told", "review_reminded", "review_lead_told",
    "review_sender_told", "network_reminded", "suggested", "struck",
)  # fmt: skip
OUTCOMES = (
    ("re_referred", "referred elsewhere"),
    ("stays", "stays with the holder, the need is open"),
    ("person_stopped", "the person chose to stop"),
    ("met_elsewhere", "met elsewhere"),
    ("not_eligible", "not eligible anywhere in the network"),
    ("deceased", "the person died"),
    ("late_yes", "they said yes after all"),
    ("taken_back", "what ended it was recorded by mistake"),
)

# The ways back (states.TAKES_BACK): the receiver's alone, and only where what led here is struck in the same moment.
BACK = """
    IF (OLD.state, NEW.state) IN (
            ('contacted', 'accepted'), ('engaged', 'contacted'), ('engaged', 'accepted'), ('completed', 'engaged'),
            ('declined', 'sent'), ('ended_early', 'engaged'), ('ended_early', 'contacted'), ('ended_early', 'accepted'),
            ('lost_contact', 'accepted')) THEN
        IF NULLIF(current_setting('wh.organization', true), '')::bigint IS DISTINCT FROM NEW.receiver_id OR NOT EXISTS (
            SELECT 1 FROM referrals_referralevent s JOIN referrals_referralevent e ON e.id = s.supersedes_id
            WHERE s.referral_id = NEW.id AND s.kind = 'struck' AND s.recorded_at = wh_now() AND e.kind = OLD.state) THEN
            RAISE EXCEPTION 'referral % does not go back from % to % without a correction', OLD.id, OLD.state, NEW.state
                USING ERRCODE = '23514', CONSTRAINT = 'wh_p4_transition';
        END IF;
        RETURN NEW;
    END IF;
"""
NO_MOVE = "    IF OLD.state = NEW.state THEN RETURN NEW; END IF;\n"


def _function(sql: str, name: str) -> str:
    """The statement that makes this function, to be run again."""
    text = sql[sql.index(f"CREATE FUNCTION {name}(") :]
    end = min(text.index(mark) + len(mark) for mark in ("END $$;", "END\n$$") if mark in text)
    return text[:end].rstrip(";").replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1) + ";\n"


def _as_before_but(sql: str, name: str, *changes: tuple[str, str]) -> migrations.RunSQL:
    was = now = _function(sql, name)
    for old, new in changes:
        now = now.replace(old, new)
    return migrations.RunSQL(now, was)


# By its own row of the referral; what is suggested can be asked, and is another place. Whom it is about is not looked at, so
# that nothing can be learned from the answer.
SUGGESTS = """
CREATE FUNCTION wh_suggest_for_network(party bigint, service bigint, note text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    here bigint := NULLIF(current_setting('wh.organization', true), '')::bigint;
    whose bigint := NULLIF(current_setting('wh.actor', true), '')::bigint;
    asked bigint;
    offered text;
BEGIN
    SELECT p.referral_id INTO asked FROM referrals_referralparty p
        WHERE p.id = party AND p.side = 'network' AND p.organization_id = here
          AND (p.state = 'sent' OR p.waits_for = 'decision')
        FOR NO KEY UPDATE;
    SELECT s.code INTO offered FROM directory_service s
        JOIN network_organization o ON o.id = s.organization_id
        JOIN referrals_referral r ON r.id = asked
        WHERE s.id = wh_suggest_for_network.service AND s.active AND o.state = 'active' AND o.standing = 'member'
          AND s.id <> r.service_id AND s.organization_id <> r.sender_id;
    IF offered IS NULL OR EXISTS (SELECT 1 FROM referrals_referralevent e
        WHERE e.referral_id = asked AND e.kind = 'suggested' AND e.detail = offered) THEN
        RETURN false;
    END IF;
    INSERT INTO referrals_referralevent (referral_id, kind, organization_id, detail, by_id, happened_at, recorded_at, reason)
        VALUES (asked, 'suggested', here, offered, whose, wh_now(), wh_now(), '');
    IF note <> '' THEN
        INSERT INTO referrals_referralnote (referral_id, organization_id, text, written_by_id, written_at, kind, may_name)
            VALUES (asked, here, note, whose, wh_now(), 'suggestion', false);
    END IF;
    RETURN true;
END $$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("referrals", "0015_network_side_last"),
        ("participants", "0012_corrections_kept"),
        ("directory", "0005_partner_import"),
    ]
    operations: ClassVar = [
        migrations.AlterField(
            "referralevent",
            "kind",
            models.CharField(
                choices=[(kind, kind.replace("_", " ").title()) for kind in EVENTS], max_length=24
            ),
        ),
        migrations.AlterField(
            "referralnote",
            "kind",
            models.CharField(
                choices=[(kind, kind.title()) for kind in ("question", "reply", "message", "suggestion")],
                default="message",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            "disposition", "outcome", models.CharField(blank=True, choices=OUTCOMES, max_length=16)
        ),
        migrations.AddConstraint(
            "referralevent",
            models.UniqueConstraint(
                fields=["supersedes"],
                condition=models.Q(supersedes__isnull=False),
                name="referralevent_corrected_once",
            ),
        ),
        kept._correction(
            "referrals_referralevent",
            "by_id",
            "e.referral_id = NEW.referral_id AND NEW.kind IN (e.kind, 'struck') AND e.kind IN"
            " ('declined', 'attempted', 'contacted', 'engaged', 'completed', 'ended_early', 'lost_contact')",
        ),
        _as_before_but(
            promises.FOLLOWED,
            "wh_assert_followed",
            ("'late_yes') = 'late_yes'", "'late_yes') IN ('late_yes', 'taken_back')"),
        ),
        _as_before_but(promises.MACHINE, "wh_guard_referral_moved", (NO_MOVE, NO_MOVE + BACK.lstrip("\n"))),
        _as_before_but(
            promises.DECISIONS,
            "wh_guard_decision",
            ("NEW.outcome = 'late_yes'", "NEW.outcome IN ('late_yes', 'taken_back')"),
        ),
        migrations.RunSQL(SUGGESTS, "DROP FUNCTION wh_suggest_for_network(bigint, bigint, text)"),
    ]
