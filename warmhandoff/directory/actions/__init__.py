"""What an organization can say of its services. Its own word on room, places and hours takes effect at once; what a service
is, whom it is for and where its referrals go waits for a reviewer, and the old words stand meanwhile."""

from warmhandoff.directory.actions.describing import (
    MOST_SEATS,
    Told,
    add_service,
    change_service,
    confirm_service,
    end_service,
    list_service,
    said_of,
)
from warmhandoff.directory.actions.listing import ToList, list_services
from warmhandoff.directory.actions.mailing import (
    TooSoon,
    ask_the_mailbox,
    fresh_link,
    mailbox_is_wrong,
    send_code,
)
from warmhandoff.directory.actions.places import (
    MOST_PLACES,
    Open,
    ToldPlace,
    add_place,
    change_place,
    remove_place,
)
from warmhandoff.directory.actions.reviewing import approve, send_back
from warmhandoff.directory.actions.room import say_room

__all__ = [
    "MOST_PLACES",
    "MOST_SEATS",
    "Open",
    "ToList",
    "Told",
    "ToldPlace",
    "TooSoon",
    "add_place",
    "add_service",
    "approve",
    "ask_the_mailbox",
    "change_place",
    "change_service",
    "confirm_service",
    "end_service",
    "fresh_link",
    "list_service",
    "list_services",
    "mailbox_is_wrong",
    "remove_place",
    "said_of",
    "say_room",
    "send_back",
    "send_code",
]
