"""What `warmhandoff check` proves of casework."""

from __future__ import annotations

from warmhandoff.foundation.promises import proves
from warmhandoff.participants.promises import corrections
from warmhandoff.participants.under_a_file import differs

proves(
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
