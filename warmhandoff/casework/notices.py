"""Mails about an appointment: to the person, and to whom it is with. Neither names anybody, nor what it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, ClassVar

from django.conf import settings
from django.utils.translation import gettext as _

from warmhandoff.casework import calendar
from warmhandoff.casework.models import Appointment
from warmhandoff.casework.states import CANCELLED, PLANNED
from warmhandoff.foundation import clock, terms
from warmhandoff.foundation.messages import Notice
from warmhandoff.foundation.models import ContactPoint, Message
from warmhandoff.jurisdictions import dates
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.notices import NetworkNotice
from warmhandoff.participants.models import Contact

SUBJECT = "appointment"


class AppointmentNotice(NetworkNotice):
    """Its subject is the appointment; what it says is of the moment at which it is sent."""

    reads = ("contact", "needs", "program")
    # When and where somebody is to be is in the mail, and in no copy of it here.
    secrets: ClassVar[Mapping[str, str]] = {
        **NetworkNotice.secrets,
        "when": "[when]",
        "where": "[where]",
        "page": "[link]",
    }
    method = ""

    @cached_property
    def appointment(self) -> Appointment:
        of = Appointment.objects.select_related("file", "location", "membership__organization")
        return of.get(pk=self.message.subject_id)

    def still_wanted(self) -> bool:
        return self.appointment.state == PLANNED and self.appointment.starts_at > clock.now()

    def context(self, language: str) -> dict[str, Any]:
        appointment = self.appointment
        local = current_place().local(appointment.starts_at)
        return super().context(language) | {
            "when": dates.moment(appointment.starts_at),
            "hour": dates.hour(local),
            "how": terms.word("appointment_how", appointment.how, language),
            "where": appointment.location.address if appointment.location else "",
            "phone": appointment.membership.phone or appointment.membership.organization.phone,
            "moved": appointment.sequence > 0,
        }

    def parts(self, context: dict[str, Any]) -> Iterable[tuple[str, str]]:
        if not self.method:
            return ()
        entry = calendar.Entry(
            method=self.method,
            summary=_("Appointment"),
            description=self.says(context),
            location=context["where"],
            attendee=ContactPoint.objects.get(pk=self.message.contact_point_id).value,
        )
        text = calendar.entry_of(self.appointment, entry, stamped=clock.now())
        return [(text, f"text/calendar; method={self.method}")]

    def says(self, context: dict[str, Any]) -> str:
        """What the entry says besides when and where."""
        return _("%(how)s. If you can’t come, call %(phone)s.") % context


class ForThePerson(AppointmentNotice):
    """From the place's name for participants, to the mail they gave; not while they want to be left alone."""

    def sender_name(self) -> str:
        return current_place().names.participants

    def still_wanted(self) -> bool:
        quiet = Contact.objects.filter(file_id=self.appointment.file_id, do_not_contact=True).exists()
        return not quiet and super().still_wanted()

    def context(self, language: str) -> dict[str, Any]:
        return super().context(language) | {"network": current_place().names.participants}


class ForStaff(AppointmentNotice):
    """Into the calendar of whom it is with: the page behind the sign-in says with whom."""

    def context(self, language: str) -> dict[str, Any]:
        return super().context(language) | {"page": page_of(self.appointment)}

    def says(self, context: dict[str, Any]) -> str:
        return str(context["page"])


class CalledOff(AppointmentNotice):
    """It is called off: told where a calendar has it, while it is still to come there."""

    method = calendar.CANCEL

    def still_wanted(self) -> bool:
        appointment = self.appointment
        told = Message.objects.filter(
            notice__in=[each.name for each in INVITATIONS],
            subject_kind=SUBJECT,
            subject_id=appointment.pk,
            contact_point_id=self.message.contact_point_id,
            state=Message.State.SENT,
        )
        return appointment.state == CANCELLED and appointment.starts_at > clock.now() and told.exists()


class PersonInvited(ForThePerson):
    """An appointment, or that it has moved."""

    name = "casework.appointment"
    template = "casework/notices/appointment"
    method = calendar.REQUEST


class StaffInvited(ForStaff):
    """The same, to whom it is with."""

    name = "casework.appointment_staff"
    template = "casework/notices/appointment_staff"
    method = calendar.REQUEST


class PersonCalledOff(CalledOff, ForThePerson):
    """An appointment of theirs is called off."""

    name = "casework.appointment_off"
    template = "casework/notices/appointment_off"


class StaffCalledOff(CalledOff, ForStaff):
    """The same, to whom it was with."""

    name = "casework.appointment_staff_off"
    template = "casework/notices/appointment_staff_off"


class Reminder(ForThePerson):
    """On the day before, also where that is a closed one."""

    name = "casework.appointment_tomorrow"
    template = "casework/notices/appointment_tomorrow"
    on_closed_days = True


INVITATIONS: tuple[type[Notice], ...] = (PersonInvited, StaffInvited)


def page_of(appointment: Appointment) -> str:
    return f"{settings.ROOT_URL}/people/appointments/{appointment.code}/"
