"""A form that begins with what stands, and finds at saving what somebody else has changed since it was opened.

    class ContactForm(Meanwhile, OneUseKeyForm): ...

    form = ContactForm(request.POST or None, initial=what_stands_now)
    if form.is_valid() and form.stands_as_opened(who_changed):
        ... save
    ... show it, with `forms/meanwhile.html` above it: nothing is saved, and nothing lost

What stood is kept in a hidden field, as the browser would send it: it tells nothing that the form doesn't show.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from django import forms
from django.utils import formats
from django.utils.translation import gettext as _

from warmhandoff.foundation import clock
from warmhandoff.web.forms.fields import MemorableDateField, MemorableDateInput


@dataclass(frozen=True)
class Both:
    """One field that somebody else changed: as it is now, and as I wrote it (empty, where I left it alone)."""

    label: str
    theirs: str
    mine: str
    was_left: bool


class Meanwhile(forms.Form):
    """Mixed into a form whose `initial` says what stands now, also where it is bound."""

    stood = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.both: list[Both] = []
        self.changed_by: Sequence[Any] = ()
        if not self.is_bound:
            self.initial["stood"] = self._kept()

    def stands_as_opened(self, who_changed: Callable[[datetime], Sequence[Any]]) -> bool:
        """Whether it may be saved. Else `both` says what differs, `changed_by` by whom, and the form goes on from there: what they
        changed and I left alone is theirs, the rest as I wrote it."""
        self.both = self.changed_meanwhile()
        if self.both:
            self.changed_by = who_changed(self.opened_at())
            self._take_theirs()
        return not self.both

    def opened_at(self) -> datetime:
        """When the form was opened; now, where that can't be told."""
        at = self._opened().get("at")
        return datetime.fromtimestamp(at, UTC) if isinstance(at, int | float) else clock.now()

    def changed_meanwhile(self) -> list[Both]:
        """What stands otherwise than when the form was opened, in the form's order; what I wrote just so is no quarrel."""
        return [
            Both(
                label=str(self.fields[name].label),
                theirs=_words(self.fields[name], now),
                mine=_words(self.fields[name], mine),
                was_left=mine == stood,
            )
            for name, stood, now, mine in self._sides()
            if now not in (stood, mine)
        ]

    def _take_theirs(self) -> None:
        data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        for name, stood, now, mine in self._sides():
            if now != stood and mine == stood:
                self._put(data, name, now)
        data[self.add_prefix("stood")] = self._kept()
        self.data = data
        self.full_clean()

    # --- What stands, stood and was typed, all as a browser sends it ----------------------------------------------

    def _sides(self) -> list[tuple[str, Any, Any, Any]]:
        """(field, as it stood, as it stands, as it was typed) of each that the form was opened with."""
        stood = self._opened().get("stood", {})
        return [
            (name, stood[name], now, self._typed(name))
            for name, now in self._stands().items()
            if name in stood
        ]

    def _opened(self) -> dict[str, Any]:
        try:
            found = json.loads(self.data.get(self.add_prefix("stood"), ""))
        except ValueError:
            return {}
        return found if isinstance(found, dict) and isinstance(found.get("stood"), dict) else {}

    def _kept(self) -> str:
        return json.dumps({"at": clock.now().timestamp(), "stood": self._stands()}, separators=(",", ":"))

    def _stands(self) -> dict[str, Any]:
        return {bound.name: _sent(bound.field, bound.initial) for bound in self.visible_fields()}

    def _typed(self, name: str) -> Any:
        widget = self.fields[name].widget
        return _sent(
            self.fields[name], widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
        )

    def _put(self, data: Any, name: str, value: Any) -> None:
        field, key = self.fields[name], self.add_prefix(name)
        if isinstance(field, MemorableDateField):
            for suffix, part in zip(_input_of(field).widgets_names, value, strict=True):  # type: ignore[attr-defined]  # the stubs lack it
                data[key + suffix] = part
        elif isinstance(value, bool):
            data.pop(key, None)
            if value:
                data[key] = "on"
        elif isinstance(value, list):
            data.setlist(key, value)
        else:
            data[key] = value


def as_typed(form: forms.Form) -> list[tuple[str, str]]:
    """(label, words) of each field that somebody filled in: for a page that can't take it any more, so that it isn't lost."""
    found = [(bound, _sent(bound.field, bound.data)) for bound in form.visible_fields()]
    return [
        (str(bound.label), _words(bound.field, value))
        for bound, value in found
        if (any(value) if isinstance(value, list) else value)
    ]


# --- As a browser sends it, and in words ----------------------------------------------------------------------------


def _sent(field: forms.Field, value: Any) -> Any:
    if isinstance(field, MemorableDateField):
        parts = value if isinstance(value, list) else _input_of(field).decompress(value)
        return [str(part or "").lstrip("0") for part in parts]
    if isinstance(field, forms.BooleanField):
        return bool(value)
    value = field.prepare_value(value)
    if isinstance(value, list | tuple | set | frozenset):
        return sorted(str(each) for each in value)
    return "" if value is None else " ".join(str(value).split())


def _words(field: forms.Field, value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(field, MemorableDateField):
        return _day(field, value)
    chosen = value if isinstance(value, list) else [value]
    labels: dict[str, str] = {str(code): str(label) for code, label in getattr(field, "choices", ())}
    return ", ".join(labels.get(each, str(each)) for each in chosen if each) or _("nothing")


def _day(field: MemorableDateField, parts: list[str]) -> str:
    if not any(parts):
        return _("nothing")
    try:
        day = field.to_python(parts)
    except forms.ValidationError:
        return " ".join(parts)
    return str(formats.date_format(day, "DATE_FORMAT")) if day else ""


def _input_of(field: MemorableDateField) -> MemorableDateInput:
    return cast(MemorableDateInput, field.widget)
