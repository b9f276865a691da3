"""Mails to a service's own mailbox. They speak of the service alone, never of a person."""

from __future__ import annotations

from typing import Any

from warmhandoff.directory.capacity import capacity_of
from warmhandoff.directory.models import Service, ServiceChange, ServiceLink, ServiceLinkCode
from warmhandoff.foundation import clock
from warmhandoff.foundation.mail_links import address_of, digits_of
from warmhandoff.foundation.messages import Urgency
from warmhandoff.jurisdictions import dates
from warmhandoff.network.notices import NetworkNotice, office_phone


class ServiceNotice(NetworkNotice):
    def about(self, service: Service, language: str) -> dict[str, Any]:
        return super().context(language) | {
            "service": service.in_language(language),
            "organization": service.organization.name,
            "phone": office_phone(),
        }


class StillTrue(ServiceNotice):
    """Is this still true? With the link behind which two taps answer."""

    name = "directory.still_true"
    template = "directory/notices/still_true"

    def _link(self) -> ServiceLink:
        return ServiceLink.objects.select_related("service__organization").get(pk=self.message.subject_id)

    def still_wanted(self) -> bool:
        link = self._link()
        return link.revoked_at is None and link.service.active

    def context(self, language: str) -> dict[str, Any]:
        link = self._link()
        return self.about(link.service, language) | {
            "room": capacity_of(link.service).words,
            "link": address_of(link),
        }


class ServiceCodeMail(ServiceNotice):
    """The six digits, to the same mailbox. Without the link: each alone opens nothing."""

    name = "directory.code"
    template = "directory/notices/code"
    urgency = Urgency.NOW

    def _row(self) -> ServiceLinkCode:
        return ServiceLinkCode.objects.select_related("link__service__organization").get(
            pk=self.message.subject_id
        )

    def still_wanted(self) -> bool:
        row = self._row()
        return row.used_at is None and row.expires_at > clock.now()

    def context(self, language: str) -> dict[str, Any]:
        row = self._row()
        return self.about(row.link.service, language) | {
            "code": digits_of(row),
            "until": dates.moment(row.expires_at),
        }


class SentBack(ServiceNotice):
    """The reviewer's note on a change that doesn't stand, with the link behind which it is said again."""

    name = "directory.sent_back"
    template = "directory/notices/sent_back"

    def _change(self) -> ServiceChange:
        return ServiceChange.objects.select_related("service__organization").get(pk=self.message.subject_id)

    def _link(self) -> ServiceLink | None:
        service = self._change().service
        return ServiceLink.objects.filter(service=service, mailbox_id=service.mailbox_id).first()

    def still_wanted(self) -> bool:
        link = self._link()
        return link is not None and link.revoked_at is None

    def context(self, language: str) -> dict[str, Any]:
        change, link = self._change(), self._link()
        return self.about(change.service, language) | {
            "note": change.note,
            "link": address_of(link) if link else "",
        }
