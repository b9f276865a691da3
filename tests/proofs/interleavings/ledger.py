"""What was acknowledged, and whether the database says the same: asked after each commit and each refusal."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import psycopg

from warmhandoff.foundation import promises

# All that `check` asks of rows, as one query.
PROVED = " UNION ALL ".join(
    f"SELECT '{proof.promise}' AS promise, b.what::text, b.which::text FROM ({proof.broken}) AS b(what, which)"
    for proof in promises.registered()
)
# P6: a message that waits has its one job, a job has its message; what can happen to a referral once has happened once.
_ONCE = "'seen','accepted','declined','expired','contacted','engaged','completed','ended_early','lost_contact','withdrawn','receiver_closed'"
_PAIRED = f"""
SELECT 'P6', CASE WHEN m.id IS NULL THEN 'job without its message' WHEN j.n IS NULL THEN 'message without its job'
                  ELSE 'message with several jobs' END, COALESCE(m.id, j.id)::text
FROM (SELECT id FROM foundation_message WHERE state = 'queued') m
FULL JOIN (SELECT (args->>'message_id')::bigint AS id, count(*) AS n FROM procrastinate_jobs
           WHERE task_name = 'warmhandoff.foundation.tasks.send_message' GROUP BY 1) j ON j.id = m.id
WHERE m.id IS NULL OR j.n IS DISTINCT FROM 1
UNION ALL
SELECT 'P6', 'happened twice: ' || kind, referral_id::text FROM referrals_referralevent
WHERE kind IN ({_ONCE}) AND id NOT IN (SELECT supersedes_id FROM referrals_referralevent WHERE supersedes_id IS NOT NULL)
GROUP BY kind, referral_id HAVING count(*) > CASE WHEN kind IN ('declined', 'expired')
    THEN (SELECT asked_times FROM referrals_referral r WHERE r.id = referral_id) ELSE 1 END
UNION ALL
SELECT 'P6', 'one Message-ID twice', message_id FROM foundation_message GROUP BY message_id HAVING count(*) > 1
UNION ALL
SELECT 'P6', 'asked about someone, with ' || count(m.id) || ' mails', h.id::text FROM custody_handover h
LEFT JOIN foundation_message m ON m.notice = 'custody.asked' AND m.subject_id = h.id
WHERE h.answer_due_at IS NOT NULL GROUP BY h.id HAVING count(m.id) <> CASE WHEN h.unnamed THEN 0 ELSE 1 END
UNION ALL
SELECT 'P6', 'answered, and whoever asked was not told', h.id::text FROM custody_handover h
JOIN network_membership a ON a.id = h.asked_by_id AND a.state = 'active'
WHERE h.answer_due_at IS NOT NULL AND h.state IN ('accepted', 'declined', 'expired') AND NOT EXISTS (
    SELECT 1 FROM foundation_message m WHERE m.notice = 'custody.answered' AND m.subject_id = h.id)
"""
# What is said right is no new event of its kind.
_EVENTS = """SELECT id, CASE WHEN supersedes_id IS NULL OR kind = 'struck' THEN kind ELSE 'corrected' END, referral_id
FROM referrals_referralevent"""
_CUSTODY = "SELECT id, kind FROM custody_custodyevent"
# What is said of programs and plans: there only of what was acknowledged.
_SAID = " UNION ALL ".join(
    f"SELECT '{table}', id FROM {table}"
    for table in (
        "programs_enrollmentevent", "programs_trainingevent", "programs_paidworkevent", "programs_meetingevent",
        "programs_cohortmember", "programs_attendance", "programs_timesheet", "programs_timesheetanswer", "programs_introduction",
        "casework_planevent", "casework_goal", "casework_score", "casework_appointmentevent",
    )
)  # fmt: skip
_MESSAGES = """
SELECT m.id, m.notice, CASE m.subject_kind WHEN 'referral' THEN m.subject_id WHEN 'answer_link' THEN l.referral_id
                       ELSE (SELECT k.referral_id FROM referrals_linkcode c JOIN referrals_answerlink k ON k.id = c.link_id
                             WHERE c.id = m.subject_id) END
FROM foundation_message m LEFT JOIN referrals_answerlink l ON m.subject_kind = 'answer_link' AND l.id = m.subject_id
WHERE m.subject_kind NOT IN ('handover', 'second_look', 'stalls', 'stall_link')"""
_REFERRALS = """
SELECT r.id, r.state, r.mode, s.id, v.id, l.id, l.generation, l.revoked_at IS NOT NULL AS revoked,
       m.state = 'active' AS sender_works,
       m.state = 'active' OR c.organization_id <> r.receiver_id OR EXISTS (
           SELECT 1 FROM network_queue q JOIN network_membership l ON l.id = q.lead_id AND l.state = 'active'
           WHERE q.organization_id = s.id) AS somebody_hears
FROM referrals_referral r JOIN network_organization s ON s.id = r.sender_id JOIN network_organization v ON v.id = r.receiver_id
JOIN network_membership m ON m.id = r.sender_membership_id
LEFT JOIN custody_custody c ON c.person_id = r.person_id AND c.until IS NULL
LEFT JOIN referrals_answerlink l ON l.referral_id = r.id ORDER BY r.id"""
_TIMERS = "SELECT id, due_at FROM foundation_timer WHERE fired_at IS NULL AND called_off_at IS NULL ORDER BY due_at, id"

# Which message a change has.
TOLD = {
    "sent": "referrals.received", "asked": "referrals.question_asked", "answered_question": "referrals.question_answered",
    "accepted": "referrals.answer_heard", "declined": "referrals.answer_heard", "completed": "referrals.answer_heard",
    "ended_early": "referrals.answer_heard", "lost_contact": "referrals.answer_heard",
    "reminded": "referrals.answer_reminder", "contact_late": "referrals.contact_reminder",
    "lead_told": "referrals.lead_told", "contact_lead_told": "referrals.lead_told",
    "sender_told": "referrals.silence_told", "contact_sender_told": "referrals.silence_told",
    "waitlisted": "referrals.answer_heard", "question_late": "referrals.question_waits",
    "review_reminded": "referrals.review_reminder", "review_lead_told": "referrals.lead_told",
    "review_sender_told": "referrals.silence_told",
    "seen_late": "referrals.seen_reminder", "seen_lead_told": "referrals.lead_told",
    "question_sender_told": "referrals.question_waits",
    "start_late": "referrals.still_here", "start_lead_told": "referrals.lead_told",
    "start_sender_told": "referrals.silence_told", "engaged_late": "referrals.still_here",
    "engaged_lead_told": "referrals.lead_told", "engaged_sender_told": "referrals.silence_told",
}  # fmt: skip
# Which side said it tells which message it has.
TOLD_BY_SIDE = {
    "held": ("referrals.answer_heard", "referrals.put_off"),
    "resumed": ("referrals.answer_heard", "referrals.hold_over"),
    "message": ("referrals.message_waits", "referrals.message_for_you"),
    "question_lead_told": ("referrals.question_waits",),
    "struck": ("referrals.answer_heard",),
    "decision_late": ("referrals.decision_waits",),
    "decision_lead_told": ("referrals.decision_waits",),
    "person_told": ("referrals.still_asking",),
    "contact_person_told": ("referrals.still_asking",),
    "start_person_told": ("referrals.still_asking",),
}
# Told to both sides, as far as each can be reached.
TOLD_BOTH = {
    "look_confirmed": ("referrals.look_over", "referrals.look_decided"),
    "look_rerouted": ("referrals.look_over", "referrals.look_decided"),
    "asked_again": ("referrals.asked_again", "referrals.look_decided"),
}
TO_A_LINK = {
    "answered_question",
    "reminded",
    "contact_late",
    "review_reminded",
    "seen_late",
    "start_late",
    "engaged_late",
}  # nobody is told by a link that was stopped
TO_THE_SENDER = {
    "sender_told",
    "contact_sender_told",
    "review_sender_told",
    "start_sender_told",
    "engaged_sender_told",
    "question_sender_told",
}  # nor one who no longer works there
# Heard by nobody where the receiver holds the person itself and the sender closed. A question isn't asked then.
HEARD = {"accepted", "declined", "completed", "ended_early", "lost_contact", "waitlisted"}
# Only of a referral is it said here which change has which message; what others tell is tested with their own.
OF_REFERRALS = "referrals."
# Messages of a press alone.
ON_REQUEST = {"referrals.fresh_link", "referrals.code"}

# What a verb's acknowledgement says has happened.
SAYS = {
    "take in": "taken_in", "release": "released", "add step": "next_step_set", "refer": "sent", "accept": "accepted",
    "decline": "declined", "ask": "asked", "answer_question": "answered_question", "withdraw": "withdrawn",
    "attempt": "attempted", "record_contact": "contacted", "engage": "engaged", "complete": "completed",
    "end_early": "ended_early", "lose_contact": "lost_contact", "settle": "settled", "waitlist": "waitlisted",
    "hold": "held", "resume": "resumed", "write": "message", "confirm": "confirmed",
}  # fmt: skip
# Said again on the same day, it is said right: no new one of its kind.
SAID_AGAIN = {"confirmed"}


@dataclass(frozen=True)
class Known:
    """A referral as it stood at the last commit."""

    pk: int
    state: str
    mode: str
    sender_id: int
    receiver_id: int
    link_id: int | None
    generation: int | None
    revoked: bool
    sender_works: bool
    somebody_hears: bool | None


@dataclass(frozen=True)
class Done:
    """A deed that was committed: what it is called, whether it was acknowledged as done, and the key of its form."""

    what: str
    acted: bool
    key: str = ""


@dataclass
class Ledger:
    """Reads as the owner, who sees every row."""

    owner: psycopg.Connection[Any]
    referrals: dict[int, Known] = field(default_factory=dict)
    timers: list[Any] = field(default_factory=list)
    effects: Counter[str] = field(default_factory=Counter)  # by form key
    _seen: set[Any] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._new()
        self._look()

    def after_refusal(self, what: str) -> list[str]:
        """Nothing of what was refused or rolled back is there."""
        return [f"P6 left behind by {what}: {row}" for row in self._new()]

    def after_commit(self, *done: Done) -> list[str]:
        """Of one transaction mostly; of several, where one's commit had waited for the other's."""
        new = self._new()
        before, _ = self.referrals, self._look()
        broken = [" ".join(map(str, row)) for row in self._rows(PROVED) + self._rows(_PAIRED)]
        events = Counter((kind, referral) for table, _, kind, referral in new if table == "event")
        told = Counter((notice, referral) for table, _, notice, referral in new if table == "message")
        broken += self._untold(events, told, before)
        happened = Counter(kind for table, _, kind, _ in new if table in ("event", "custody"))
        acknowledged = Counter(SAYS[each.what] for each in done if each.acted and each.what in SAYS)
        for said, times in acknowledged.items():
            # What others of them brought along, without its being what they are called by, isn't theirs to be counted.
            there = happened[said] + (happened["corrected"] if said in SAID_AGAIN else 0)
            if there < times or (there > times and len(done) == 1):
                broken.append(f"P6 acknowledged {times} {said}, and there are {there}")
        if len(done) == 1 and done[0].key and new:  # of several, nobody can say whose it is
            self.effects[done[0].key] += 1
            if self.effects[done[0].key] > 1:
                broken.append(f"P6 one form took effect twice: {done[0].what}")
        return broken

    def _untold(self, events: Counter[Any], told: Counter[Any], before: dict[int, Known]) -> list[str]:
        """Each change has exactly its message, and no message is without a change."""
        broken = []
        on_request = Counter({each: n for each, n in told.items() if each[0] in ON_REQUEST})
        if on_request.total() > 1:
            broken.append(f"P6 asked for once, sent more often: {dict(on_request)}")
        of_others = Counter({each: n for each, n in told.items() if not each[0].startswith(OF_REFERRALS)})
        left = told - on_request - of_others
        for (kind, referral), times in events.items():
            for notice in TOLD_BOTH.get(kind, ()):
                if left.pop((notice, referral), 0) > times:
                    broken.append(f"P6 {times} {kind} of referral {referral} told more often: {notice}")
            notices = TOLD_BY_SIDE.get(kind) or ((TOLD[kind],) if kind in TOLD else ())
            if not notices:
                continue
            found = sum(left.pop((notice, referral), 0) for notice in notices)
            known, was = self.referrals[referral], before.get(referral)
            excused = (
                (kind in TO_A_LINK and (known.link_id is None or known.revoked or (was and was.revoked)))
                or kind in TOLD_BY_SIDE
                or (kind in HEARD and not known.somebody_hears)
                or (kind in TO_THE_SENDER and not (known.sender_works and (was is None or was.sender_works)))
            )
            if found != times and not (excused and found == 0):
                broken.append(f"P6 {times} {kind} of referral {referral} with {found} messages")
        return broken + [f"P6 message without a change: {each}" for each in left]

    def _new(self) -> list[Any]:
        found = [("event", *row) for row in self._rows(_EVENTS)]
        found += [("custody", *row, None) for row in self._rows(_CUSTODY)]
        found += [("message", *row) for row in self._rows(_MESSAGES)]
        found += [(table, pk, "", None) for table, pk in self._rows(_SAID)]
        new = [row for row in found if row[:2] not in self._seen]
        self._seen.update(row[:2] for row in new)
        return new

    def _look(self) -> None:
        self.referrals = {row[0]: Known(*row) for row in self._rows(_REFERRALS)}
        self.timers = self._rows(_TIMERS)

    def _rows(self, sql: str) -> list[Any]:
        return self.owner.execute(sql, prepare=True).fetchall()  # type: ignore[arg-type]
