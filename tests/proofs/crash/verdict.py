"""What the database and the mail server say afterwards, against what was acknowledged. Asked as the owner, who sees every row."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connections

from tests.proofs.crash.load import Told
from warmhandoff.foundation.messages import Urgency, registered

_EVENT_OF = {"yes": "accepted", "no": "declined"}
_MESSAGES_OF = {
    "sent": "referrals.received", "asked": "referrals.question_asked", "accepted": "referrals.answer_heard",
    "declined": "referrals.answer_heard",
}  # fmt: skip


@dataclass
class Verdict:
    lost: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    stray: list[str] = field(default_factory=list)
    messages: int = 0
    digests: int = 0
    mails: int = 0
    repeats: int = 0

    @property
    def faults(self) -> list[str]:
        return [*self.lost, *self.missing, *self.twice, *self.stray]


def rows(statement: str, *values: Any) -> list[Any]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def lost_people(told: Told) -> list[str]:
    there = {row[0] for row in rows("SELECT id FROM participants_person")}
    return [f"person {each}" for each in told.people if each not in there]


def waiting_messages() -> int:
    return int(rows("SELECT count(*) FROM foundation_message WHERE state = 'queued'")[0][0])


def undecided(told: Told) -> list[int]:
    """Members whose digest of today nobody has decided."""
    decided = {row[0] for row in rows("SELECT membership_id FROM network_digest")}
    return [each for each in told.owed if each not in decided]


def reach(told: Told, mail: Path) -> Verdict:
    verdict = Verdict(lost=lost_people(told))
    _changes(verdict, told)
    _forms(verdict, told)
    _mails(verdict, mail)
    _digests(verdict, told)
    _hours(verdict, told)
    return verdict


def _changes(verdict: Verdict, told: Told) -> None:
    sent = {row[0] for row in rows("SELECT id FROM referrals_referral")}
    verdict.lost += [f"referral {each}" for each in told.referrals if each not in sent]
    texts = Counter(row[0] for row in rows("SELECT text FROM referrals_referralnote"))
    verdict.lost += [each for each in told.questions if not texts[each]]
    verdict.twice += [f"{each} {texts[each]} times" for each in told.asked if texts[each] > 1]
    answered = Counter(
        (row[0], row[1])
        for row in rows(
            "SELECT l.id, e.kind FROM referrals_referralevent e JOIN referrals_answerlink l USING (referral_id)"
            " WHERE e.kind IN ('accepted', 'declined')"
        )
    )
    for link, verb in told.answers:
        if not answered[link, _EVENT_OF[verb]]:
            verdict.lost.append(f"{verb} by link {link}")
    verdict.twice += [f"link {link} {kind} {n} times" for (link, kind), n in answered.items() if n > 1]


def _forms(verdict: Verdict, told: Told) -> None:
    """A key that was acknowledged is kept; so what it did cannot be done by it again."""
    kept = {str(row[0]) for row in rows("SELECT key FROM foundation_formkey")}
    verdict.lost += [f"form {each}" for each in told.repeated if each not in kept]


def _mails(verdict: Verdict, mail: Path) -> None:
    """Each change has its message, each message was received, and nothing was received that is no message."""
    wanted = Counter()
    for referral, kind in rows("SELECT referral_id, kind FROM referrals_referralevent"):
        if kind in _MESSAGES_OF:
            wanted[referral, _MESSAGES_OF[kind]] += 1
    found = Counter(
        (row[0], row[1])
        for row in rows(
            "SELECT CASE m.subject_kind WHEN 'referral' THEN m.subject_id ELSE l.referral_id END, m.notice"
            " FROM foundation_message m LEFT JOIN referrals_answerlink l"
            " ON m.subject_kind = 'answer_link' AND l.id = m.subject_id WHERE m.notice LIKE 'referrals.%%'"
        )
    )
    verdict.missing += [f"{notice} of referral {referral}" for referral, notice in wanted - found]
    verdict.stray += [f"{notice} of referral {referral}" for referral, notice in found - wanted]
    received = Counter(
        json.loads(line)["id"] for line in (mail.read_text("utf-8").splitlines() if mail.exists() else [])
    )
    in_digests = [each.name for each in registered() if each.urgency is Urgency.DIGEST]
    made = rows(
        "SELECT message_id, state, notice FROM foundation_message WHERE notice <> ALL (%s)", in_digests
    )
    verdict.missing += [f"{notice} {state} {each}" for each, state, notice in made if not received[each]]
    verdict.stray += [f"mail {each}" for each in received if each not in {row[0] for row in made}]
    verdict.messages, verdict.mails = len(made), received.total()
    verdict.repeats = received.total() - len(received)


def _digests(verdict: Verdict, told: Told) -> None:
    """Each member with something due has one of today: none missing, none twice."""
    made = Counter(
        row[0]
        for row in rows(
            "SELECT d.membership_id FROM foundation_message m JOIN network_digest d ON d.id = m.subject_id"
            " WHERE m.notice = 'network.digest' AND m.state = 'sent'"
        )
    )
    hired = {row[0] for row in rows("SELECT id FROM network_membership")}
    verdict.lost += [f"member {each}" for each in told.owed if each not in hired]
    verdict.missing += [f"digest of member {each}" for each in told.owed if not made[each]]
    verdict.twice += [f"digest of member {each} {n} times" for each, n in made.items() if n > 1]
    verdict.digests = sum(made[each] for each in told.owed)


def _hours(verdict: Verdict, told: Told) -> None:
    """Hours that were handed in are there, with one mail each to their supervisor; each was said to be right once."""
    handed = {
        row[0]: row[1]
        for row in rows(
            "SELECT t.id, count(m.id) FROM programs_timesheet t JOIN programs_paidwork w ON w.id = t.work_id"
            " LEFT JOIN programs_worksitelink l ON l.supervisor_id = w.supervisor_id"
            " LEFT JOIN foundation_message m ON m.subject_kind = 'worksite_link' AND m.subject_id = l.id GROUP BY t.id"
        )
    }
    verdict.lost += [f"hours {each}" for each in told.weeks if each not in handed]
    verdict.missing += [f"mail about hours {each}" for each, mails in handed.items() if not mails]
    verdict.stray += [f"{mails} mails about hours {each}" for each, mails in handed.items() if mails > 1]
    answers = Counter(
        row[0]
        for row in rows(
            "SELECT t.code FROM programs_timesheetanswer a JOIN programs_timesheet t ON t.id = a.timesheet_id"
        )
    )
    verdict.lost += [f"approval of {code}" for code in told.approved if not answers[code]]
    verdict.twice += [f"hours {code} approved {n} times" for code, n in answers.items() if n > 1]
