"""What `warmhandoff check` proves of programs."""

from __future__ import annotations

from warmhandoff.foundation.promises import Proof, proves
from warmhandoff.participants.promises import corrections
from warmhandoff.participants.under_a_file import differs

SAYS = "no one sees what is not theirs"


def _program_shares() -> Proof:
    """What an agency reads, it reads of somebody enrolled by its contract, who said yes to that."""
    return Proof(
        "P8",
        SAYS,
        "SELECT count(*) FROM participants_share WHERE basis = 'program'",
        """SELECT 'share that no enrollment stands behind', s.id::text FROM participants_share s
           LEFT JOIN programs_enrollment e ON s.about_kind = 'enrollment' AND e.id = s.about_id
           LEFT JOIN programs_contract k ON k.id = e.contract_id
           WHERE s.basis = 'program' AND (e.id IS NULL OR e.file_id <> s.file_id OR e.organization_id <> s.organization_id
             OR k.agency_id <> s.recipient_id
             -- Asked again, they said yes once more: what was shared by the yes before has ended.
             OR (e.consent_id IS DISTINCT FROM s.consent_id AND (s.revoked_at IS NULL OR NOT EXISTS (
                 SELECT 1 FROM participants_consent c WHERE c.id = s.consent_id AND c.file_id = s.file_id AND NOT c.refused
                    AND c.purpose = 'program' AND s.recipient_id = ANY(c.recipients)))))""",
    )


def _contracted() -> Proof:
    """Whoever takes part does so where the contract says, and said yes."""
    return Proof(
        "P8",
        SAYS,
        "SELECT count(*) FROM programs_enrollment",
        """SELECT 'enrollment beyond its contract or consent', e.id::text FROM programs_enrollment e
           LEFT JOIN programs_contract k ON k.id = e.contract_id LEFT JOIN participants_consent c ON c.id = e.consent_id
           WHERE k.id IS NULL OR k.provider_id <> e.organization_id OR k.program_id <> e.program_id
             OR (e.enrolled_on IS NOT NULL AND (c.id IS NULL OR c.refused OR c.file_id <> e.file_id))""",
    )


def _of_its_class() -> Proof:
    """What was shown is read by who reads the class of its question."""
    return Proof(
        "P8",
        "no one sees what is not theirs",
        "SELECT count(*) FROM programs_proof",
        """SELECT 'proof of another class than its question', p.id::text FROM programs_proof p
           LEFT JOIN foundation_term t ON t.vocabulary = 'eligibility_proof' AND t.code = p.shown
           WHERE t.data_class IS DISTINCT FROM p.data_class""",
    )


def _of_its_group(table: str, noun: str, key: str, parent: str) -> Proof:
    """A row of a group is of the organization whose group it is."""
    return Proof(
        "P8",
        SAYS,
        f"SELECT count(*) FROM {table}",
        f"""SELECT '{noun} of another organization''s group', t.id::text FROM {table} t
            LEFT JOIN {parent} p ON p.id = t.{key} WHERE p.id IS NULL OR p.organization_id <> t.organization_id""",
    )


def _came_as_a_member() -> Proof:
    """Who came is said of somebody who was in the group on that day, and a correction of the same."""
    return Proof(
        "P7",
        "nothing is overwritten",
        "SELECT count(*) FROM programs_attendance",
        """SELECT 'attendance of nobody''s session on that day', a.id::text FROM programs_attendance a
           JOIN programs_cohortmember m ON m.id = a.member_id LEFT JOIN programs_attendance s ON s.id = a.supersedes_id
           WHERE m.file_id <> a.file_id OR a."on" < m.joined_on OR a."on" > m.left_on
             OR (s.meeting_id, s.member_id, s.template_id) IS DISTINCT FROM (a.meeting_id, a.member_id, a.template_id)
                AND s.id IS NOT NULL""",
    )


def _training_as_told() -> Proof:
    """A training stands as what happened to it last says."""
    return Proof(
        "P7",
        "nothing is overwritten",
        "SELECT count(*) FROM programs_training",
        """SELECT 'training that its events don''t tell', t.id::text FROM programs_training t
           WHERE t.state IS DISTINCT FROM (SELECT e.state FROM programs_trainingevent e WHERE e.training_id = t.id
                                            ORDER BY e.happened_at DESC, e.id DESC LIMIT 1)""",
    )


def _approved_by_another() -> Proof:
    return Proof(
        "P7",
        "nothing is overwritten",
        "SELECT count(*) FROM programs_timesheetanswer",
        """SELECT 'hours approved by whoever wrote them down', a.id::text FROM programs_timesheetanswer a
           JOIN programs_timesheet t ON t.id = a.timesheet_id JOIN foundation_actor b ON b.id = a.by_id
           WHERE t.by_id = a.by_id OR t.file_id <> a.file_id OR b.kind NOT IN ('member', 'link')""",
    )


def _a_day_has_24_hours() -> Proof:
    """Over all that stands for somebody's day, wherever they worked."""
    return Proof(
        "P7",
        "nothing is overwritten",
        "SELECT count(*) FROM programs_timesheet",
        """SELECT 'day of more than 24 hours', t.file_id::text || ' ' || (t.week + d - 1)::text
           FROM programs_timesheet t CROSS JOIN generate_series(1, 7) AS d
           WHERE NOT EXISTS (SELECT 1 FROM programs_timesheet s WHERE s.supersedes_id = t.id)
           GROUP BY t.file_id, t.week, d HAVING sum(t.hours[d]) > 24""",
    )


def _stands_as_said() -> Proof:
    """An enrollment is in the state that was said of it last; whatever was taken back is none of it."""
    return Proof(
        "P7",
        "nothing is overwritten",
        "SELECT count(*) FROM programs_enrollment",
        """SELECT 'enrollment that stands otherwise than was said', e.id::text FROM programs_enrollment e
           WHERE e.state IS DISTINCT FROM (SELECT v.state FROM programs_enrollmentevent v WHERE v.enrollment_id = e.id
                                           ORDER BY v.id DESC LIMIT 1)""",
    )


proves(
    _program_shares(),
    _contracted(),
    _stands_as_said(),
    corrections(
        "programs_enrollmentevent",
        "by_id",
        "e.enrollment_id = n.enrollment_id AND n.kind = 'taken_back'",
    ),
    differs("programs_enrollment", "enrollment"),
    differs("programs_enrollmentevent", "event of an enrollment"),
    differs("programs_training", "training"),
    differs("programs_trainingevent", "event of a training"),
    differs("programs_credential", "credential"),
    differs("programs_cohortmember", "member of a group"),
    differs("programs_makeup", "make-up"),
    differs("programs_attendance", "attendance"),
    differs("programs_keptapart", "pair kept apart"),
    *(
        _of_its_group(f"programs_{table}", noun, "cohort_id", "programs_cohort")
        for table, noun in (
            ("weeklyslot", "hours"),
            ("cohortstaff", "facilitator"),
            ("meeting", "meeting"),
            ("cohortmember", "member"),
        )
    ),
    *(
        _of_its_group(f"programs_{table}", noun, "meeting_id", "programs_meeting")
        for table, noun in (("meetingevent", "event"), ("makeup", "make-up"), ("attendance", "attendance"))
    ),
    _came_as_a_member(),
    corrections(
        "programs_attendance",
        "by_id",
        "(e.meeting_id, e.member_id, e.template_id) = (n.meeting_id, n.member_id, n.template_id)",
    ),
    corrections(
        "programs_credential", "by_id", "e.file_id = n.file_id AND e.enrollment_id = n.enrollment_id"
    ),
    _training_as_told(),
    differs("programs_proof", "proof"),
    _of_its_class(),
    differs("programs_waiver", "waiver"),
    differs("programs_coenrollment", "co-enrollment"),
    differs("programs_paidwork", "paid work"),
    differs("programs_paidworkevent", "event of paid work"),
    differs("programs_workwage", "wage"),
    differs("programs_introduction", "introduction"),
    differs("programs_timesheet", "timesheet"),
    differs("programs_timesheetanswer", "answer to a timesheet"),
    _approved_by_another(),
    _a_day_has_24_hours(),
)


def _who_takes_part() -> Proof:
    """Whoever belongs to a group takes part, and the group goes on; so does a group with something planned."""
    return Proof(
        "P2",
        "nobody waits without a date",
        "SELECT count(*) FROM programs_cohortmember WHERE left_on IS NULL",
        """SELECT 'member of a group who takes part no more', m.id::text FROM programs_cohortmember m
           JOIN programs_enrollment e ON e.id = m.enrollment_id
           WHERE m.left_on IS NULL AND e.state NOT IN ('enrolled', 'active')
           UNION ALL
           SELECT 'member of a group that has ended', m.id::text FROM programs_cohortmember m
           JOIN programs_cohort c ON c.id = m.cohort_id WHERE m.left_on IS NULL AND c.ended_on IS NOT NULL
           UNION ALL
           SELECT 'meeting planned for a group that has ended', t.id::text FROM programs_meeting t
           JOIN programs_cohort c ON c.id = t.cohort_id WHERE t.state = 'planned' AND c.ended_on IS NOT NULL""",
    )


def _came_to_what_was_held() -> Proof:
    """Who came is said of a meeting that was not called off, and stands where it was; in UTC a meeting of the evening is a day on."""
    return Proof(
        "P7",
        "nothing is overwritten",
        "SELECT count(*) FROM programs_attendance",
        """SELECT 'attendance at a meeting that was called off, or is on another day', a.id::text FROM programs_attendance a
           JOIN programs_meeting t ON t.id = a.meeting_id
           WHERE t.state = 'cancelled' OR abs(a."on" - (t.starts_at AT TIME ZONE 'UTC')::date) > 1""",
    )


def _worked_while_it_went_on() -> Proof:
    return Proof(
        "P7",
        "nothing is overwritten",
        "SELECT count(*) FROM programs_timesheet",
        """SELECT 'hours of a day before the work began, or after it ended', t.id::text FROM programs_timesheet t
           JOIN programs_paidwork w ON w.id = t.work_id CROSS JOIN generate_series(1, 7) AS d
           WHERE t.hours[d] > 0 AND (t.week + d - 1 < w.started_on OR t.week + d - 1 > w.ended_on)
             AND NOT EXISTS (SELECT 1 FROM programs_timesheet s WHERE s.supersedes_id = t.id)""",
    )


proves(_who_takes_part(), _came_to_what_was_held(), _worked_while_it_went_on())
