"""Fields that Django lacks, with errors that name the mend."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PHONE_DIGITS = range(7, 16)


@dataclass(frozen=True)
class ChoiceLabel:
    """A choice with a description under it: `(value, ChoiceLabel("Name", "Rosa M."))`."""

    label: str | Promise
    description: str | Promise = ""

    def __str__(self) -> str:
        return str(self.label)


class MemorableDateInput(forms.MultiWidget):
    """Month, day and year apart: nobody has to guess an order or steer a calendar to 1962."""

    template_name = "forms/widgets/memorable_date.html"

    def __init__(self, attrs: dict[str, Any] | None = None, *, birth_date: bool = False) -> None:
        def part(css_class: str, length: int, autocomplete: str) -> forms.TextInput:
            known = {"autocomplete": f"bday-{autocomplete}"} if birth_date else {}
            return forms.TextInput(
                attrs={
                    "class": f"usa-input {css_class}",
                    "inputmode": "numeric",
                    "maxlength": length,
                    **known,
                }
            )

        months = [("", _("Month")), *MONTHS.items()]
        known = {"autocomplete": "bday-month"} if birth_date else {}
        super().__init__(
            {
                "month": forms.Select(attrs={"class": "usa-select", **known}, choices=months),
                "day": part("usa-input--2xs", 2, "day"),
                "year": part("usa-input--xs", 4, "year"),
            },
            attrs,
        )

    def decompress(self, value: date | None) -> list[Any]:
        return [value.month, value.day, value.year] if value else ["", "", ""]


class MemorableDateField(forms.Field):
    """A date in three parts. `earliest` and `latest` are asked at cleaning time, since the clock moves."""

    widget = MemorableDateInput
    default_error_messages = {
        "required": _("Enter the date: month, day and year."),
        "missing": _("The date needs its %(parts)s too."),
        "day": _("Write the day as a number from 1 to 31."),
        "year": _("Write the year with four digits, like 1990."),
        "impossible": _(
            "%(month)s %(day)s, %(year)s is not a day on the calendar. Check the day and the month."
        ),
        "too_early": _("This date is too long ago. Check the year."),
        "too_late": _("This date is too far ahead. Check the year."),
    }
    part_names = (_("month"), _("day"), _("year"))

    def __init__(
        self,
        *,
        earliest: Callable[[], date] | None = None,
        latest: Callable[[], date] | None = None,
        **kwargs: Any,
    ) -> None:
        self.earliest, self.latest = earliest, latest
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        if value is None or isinstance(value, date):
            return value
        parts = [str(part or "").strip() for part in value]
        if not any(parts):
            return None
        missing = [str(name) for name, part in zip(self.part_names, parts, strict=True) if not part]
        if missing:
            raise self._wrong("missing", parts=", ".join(missing))
        return self._real_day(*parts)

    def _real_day(self, month: str, day: str, year: str) -> date:
        if not re.fullmatch(r"[0-9]{1,2}", day) or not 1 <= int(day) <= 31:
            raise self._wrong("day")
        if not re.fullmatch(r"[0-9]{4}", year):
            raise self._wrong("year")
        if not re.fullmatch(r"[0-9]{1,2}", month) or int(month) not in MONTHS:
            raise self._wrong("missing", parts=str(self.part_names[0]))
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            raise self._wrong("impossible", month=MONTHS[int(month)], day=int(day), year=year) from None

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is None:
            return
        if self.earliest and value < self.earliest():
            raise self._wrong("too_early")
        if self.latest and value > self.latest():
            raise self._wrong("too_late")

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(initial != self.to_python(data))
        except ValidationError:
            return True

    def _wrong(self, code: str, **params: object) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params=params)


class PhoneField(forms.CharField):
    """A phone number as people write it; what is wrong with it is said, what is merely untidy is left alone."""

    widget = forms.TelInput
    default_error_messages = {"phone": _("Write the phone number with its digits, like 213-555-0123.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 32)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        if text and (
            re.search(r"[^0-9+().\-\s]", text) or len(re.findall(r"[0-9]", text)) not in PHONE_DIGITS
        ):
            raise ValidationError(self.error_messages["phone"], code="phone")
        return text
