"""Mails to a person themself. They name nobody and no organization: whoever looks over a shoulder reads that a page is there."""

from __future__ import annotations

from typing import Any

from warmhandoff.foundation import clock
from warmhandoff.foundation.mail_links import address_of, digits_of
from warmhandoff.foundation.messages import Urgency
from warmhandoff.jurisdictions import dates
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.notices import NetworkNotice
from warmhandoff.participants.own_page import OwnCode, OwnLink


class PersonNotice(NetworkNotice):
    """It carries the name that the place uses towards participants."""

    def sender_name(self) -> str:
        return current_place().names.participants

    def context(self, language: str) -> dict[str, Any]:
        return {"network": current_place().names.participants}


class OwnPageNotice(PersonNotice):
    """With the link to their own page. The subject is the link."""

    def link(self) -> OwnLink:
        return OwnLink.objects.get(pk=self.message.subject_id)

    def still_wanted(self) -> bool:
        link = self.link()
        return link.revoked_at is None and link.dies_at > clock.now()

    def context(self, language: str) -> dict[str, Any]:
        link = self.link()
        return super().context(language) | {"link": address_of(link), "until": dates.day_of(link.dies_at)}


class OwnPage(OwnPageNotice):
    """Their page, because they asked for it."""

    name = "participants.own_page"
    template = "participants/notices/own_page"
    urgency = Urgency.NOW


class PageAsks(OwnPageNotice):
    """Something waits for their yes or no."""

    name = "participants.page_asks"
    template = "participants/notices/page_asks"


class OwnPageCode(PersonNotice):
    """The six digits, to the same mailbox. Without the link: each alone opens nothing."""

    name = "participants.own_code"
    template = "participants/notices/own_code"
    urgency = Urgency.NOW

    def _row(self) -> OwnCode:
        return OwnCode.objects.get(pk=self.message.subject_id)

    def still_wanted(self) -> bool:
        row = self._row()
        return row.used_at is None and row.expires_at > clock.now()

    def context(self, language: str) -> dict[str, Any]:
        row = self._row()
        return super().context(language) | {"code": digits_of(row), "until": dates.moment(row.expires_at)}
