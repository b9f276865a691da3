"""How forms become HTML.

Django already ties `aria-describedby` to the ids `<field>_helptext` and `<field>_error`; our templates print both, always
under those ids, so that the tie holds. The bound field picks the template by the kind of its widget, which is why
third-party forms (allauth's) come out right without touching them.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from warmhandoff.web.forms.fields import MemorableDateInput

# The first match wins: a CheckboxSelectMultiple is also a RadioSelect to Django.
KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (MemorableDateInput, "memorable_date"),
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (forms.FileInput, "file"),
    (forms.Textarea, "textarea"),
    (forms.Select, "select"),
)

CSS_CLASS = {
    "input": "usa-input",
    "textarea": "usa-textarea",
    "select": "usa-select",
    "file": "file-input",
    "checkbox": "usa-checkbox__input",
    "checkboxes": "usa-checkbox__input",
    "radios": "usa-radio__input",
}

GROUPS = frozenset({"radios", "checkboxes", "memorable_date"})


def kind_of(widget: forms.Widget) -> str:
    """The name of the field template for `widget`."""
    for widget_class, kind in KINDS:
        if isinstance(widget, widget_class):
            return kind
    return "input"


class UswdsBoundField(BoundField):
    """A field with its data, that knows its template, its CSS class, and where an error's link should land."""

    @property
    def kind(self) -> str:
        return kind_of(self.field.widget)

    @property
    def template_name(self) -> str:
        return getattr(self.field, "template_name", None) or f"forms/fields/{self.kind}.html"

    @property
    def is_optional(self) -> bool:
        # A lone checkbox is an offer by nature; "(optional)" behind it would only puzzle.
        # Nor behind a field that another answer asks for (`asked_for_by`): the form's own check says when it is missing.
        asked_for = getattr(self.field, "asked_for_by", "")
        marks = getattr(self.form, "marks_optional", True)
        return marks and not self.field.required and not asked_for and self.kind != "checkbox"

    @property
    def anchor(self) -> str:
        """The id that the error summary links to: the first thing one can type in or press."""
        return f"{self.auto_id}_0" if self.kind in GROUPS else self.auto_id

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        if widget.is_hidden:
            return attrs
        # A placeholder vanishes as one types, and reads like an answer already given.
        attrs["placeholder"] = False
        if css_class := CSS_CLASS.get(kind_of(widget)):
            attrs["class"] = " ".join(filter(None, [css_class, widget.attrs.get("class")]))
        if self.kind in {"radios", "checkboxes"}:
            # The group carries it: a single radio button can't be wrong.
            attrs.pop("aria-invalid", None)
        return attrs


class Renderer(TemplatesSetting):
    """`FORM_RENDERER`: the project's templates, found like any other."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/fields/input.html"
    bound_field_class = UswdsBoundField

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        if template_name == forms.Select.template_name:
            return _select(context["widget"])
        return super().render(template_name, context, request)


def _select(widget: dict[str, Any]) -> SafeString:
    """As Django's template says it, without a template: going through one option by option takes most of the time of a page with filters."""
    groups = [
        format_html('\n<optgroup label="{}">{}\n</optgroup>', name, _options(options))
        if name
        else _options(options)
        for name, options, _index in widget["optgroups"]
    ]
    attrs = flatatt({"name": widget["name"], **widget["attrs"]})
    return format_html("<select{}>{}\n</select>", attrs, mark_safe("".join(groups)))  # noqa: S308  of escaped parts


def _options(options: list[dict[str, Any]]) -> SafeString:
    return format_html_join(
        "", '\n<option value="{}"{}>{}</option>', ((str(each["value"]), flatatt(each["attrs"]), each["label"]) for each in options)
    )  # fmt: skip
