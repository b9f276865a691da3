"""What a holder can owe someone, and for how long it may be put off."""

from django.utils.translation import gettext_lazy as _

from warmhandoff.foundation import duties
from warmhandoff.foundation.duties import Kind

AFTER_INTAKE = "find_place"
PLAN = "plan"
CALL = "call"
NEXT_STEP_KINDS = ("find_place", "call", "meet", "documents", "check_in", "plan")
LONGEST_WAIT_DAYS = 30

# A date that one member agreed on with somebody: it stays that member's when the person goes to another holder, until it is kept,
# moved or called off.
APPOINTMENT = "appointment"

# What two files that are put together take along although it keeps a person from being released: it is their holder's alone.
GOES_ALONG = ("carried",)

# What each side of a handover that was asked for owes, and the one step of its timer.
ANSWER_HANDOVER = "answer_handover"
AWAIT_HANDOVER = "await_handover"
ASKING_EXPIRES = "asking_expires"

duties.name(
    {
        "find_place": Kind(_("Look for a place")),
        "plan": Kind(_("Decide what is next")),
        "call": Kind(_("Call someone")),
        "meet": Kind(_("Meet someone")),
        "check_in": Kind(_("Check in with someone")),
        "documents": Kind(_("Get papers in order")),
        APPOINTMENT: Kind(_("An appointment")),
        ANSWER_HANDOVER: Kind(_("Answer a question about someone")),
        AWAIT_HANDOVER: Kind(_("A question of yours about someone"), waits=True),
    }
)
