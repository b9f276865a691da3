"""Mails about a group's meetings that have moved, are called off, or are planned besides: to who comes, and to who leads them.

Neither says what meets, or where: to who comes it is an appointment, as any other. A mail tells all that has changed since it was
queued: several meetings are one mail.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, ClassVar

from django.conf import settings
from django.utils.translation import gettext as _

from warmhandoff.casework import calendar
from warmhandoff.foundation import clock
from warmhandoff.foundation.models import ContactPoint
from warmhandoff.jurisdictions import dates
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Membership
from warmhandoff.network.notices import NetworkNotice
from warmhandoff.participants.models import Contact
from warmhandoff.programs.models import Cohort, CohortMember
from warmhandoff.programs.reading.changes import Change, changes_for_leader, changes_for_member

OF_A_MEMBER, OF_A_COHORT = "group_member", "cohort"


class MeetingsChanged(NetworkNotice):
    """What is told is of the moment at which it is sent."""

    reads = ("contact", "needs", "program")
    # A group may meet on a Saturday, and be told so on a Friday that is closed.
    on_closed_days = True
    secrets: ClassVar[Mapping[str, str]] = {
        **NetworkNotice.secrets,
        "when": "[when]",
        "changes": "[when]",
        "page": "[link]",
    }

    @cached_property
    def changed(self) -> list[Change]:
        raise NotImplementedError

    def still_wanted(self) -> bool:
        return bool(self.changed)

    def context(self, language: str) -> dict[str, Any]:
        first = self.changed[0]
        return super().context(language) | {
            "number": len(self.changed),
            "is_off": first.is_off,
            "is_new": first.is_new,
            "when": dates.moment(first.was_at if first.is_off and first.was_at else first.starts_at),
            "changes": "\n".join(_said(one) for one in self.changed),
        }

    def parts(self, context: dict[str, Any]) -> Iterable[tuple[str, str]]:
        entries = [(one, self._entry(one, context)) for one in self.changed]
        stamped = clock.now()
        if len(entries) == 1:
            ((one, entry),) = entries
            return [(calendar.entry_of(one, entry, stamped=stamped), f"text/calendar; method={entry.method}")]
        text = calendar.publication_of(entries, stamped=stamped)
        return [(text, f"text/calendar; method={calendar.PUBLISH}")]

    def _entry(self, one: Change, context: dict[str, Any]) -> calendar.Entry:
        return calendar.Entry(
            method=calendar.CANCEL if one.is_off else calendar.REQUEST,
            summary=_("Appointment"),
            description=self.says(context),
            location="",
            attendee=ContactPoint.objects.get(pk=self.message.contact_point_id).value,
        )

    def says(self, context: dict[str, Any]) -> str:
        """What a calendar's entry says besides when."""
        raise NotImplementedError


def _said(one: Change) -> str:
    if one.was_at is None:
        return _("%(now)s: a new date") % {"now": dates.moment(one.starts_at)}
    if one.is_off:
        return _("%(was)s: called off") % {"was": dates.moment(one.was_at)}
    return _("%(now)s, and not %(was)s") % {
        "now": dates.moment(one.starts_at),
        "was": dates.moment(one.was_at),
    }


class MemberTold(MeetingsChanged):
    """To who comes: an appointment of theirs has moved, is called off or is planned besides, or several. The subject is their place in the group."""

    name = "programs.meetings_changed"
    template = "programs/notices/meetings_changed"

    @cached_property
    def member(self) -> CohortMember:
        return CohortMember.objects.select_related("file", "organization").get(pk=self.message.subject_id)

    @cached_property
    def changed(self) -> list[Change]:
        return changes_for_member(self.member, since=self.message.queued_at)

    def sender_name(self) -> str:
        return current_place().names.participants

    def still_wanted(self) -> bool:
        quiet = Contact.objects.filter(file_id=self.member.file_id, do_not_contact=True).exists()
        return not quiet and super().still_wanted()

    def context(self, language: str) -> dict[str, Any]:
        return super().context(language) | {
            "network": current_place().names.participants,
            "phone": self.member.organization.phone,
        }

    def says(self, context: dict[str, Any]) -> str:
        return _("If you can’t come, call %(phone)s.") % context


class LeaderTold(MeetingsChanged):
    """The same, to who leads them. The subject is the group; its page is behind the sign-in."""

    name = "programs.meetings_changed_staff"
    template = "programs/notices/meetings_changed_staff"

    @cached_property
    def cohort(self) -> Cohort:
        return Cohort.objects.get(pk=self.message.subject_id)

    @cached_property
    def changed(self) -> list[Change]:
        whose = Membership.objects.filter(
            organization_id=self.cohort.organization_id, mail_id=self.message.contact_point_id
        )
        changes = [
            change
            for each in whose
            if each.is_active
            for change in changes_for_leader(each, self.cohort.pk, since=self.message.queued_at)
        ]
        return list({one.code: one for one in changes}.values())

    def context(self, language: str) -> dict[str, Any]:
        return super().context(language) | {
            "page": f"{settings.ROOT_URL}/programs/groups/{self.cohort.code}/",
        }

    def says(self, context: dict[str, Any]) -> str:
        return str(context["page"])
