"""The link of a worksite's supervisor, and the mail that brings it: hours wait for your word.

Mail and link say nothing of the program, the network or the person; the page behind it shows the name that the person agreed to,
days and hours (P9).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from warmhandoff.employers.models import EmployerContact
from warmhandoff.employers.notices import EmployerNotice
from warmhandoff.foundation import clock, duties, mail_links
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.mail_links import Opened, address_of
from warmhandoff.foundation.models import Actor
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.reading import queue_of
from warmhandoff.programs.models import WorksiteLink
from warmhandoff.programs.protocol import CALL_WORKSITE
from warmhandoff.programs.reading.work import waiting_for

LINK = "worksite_link"
# From the last mail on.
LIVES = timedelta(days=60)


def dies_at() -> datetime:
    return clock.now() + LIVES


def open_token(token: str) -> Opened[WorksiteLink] | None:
    """The link behind a token. Whoever opens one is nobody yet: whose it is stands under the row policies."""
    return mail_links.open_token(WorksiteLink.objects.select_related("organization"), token)


def link_for(supervisor: EmployerContact) -> WorksiteLink:
    """The supervisor's one link; it goes on living with each mail, so that last week's opens the same page."""
    link, _made = WorksiteLink.objects.get_or_create(
        supervisor=supervisor, mailbox=supervisor.mailbox, organization_id=supervisor.organization_id
    )
    WorksiteLink.objects.filter(pk=link.pk).update(dies_at=dies_at())
    return link


def still_theirs(link: WorksiteLink) -> bool:
    """Whether its supervisor is still asked, and at this mailbox."""
    return link.supervisor.active and link.supervisor.mailbox_id == link.mailbox_id


class HoursWait(EmployerNotice):
    """To a worksite's supervisor: so many weeks of hours wait. The subject is their link."""

    name = "programs.hours_wait"
    template = "programs/notices/hours_wait"
    reads = ("contact", "program")

    def _link(self) -> WorksiteLink:
        return WorksiteLink.objects.select_related("supervisor__employer").get(pk=self.message.subject_id)

    def still_wanted(self) -> bool:
        link = self._link()
        return not link.is_stopped and still_theirs(link) and bool(waiting_for(link.supervisor))

    def context(self, language: str) -> dict[str, Any]:
        link = self._link()
        return super().context(language) | {
            "supervisor": link.supervisor.name,
            "employer": link.supervisor.employer.name,
            "number": len(waiting_for(link.supervisor)),
            "link": address_of(link),
        }

    def undeliverable(self, actor: Actor) -> None:
        """No mail reaches them: somebody calls."""
        link = self._link()
        about = (LINK, link.pk)
        if duties.open_about(about, CALL_WORKSITE).exists():
            return
        duties.open_duty(
            owner=Owner(link.organization_id, queue_id=queue_of(link.organization_id).pk),
            kind=CALL_WORKSITE,
            due_at=current_place().deadline("next_step", clock.now()),
            by=actor,
            subject=about,
            detail=link.supervisor.employer.code,
        )


class HoursStillWait(HoursWait):
    """The same, some business days later: nobody has said anything to them yet."""

    name = "programs.hours_still_wait"
    template = "programs/notices/hours_still_wait"
