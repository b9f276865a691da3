"""The link in a mail to a service's mailbox, without an account (`foundation.mail_links`).

The link alone says whether there is room and that all is still true. Whoever wants to change words first shows with the code
that the mailbox is theirs.
"""

from __future__ import annotations

from warmhandoff.directory.models import ServiceLink
from warmhandoff.foundation import mail_links
from warmhandoff.foundation.mail_links import Opened


def open_token(token: str) -> Opened[ServiceLink] | None:
    return mail_links.open_token(ServiceLink.objects.select_related("organization", "service"), token)
