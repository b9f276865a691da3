"""The forms of appointments."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from warmhandoff.casework.actions.appointments import IN_PERSON, LONGEST_AHEAD_DAYS, When
from warmhandoff.casework.models import Appointment
from warmhandoff.directory.models import Location
from warmhandoff.foundation import terms
from warmhandoff.jurisdictions import dates
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Membership
from warmhandoff.network.reading import staff_of
from warmhandoff.network.roles import Permission, may
from warmhandoff.participants.correcting import Reason
from warmhandoff.programs.scheduling import next_open_day
from warmhandoff.web.forms import ChoiceLabel, MemorableDateField, OneUseKeyForm
from warmhandoff.web.people.noted import words_of_reason
from warmhandoff.web.today import said

EARLIEST_HOUR, LATEST_HOUR = 6, 21
LENGTHS = (15, 30, 45, 60, 90, 120, 180, 240)


def _hours() -> list[tuple[str, str]]:
    """Each quarter of an hour of a day on which people meet."""
    quarters = [
        time(hour, minute) for hour in range(EARLIEST_HOUR, LATEST_HOUR) for minute in (0, 15, 30, 45)
    ]
    return [("", _("Choose")), *((f"{one:%H:%M}", dates.hour(one)) for one in quarters)]


def spoken_length(minutes: int) -> str:
    if minutes % 60 == 0:
        hours = minutes // 60
        return ngettext("%(number)s hour", "%(number)s hours", hours) % {"number": hours}
    return ngettext("%(number)s minute", "%(number)s minutes", minutes) % {"number": minutes}


def _day_field() -> MemorableDateField:
    return MemorableDateField(
        label=gettext_lazy("Which day?"),
        earliest=said.today,
        latest=lambda: said.today() + timedelta(days=LONGEST_AHEAD_DAYS),
        error_messages={
            "too_early": gettext_lazy("This day has passed. Choose today or a later day."),
            "too_late": gettext_lazy("An appointment is at most 90 days ahead. Choose an earlier day."),
        },
    )


class WhenFields(OneUseKeyForm):
    """When one meets, for how long, how and where."""

    day = _day_field()
    # Asked for where that day is a closed one, and nowhere else.
    although_closed = forms.BooleanField(label=gettext_lazy("We meet all the same"), required=False)
    starts_at = forms.ChoiceField(label=gettext_lazy("At what time?"), choices=_hours)
    length = forms.TypedChoiceField(
        label=gettext_lazy("How long?"),
        coerce=int,
        choices=lambda: [(each, spoken_length(each)) for each in LENGTHS],
        initial=30,
    )
    how = forms.ChoiceField(
        label=gettext_lazy("How do you meet?"),
        choices=lambda: terms.choices("appointment_how"),
        widget=forms.RadioSelect,
        initial=IN_PERSON,
    )
    location = forms.ChoiceField(
        label=gettext_lazy("Where?"),
        required=False,
        help_text=gettext_lazy("For meeting in person. A calendar gets the address alone, never a name."),
    )

    def __init__(self, *args: Any, organization_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = Location.objects.filter(service__organization_id=organization_id, active=True)
        self.locations = {one.code: one for one in there.order_by("address", "id")}
        named = [(code, ChoiceLabel(one.address, one.name)) for code, one in self.locations.items()]
        self.fields["location"].choices = [("", _("Agreed with them")), *named]  # type: ignore[attr-defined]

        if not self.is_bound:
            del self.fields["although_closed"]

    def clean(self) -> dict[str, Any]:
        """An appointment may be on a holiday, where somebody has seen that it is one."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        day = data.get("day")
        if day is None or day not in current_place().closed_days:
            del self.fields["although_closed"]
        elif not data.get("although_closed"):
            facts = {"day": dates.full_day(day), "next": dates.full_day(next_open_day(day, current_place()))}
            self.add_error(
                "although_closed",
                _("%(day)s is a holiday here: everything is closed. The next open day is %(next)s.") % facts,
            )
        return data

    def when(self) -> When:
        data = self.cleaned_data
        moment = datetime.combine(data["day"], time.fromisoformat(data["starts_at"]), current_place().zone)
        in_person = data["how"] == IN_PERSON
        return When(
            starts_at=moment.astimezone(UTC),
            length=timedelta(minutes=data["length"]),
            how=data["how"],
            location=self.locations.get(data["location"]) if in_person else None,
        )

    @staticmethod
    def initial_of(appointment: Appointment) -> dict[str, Any]:
        local = current_place().local(appointment.starts_at)
        return {
            "day": local.date(),
            "starts_at": f"{local:%H:%M}",
            "length": int((appointment.ends_at - appointment.starts_at).total_seconds()) // 60,
            "how": appointment.how,
            "location": appointment.location.code if appointment.location else "",
        }


class AppointmentForm(WhenFields):
    """A new one."""

    about = forms.ChoiceField(
        label=gettext_lazy("What is it about?"),
        choices=lambda: [("", _("Choose")), *terms.choices("appointment_about")],
        help_text=gettext_lazy("Peer mentors read this too. No calendar and no mail says it."),
    )
    staff = forms.ChoiceField(label=gettext_lazy("With whom?"))
    by_mail = forms.BooleanField(
        label=gettext_lazy("They want it by mail"),
        required=False,
        help_text=gettext_lazy("Their calendar gets it, with each change, and a reminder on the day before."),
    )
    order = ("about", "staff", "day", "although_closed", "starts_at", "length", "how", "location", "by_mail")

    def __init__(
        self, *args: Any, organization_id: int, has_mail: bool, me: Membership, **kwargs: Any
    ) -> None:
        super().__init__(*args, organization_id=organization_id, **kwargs)
        self.colleagues = {
            one.code: one for one in staff_of(organization_id) if may(one.role, Permission.RECORD_CONTACT)
        }
        self.fields["staff"].choices = [(code, one.user.name) for code, one in self.colleagues.items()]  # type: ignore[attr-defined]
        self.initial.setdefault("staff", me.code)
        if not has_mail:
            del self.fields["by_mail"]
        self.order_fields(self.order)

    def with_(self) -> Membership:
        return self.colleagues[self.cleaned_data["staff"]]


class CallOffForm(OneUseKeyForm):
    """Why it is called off."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why?"),
        choices=lambda: terms.choices("appointment_cancelled"),
        widget=forms.RadioSelect,
    )


class SetRightForm(OneUseKeyForm):
    """It was the other of the two."""

    reason = forms.ChoiceField(
        label=gettext_lazy("What was wrong?"),
        choices=lambda: [
            (one.value, words_of_reason(one))
            for one in (Reason.MISTYPED, Reason.WRONG_OUTCOME, Reason.WRONG_PERSON)
        ],
        widget=forms.RadioSelect,
    )
