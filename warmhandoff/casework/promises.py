"""What `warmhandoff check` proves of casework."""

from __future__ import annotations

from warmhandoff.foundation.promises import Proof, proves
from warmhandoff.participants.promises import corrections
from warmhandoff.participants.under_a_file import differs

# Table, vocabulary and column of the word whose class a row has.
OF_A_WORD = (
    ("servicegiven", "service_given", "code"),
    ("rating", "scale_domain", "domain"),
    ("ready", "ready_item", "item"),
    ("goal", "scale_domain", "domain"),
)
# Table, the one it belongs to, by which key, and whether that one has a class too.
OF_A_ROW = (
    ("coachingsession", "servicegiven", "service_id", False),
    ("planevent", "plan", "plan_id", False),
    ("goal", "plan", "plan_id", False),
    ("hopedoutcome", "goal", "goal_id", True),
    ("score", "hopedoutcome", "outcome_id", True),
)


def _of_its_class(table: str, vocabulary: str, column: str) -> Proof:
    """Who reads a row is who reads the class of the word that it names."""
    return Proof(
        "P8",
        "no one sees what is not theirs",
        f"SELECT count(*) FROM casework_{table}",
        f"""SELECT '{table} of another class than its word', r.id::text FROM casework_{table} r
            LEFT JOIN foundation_term t ON t.vocabulary = '{vocabulary}' AND t.code = r.{column}
            WHERE t.data_class IS DISTINCT FROM r.data_class""",
    )


def _of_its_file(table: str, above: str, key: str, has_class: bool) -> Proof:
    other_class = " OR a.data_class <> r.data_class" if has_class else ""
    return Proof(
        "P8",
        "no one sees what is not theirs",
        f"SELECT count(*) FROM casework_{table}",
        f"""SELECT '{table} of another file than what it belongs to', r.id::text FROM casework_{table} r
            JOIN casework_{above} a ON a.id = r.{key} WHERE a.file_id <> r.file_id{other_class}""",
    )


proves(
    *(_of_its_class(*each) for each in OF_A_WORD),
    *(_of_its_file(*each) for each in OF_A_ROW),
    differs("casework_servicegiven", "service given"),
    differs("casework_coachingsession", "coaching session"),
    differs("casework_rating", "rating"),
    differs("casework_ready", "mark of readiness"),
    differs("casework_plan", "plan"),
    differs("casework_planevent", "event of a plan"),
    differs("casework_goal", "goal"),
    differs("casework_hopedoutcome", "hoped-for outcome"),
    differs("casework_score", "score"),
    corrections("casework_servicegiven", "by_id", "e.file_id = n.file_id AND NOT e.struck"),
    corrections("casework_rating", "by_id", "e.file_id = n.file_id AND e.domain = n.domain"),
    corrections("casework_ready", "by_id", "e.file_id = n.file_id AND e.item = n.item"),
    corrections("casework_score", "by_id", "e.file_id = n.file_id AND e.outcome_id = n.outcome_id"),
)


def _as_last_said(table: str, of: str, said: str, noun: str) -> Proof:
    """What stands in a row is what the last of its events says, which nobody can change; `said` compares the two."""
    return Proof(
        "P7",
        "nothing is overwritten",
        f"SELECT count(*) FROM casework_{table}",
        f"""SELECT '{noun} that its last event does not say', t.id::text FROM casework_{table} t
            LEFT JOIN LATERAL (SELECT * FROM casework_{table}event e WHERE e.{of}_id = t.id AND NOT EXISTS (
                SELECT 1 FROM casework_{table}event c WHERE c.supersedes_id = e.id) ORDER BY e.id DESC LIMIT 1) e ON true
            WHERE e.id IS NULL OR NOT ({said})""",
    )


proves(
    differs("casework_appointment", "appointment"),
    differs("casework_appointmentevent", "event of an appointment"),
    differs("casework_clearance", "record clearance"),
    differs("casework_clearanceevent", "event of a record clearance"),
    corrections(
        "casework_appointmentevent", "by_id", "e.file_id = n.file_id AND e.appointment_id = n.appointment_id"
    ),
    corrections(
        "casework_clearanceevent", "by_id", "e.file_id = n.file_id AND e.clearance_id = n.clearance_id"
    ),
    _as_last_said(
        "appointment",
        "appointment",
        "t.starts_at = e.starts_at AND t.state = CASE WHEN e.kind IN ('made', 'moved') THEN 'planned' ELSE e.kind END",
        "appointment",
    ),
    _as_last_said("clearance", "clearance", "t.state = e.state", "record clearance"),
)


def _scored_at_its_end() -> Proof:
    """Of a plan that has ended it is said how each hoped-for outcome came out: none is left out."""
    return Proof(
        "P7",
        "nothing is overwritten",
        "SELECT count(*) FROM casework_hopedoutcome",
        """SELECT 'outcome of an ended plan that nobody scored', h.id::text FROM casework_hopedoutcome h
           JOIN casework_goal g ON g.id = h.goal_id JOIN casework_plan p ON p.id = g.plan_id
           WHERE p.ended_on IS NOT NULL AND NOT EXISTS (SELECT 1 FROM casework_score s WHERE s.outcome_id = h.id)""",
    )


proves(_scored_at_its_end())
