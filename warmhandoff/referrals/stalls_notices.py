"""Mails about what has stalled: how many, and one link. None says who, or for what."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import ngettext_lazy

from warmhandoff.foundation import clock
from warmhandoff.foundation.mail_links import address_of, digits_of
from warmhandoff.foundation.messages import Urgency
from warmhandoff.jurisdictions import dates
from warmhandoff.network.notices import NetworkNotice, office_phone
from warmhandoff.referrals import stalls
from warmhandoff.referrals.models import StallLink, StallLinkCode


class HowItGoes(NetworkNotice):
    """To the mailbox that answers for them: so many have stalled. The subject is a stall link."""

    name = "referrals.how_it_goes"
    template = "referrals/notices/how_it_goes"

    def link_row(self) -> StallLink:
        return StallLink.objects.select_related("organization").get(pk=self.message.subject_id)

    def still_wanted(self) -> bool:
        link = self.link_row()
        return link.revoked_at is None and stalls.asked_here(link).exists()

    def context(self, language: str) -> dict[str, Any]:
        link = self.link_row()
        asked = stalls.asked_here(link)
        due = asked.order_by("-due_at").first()
        return super().context(language) | {
            "number": asked.count(),
            "receiver": link.organization.name,
            "phone": office_phone(),
            "due": dates.day_of(due.due_at) if due and due.due_at > clock.now() else "",
            "link": address_of(link),
        }


class HowItGoesCode(NetworkNotice):
    """The six digits, to the same mailbox. Without the link: each alone opens nothing."""

    name = "referrals.how_it_goes_code"
    template = "referrals/notices/how_it_goes_code"
    urgency = Urgency.NOW

    def row(self) -> StallLinkCode:
        return StallLinkCode.objects.select_related("link__organization").get(pk=self.message.subject_id)

    def still_wanted(self) -> bool:
        row = self.row()
        return row.used_at is None and row.expires_at > clock.now()

    def context(self, language: str) -> dict[str, Any]:
        row = self.row()
        return super().context(language) | {
            "receiver": row.link.organization.name,
            "phone": office_phone(),
            "code": digits_of(row),
            "until": dates.moment(row.expires_at),
        }


class NobodyAnswered(NetworkNotice):
    """To the navigators: this organization was asked, and has not answered. The subject is the organization that was asked."""

    name = "referrals.nobody_answered"
    template = "referrals/notices/nobody_answered"
    urgency = Urgency.DIGEST
    digest_words = ngettext_lazy(
        "%(number)s organization has not said how it goes with people who were referred to it",
        "%(number)s organizations have not said how it goes with people who were referred to them",
        "number",
    )

    def _unanswered(self) -> stalls.Unanswered | None:
        theirs = self.message.subject_id
        return next((each for each in stalls.unanswered() if each.organization.pk == theirs), None)

    def still_wanted(self) -> bool:
        return self._unanswered() is not None

    def context(self, language: str) -> dict[str, Any]:
        found = self._unanswered()
        return super().context(language) | {
            "organization": found.organization.name if found else "",
            "number": len(found.codes) if found else 0,
            "page": f"{settings.ROOT_URL}/network/#unanswered",
        }
