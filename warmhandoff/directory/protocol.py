"""What happens by itself in the directory, as data: its timers and its duties."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from warmhandoff.foundation import duties
from warmhandoff.foundation.duties import Kind

# What timers and duties are about.
STATEMENT = "room_statement"
CHANGE = "service_change"
LINK = "service_link"
LINK_CODE = "service_link_code"
SERVICE = "service"

# The step of a statement's timer: the mailbox is asked whether it is still true, before it lapses.
ASK_AGAIN = "ask_again"
# The duty of the network's office: read a change of substance and decide. Due like an answer.
REVIEW = "review_service"
REVIEW_WITHIN = "answer"

# The duty of whoever wanted the words that were sent back: read the note, and say it otherwise or leave it.
MEND = "mend_service"
MEND_WITHIN = "next_step"

# The duty of whoever leads the organization's queue: say whether there is room, where no mail can ask anybody.
SAY_ROOM = "say_room"
SAY_ROOM_WITHIN = "next_step"

# Between two links to the same mailbox about the same service, whoever asks.
MINUTES_BETWEEN_LINKS = 10

duties.name(
    {
        REVIEW: Kind(_("Read new words for the directory")),
        MEND: Kind(_("Read a note about your own new words")),
        SAY_ROOM: Kind(_("Say whether there is room")),
    }
)
