"""The answer link: behind a mail about a referral, without an account (`foundation.mail_links`).

It shows the least that an answer needs; the code, sent to the same mailbox, shows the name to one browser for twelve hours.
"""

from __future__ import annotations

from warmhandoff.foundation import mail_links
from warmhandoff.foundation.mail_links import Opened
from warmhandoff.referrals.models import AnswerLink


def open_token(token: str) -> Opened[AnswerLink] | None:
    """The link behind a token. Without the referral: whoever opens a link is nobody yet, and nobody may read one."""
    return mail_links.open_token(AnswerLink.objects.select_related("organization"), token)
