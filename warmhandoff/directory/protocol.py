"""What happens by itself in the directory, as data: its timers, its duties, and how long codes and links are good."""

from __future__ import annotations

# What timers and duties are about.
STATEMENT = "room_statement"
CHANGE = "service_change"
LINK = "service_link"
LINK_CODE = "service_link_code"

# The step of a statement's timer: the mailbox is asked whether it is still true, before it lapses.
ASK_AGAIN = "ask_again"
# The duty of the network's office: read a change of substance and decide. Due like an answer.
REVIEW = "review_service"
REVIEW_WITHIN = "answer"

CODE_MINUTES = 10
CODE_TRIES = 5
GRANT_HOURS = 12
# Between two links to the same mailbox about the same service, whoever asks.
MINUTES_BETWEEN_LINKS = 10
