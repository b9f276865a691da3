"""What this room asks of whoever works with a person, and by when: its kinds of duty."""

from django.utils.translation import gettext_lazy as _

from warmhandoff.foundation import duties
from warmhandoff.foundation.duties import Kind

# Somebody asked to take part; somebody waits for a place; nobody has served somebody for long.
DECIDE_ENROLLMENT = "decide_enrollment"
REVIEW_PLACE = "review_place"
NEAR_EXIT = "near_exit"
# So long before the program's rule counts somebody as out, it comes up on Today.
WARNS_BEFORE_DAYS = 14

# A training that was to begin, or to end, by now: did it?
TRAINING_BEGINS = "training_begins"
TRAINING_ENDS = "training_ends"

# A group meets, and somebody leads it and says who came.
LEAD_MEETING = "lead_meeting"
# Somebody missed two meetings of their group in a row.
MISSED_TWICE = "missed_twice"

# Paid work that was to begin; the hours of a week; what a worksite has not said yet, or sent back; a mail that no worksite got.
WORK_BEGINS = "work_begins"
WRITE_HOURS = "write_hours"
AWAIT_HOURS = "await_hours"
MEND_HOURS = "mend_hours"
CALL_WORKSITE = "call_worksite"
# A worksite that has said nothing to hours is mailed again after so many business days; after the last of them, whoever works
# with the person has it on Today.
WORKSITE_REMINDED_AFTER = (2, 4)

duties.name(
    {
        DECIDE_ENROLLMENT: Kind(_("Decide whether somebody takes part")),
        REVIEW_PLACE: Kind(_("Look at a list for a program again")),
        NEAR_EXIT: Kind(_("Somebody has had no service for long")),
        TRAINING_BEGINS: Kind(_("Say whether a training has begun")),
        TRAINING_ENDS: Kind(_("Say how a training goes")),
        LEAD_MEETING: Kind(_("Lead a group, and say who came"), for_all=True),
        MISSED_TWICE: Kind(_("Call somebody who missed their group twice")),
        WORK_BEGINS: Kind(_("Say whether paid work has begun")),
        WRITE_HOURS: Kind(_("Write down the hours of a week")),
        AWAIT_HOURS: Kind(_("Hours that a worksite has not approved"), waits=True),
        MEND_HOURS: Kind(_("Hours that a worksite sent back")),
        CALL_WORKSITE: Kind(_("A mail to a worksite that did not arrive")),
    }
)
