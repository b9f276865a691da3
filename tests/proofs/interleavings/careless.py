"""Half a verb, written as the app's own login may write: what the promise triggers are there to refuse.

The verbs of the product don't leave anything half done, so they alone would not show that a trigger is missing. Each of these is
refused while the trigger stands; the controls drop one trigger, and the proofs must find what came of it.
"""

from __future__ import annotations

import random
from typing import Any

from tests.proofs.scene import sql, value
from warmhandoff.network.access import Member

NOTHING = "nothing there"


def _person(w: Any, r: random.Random) -> Any:
    held = value("SELECT array_agg(person_id ORDER BY id) FROM custody_custody WHERE until IS NULL")
    return r.choice(held) if held else None


def _end_custody(w: Any, r: random.Random, m: Member) -> Any:
    return (
        sql(
            "UPDATE custody_custody SET until = wh_now() WHERE until IS NULL AND person_id = %s",
            _person(w, r),
        )
        or NOTHING
    )


def _close_person(w: Any, r: random.Random, m: Member) -> Any:
    return (
        sql(
            "UPDATE participants_person SET closed_at = wh_now(), close_reason = 'needs_met' WHERE closed_at IS NULL AND id = %s",
            _person(w, r),
        )
        or NOTHING
    )


def _close_next_step(w: Any, r: random.Random, m: Member) -> Any:
    return sql(
        """UPDATE foundation_duty SET closed_at = wh_now(), closed_by_id = %s, closed_how = 'done' WHERE closed_at IS NULL
           AND id = (SELECT next_step_id FROM custody_custody WHERE until IS NULL AND person_id = %s)""",
        m.actor.pk, _person(w, r),
    ) or NOTHING  # fmt: skip


def _end_referral(state: str, side: str, also: str) -> Any:
    def end(w: Any, r: random.Random, m: Member) -> Any:
        found = value(
            f"SELECT array_agg(id ORDER BY id) FROM referrals_referral WHERE state IN ('sent') AND {side}_id = %s",
            m.organization_id,
        )
        if not found:
            return NOTHING
        return sql(
            f"UPDATE referrals_referral SET state = '{state}', ended_at = wh_now(), end_reason = 'full' {also} WHERE id = %s",
            r.choice(found),
        ) or NOTHING  # fmt: skip

    return end


def _take_back_alone(w: Any, r: random.Random, m: Member) -> Any:
    found = value(
        "SELECT array_agg(id ORDER BY id) FROM referrals_referral WHERE state = 'declined' AND receiver_id = %s",
        m.organization_id,
    )
    if not found:
        return NOTHING
    return sql(
        "UPDATE referrals_referral SET state = 'sent', ended_at = NULL, answered_at = NULL, end_reason = '' WHERE id = %s",
        r.choice(found),
    ) or NOTHING  # fmt: skip


def _accept_handover(w: Any, r: random.Random, m: Member) -> Any:
    found = value(
        "SELECT array_agg(id ORDER BY id) FROM custody_handover WHERE state = 'offered' AND to_organization_id = %s",
        m.organization_id,
    )
    if not found:
        return NOTHING
    return (
        sql(
            "UPDATE custody_handover SET state = 'accepted', settled_at = wh_now() WHERE id = %s",
            r.choice(found),
        )
        or NOTHING
    )


def _forget_decision(w: Any, r: random.Random, m: Member) -> Any:
    return sql(
        """UPDATE foundation_duty SET closed_at = wh_now(), closed_by_id = %s, closed_how = 'done' WHERE closed_at IS NULL
           AND id IN (SELECT duty_id FROM referrals_disposition WHERE settled_at IS NULL AND organization_id = %s)
           AND id NOT IN (SELECT next_step_id FROM custody_custody WHERE until IS NULL)""",
        m.actor.pk, m.organization_id,
    ) or NOTHING  # fmt: skip


def _revoke_halfway(w: Any, r: random.Random, m: Member) -> Any:
    found = value(
        """SELECT array_agg(DISTINCT c.id) FROM participants_consent c JOIN participants_share s ON s.consent_id = c.id
           WHERE c.revoked_at IS NULL AND s.revoked_at IS NULL AND c.organization_id = %s""",
        m.organization_id,
    )
    if not found:
        return NOTHING
    return (
        sql("UPDATE participants_consent SET revoked_at = wh_now() WHERE id = %s", r.choice(found)) or NOTHING
    )


ATTEMPTS = {
    "custody ended": _end_custody,
    "person closed": _close_person,
    "next step closed": _close_next_step,
    "declined alone": _end_referral("declined", "receiver", ", answered_at = wh_now()"),
    "withdrawn alone": _end_referral("withdrawn", "sender", ""),
    "taken back alone": _take_back_alone,
    "handover accepted alone": _accept_handover,
    "decision forgotten": _forget_decision,
    "consent taken back alone": _revoke_halfway,
}
# Receivers' half verbs: most of what is sent goes to Valley. The others: most people are with Denise.
USUALLY_BY = {"declined alone": "vera", "taken back alone": "vera", "handover accepted alone": "vera"}
