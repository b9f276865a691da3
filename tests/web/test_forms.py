"""Forms: every hint and error is tied to its field, everything is escaped, dates are real."""

from __future__ import annotations

import re
from datetime import date

import pytest
from bs4 import BeautifulSoup, Tag
from django import forms

from warmhandoff.foundation.errors import BadValue
from warmhandoff.web.forms import ChoiceLabel, MemorableDateField, OneUseKeyForm, PhoneField, PlainForm

EVIL = '<b onmouseover="x">&'
FIELDS = {
    "text": forms.CharField,
    "email": forms.EmailField,
    "phone": PhoneField,
    "number": forms.IntegerField,
    "password": lambda **more: forms.CharField(widget=forms.PasswordInput, **more),
    "textarea": lambda **more: forms.CharField(widget=forms.Textarea, **more),
    "select": lambda **more: forms.ChoiceField(choices=[("", EVIL), ("a", "A")], **more),
    "radios": lambda **more: forms.ChoiceField(
        choices=[("a", EVIL), ("b", "B")], widget=forms.RadioSelect, **more
    ),
    "checkboxes": lambda **more: forms.MultipleChoiceField(
        choices=[("a", ChoiceLabel("A", EVIL)), ("b", "B")], widget=forms.CheckboxSelectMultiple, **more
    ),
    "checkbox": forms.BooleanField,
    "date": MemorableDateField,
    "file": lambda **more: forms.FileField(widget=forms.FileInput, **more),
}


def form_with(kind: str, data: dict | None = None, **more) -> PlainForm:
    more = {"label": EVIL, "help_text": EVIL, **more}
    return type("OneField", (PlainForm,), {"it": FIELDS[kind](**more)})(data)


def drawn(form: forms.Form) -> BeautifulSoup:
    return BeautifulSoup(f"<form>{form}</form>", "lxml")


def tied_to(page: BeautifulSoup, element: Tag) -> str:
    ids = element.get("aria-describedby", "").split()
    assert all(page.find(id=each) for each in ids), ids
    return " ".join(page.find(id=each).get_text() for each in ids)


@pytest.mark.parametrize("kind", FIELDS)
def test_a_fresh_field(kind):
    page = drawn(form_with(kind))
    assert page.find("b") is None, "something wasn't escaped"
    describes = page.find(attrs={"aria-describedby": True})
    assert EVIL in tied_to(page, describes)
    for label in page.find_all("label"):
        assert page.find(id=label["for"]).name in {"input", "select", "textarea"}
    for field in page.find_all(["input", "select", "textarea"]):
        assert page.find("label", attrs={"for": field["id"]})
        assert not field.has_attr("placeholder")
    assert not page.select(".usa-error-message, .summary, [aria-invalid]")


@pytest.mark.parametrize("kind", FIELDS)
def test_a_field_with_an_error(kind):
    page = drawn(form_with(kind, {}))
    assert page.find("b") is None, "something wasn't escaped"
    error = page.select_one(".usa-error-message")
    describes = next(
        each for each in page.select("[aria-describedby]") if error["id"] in each["aria-describedby"].split()
    )
    assert describes.name in {"input", "select", "textarea", "fieldset"}
    assert "This field is required" not in page.get_text()
    link = page.select_one(".summary a")
    assert page.find(id=link["href"][1:]).name in {"input", "select", "textarea"}
    assert link.get_text() == EVIL
    if kind not in {"radios", "checkboxes", "checkbox"}:
        assert page.select("[aria-invalid=true]")


@pytest.mark.parametrize("kind", sorted(set(FIELDS) - {"checkbox"}))
def test_optional_is_said_and_required_is_not(kind):
    assert "(optional)" in drawn(form_with(kind, required=False)).get_text()
    assert "(optional)" not in drawn(form_with(kind)).get_text()


def test_a_typed_value_comes_back_escaped():
    page = drawn(form_with("email", {"it": '"><script>'}))
    assert page.find("script") is None
    assert page.find("input")["value"] == '"><script>'


def date_form(month: str, day: str, year: str, **more) -> PlainForm:
    return form_with("date", {"it_month": month, "it_day": day, "it_year": year}, **more)


def test_a_real_date():
    form = date_form("2", "29", "2024")
    assert form.is_valid()
    assert form.cleaned_data["it"] == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        (("2", "31", "1990"), "February 31, 1990 is not a day on the calendar."),
        (("2", "29", "2023"), "not a day on the calendar"),
        (("4", "", "1990"), "needs its day too"),
        (("", "9", ""), "needs its month, year too"),
        (("4", "9", "90"), "four digits"),
        (("4", "nine", "1990"), "number from 1 to 31"),
        (("13", "9", "1990"), "month"),
        (("4", "٣", "1990"), "number from 1 to 31"),
        (("4", "9", "0000"), "not a day"),
        (("4", "9", "2990"), "too far ahead"),
        (("4", "9", "1790"), "too long ago"),
    ],
)
def test_a_date_that_cannot_be(parts, says):
    form = date_form(*parts, earliest=lambda: date(1900, 1, 1), latest=lambda: date(2026, 11, 23))
    assert says in " ".join(form.errors["it"])
    typed = [element.get("value") for element in drawn(form).find_all("input")]
    assert typed == [parts[1] or None, parts[2] or None], "what was typed is still there to mend"


def test_no_date_is_fine_where_it_is_optional():
    form = date_form("", "", "", required=False)
    assert form.is_valid()
    assert form.cleaned_data["it"] is None


def test_a_date_shown_again():
    page = drawn(type("Dated", (PlainForm,), {"it": MemorableDateField()})(initial={"it": date(1990, 4, 9)}))
    assert page.select_one("option[selected]").get_text() == "April"
    assert [each["value"] for each in page.find_all("input")] == ["9", "1990"]


@pytest.mark.parametrize("phone", ["555-0123", "(213) 555-0123", "+1 213 555 0123"])
def test_a_phone_as_people_write_it(phone):
    assert form_with("phone", {"it": phone}).is_valid()


@pytest.mark.parametrize("phone", ["call me", "555", "555-0123 after 5"])
def test_what_is_no_phone(phone):
    assert "like 213-555-0123" in form_with("phone", {"it": phone}).errors["it"][0]


class Send(OneUseKeyForm):
    note = forms.CharField()


def test_each_form_has_its_own_key():
    first, second = Send(), Send()
    assert first["form_key"].value() != second["form_key"].value()
    assert drawn(first).find("input", attrs={"name": "form_key", "type": "hidden"})


def test_after_an_error_the_key_stays():
    key = Send()["form_key"].value()
    assert Send({"form_key": key})["form_key"].value() == key


def test_a_form_without_its_key_is_refused_above_the_fields():
    page = drawn(Send({"note": "x"}))
    assert "Open the page again" in page.select_one(".summary").get_text()


@pytest.mark.django_db
def test_a_form_takes_effect_once():
    done = []

    def act() -> str:
        done.append("x")
        return "/where/it/shows/"

    data = {"form_key": Send()["form_key"].value(), "note": "x"}
    for _ in range(2):
        form = Send(data)
        assert form.is_valid()
        assert form.once(by=None, act=act) == "/where/it/shows/"
    assert done == ["x"]


def test_an_action_refuses_a_value_at_its_field():
    form = Send({"form_key": Send()["form_key"].value(), "note": "x"})
    assert form.is_valid()
    form.refuse(BadValue("note", "Too short.", mend="Write a whole sentence."))
    form.refuse(BadValue("elsewhere", "No room."))
    assert form.errors["note"] == ["Too short. Write a whole sentence."]
    assert form.non_field_errors() == ["No room."]


def test_a_select_is_as_django_writes_it():
    """Options in groups, what is chosen, what has to be escaped: but for the spaces, no difference."""

    class Form(forms.Form):
        place = forms.ChoiceField(
            choices=[("", "Any"), ("a&b", "A & <B>"), ("Far", [(1, "One"), (2, "Two")])],
            widget=forms.Select(attrs={"data-x": '"'}),
        )

    theirs = str(Form({"place": "2"}, renderer=forms.renderers.DjangoTemplates())["place"])
    ours = str(Form({"place": "2"})["place"]).replace(' class="usa-select"', "")
    one, other = (
        BeautifulSoup(re.sub(r">\s+<", "><", each.strip()), "html.parser") for each in (ours, theirs)
    )
    assert one.select and one == other
    assert '<option value="a&amp;b">A &amp; &lt;B&gt;</option>' in ours
    assert '<option value="2" selected>Two</option>' in ours
