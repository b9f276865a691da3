"""What stands for the whole network: the words of the consent, by version, and the values of the place, to read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dates import WEEKDAYS as DAYS
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from warmhandoff.foundation import terms
from warmhandoff.foundation.errors import BadValue
from warmhandoff.jurisdictions.dates import hour, short_day
from warmhandoff.jurisdictions.place import Place, YouthContact, current_place
from warmhandoff.network.roles import Permission
from warmhandoff.participants import wording
from warmhandoff.web.forms import MemorableDateField, OneUseKeyForm
from warmhandoff.web.organization.views import FORM, who_of
from warmhandoff.web.site.access import requires

CONSENT = "administration:consent"


class ConsentTextForm(OneUseKeyForm):
    valid_from = MemorableDateField(
        label=gettext_lazy("From which day?"),
        help_text=gettext_lazy("Tomorrow or later. Until then the words of today are read out."),
    )
    text_en = forms.CharField(
        label=gettext_lazy("In English"), widget=forms.Textarea(attrs={"rows": 8}), max_length=5000
    )
    text_es = forms.CharField(
        label=gettext_lazy("In Spanish"), widget=forms.Textarea(attrs={"rows": 8}), max_length=5000
    )
    source = forms.CharField(
        label=gettext_lazy("Who approved these words?"),
        help_text=gettext_lazy("For example the counsel who reviewed them, and when."),
        max_length=200,
    )


@require_safe
@requires(Permission.MANAGE_NETWORK)
def consent(request: HttpRequest) -> HttpResponse:
    """Every version of the consent's words, the newest first."""
    return render(request, "administration/consent.html", {"versions": wording.versions()})


@require_http_methods(FORM)
@requires(Permission.MANAGE_NETWORK)
def new_consent(request: HttpRequest) -> HttpResponse:
    """A new version, which begins on a day to come."""
    newest = next(iter(wording.versions()), None)
    stands = {f"text_{language}": text for language, text in newest.texts.items()} if newest else {}
    form = ConsentTextForm(request.POST or None, initial=stands)

    def act() -> str:
        said = form.cleaned_data
        texts = {"en": said["text_en"], "es": said["text_es"]}
        wording.write_version(
            texts=texts, valid_from=said["valid_from"], source=said["source"], by=who_of(request).actor
        )
        told = _("These words are read out from %(day)s on. What was agreed to before stays as it was read.")
        messages.success(request, told % {"day": short_day(said["valid_from"])})
        return reverse(CONSENT)

    if request.method == "POST" and form.is_valid():
        try:
            return redirect(form.once(by=who_of(request).actor, act=act))
        except BadValue as error:
            form.refuse(error)
    return render(
        request, "administration/new_consent.html", {"form": form}, status=422 if form.is_bound else 200
    )


# --- The place ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Group:
    """Values that belong together, where they come from, and when somebody last looked."""

    code: str
    title: str
    values: list[tuple[str, str]]
    source: str
    verified_on: date | None


@require_safe
@requires(Permission.MANAGE_NETWORK)
def place(request: HttpRequest) -> HttpResponse:
    """The values of the place: read here, changed in its file by whoever runs the system."""
    here = current_place()
    return render(request, "administration/place.html", {"place": here, "groups": _groups(here)})


def _groups(here: Place) -> list[Group]:
    told = {
        "public_names": (_("Names"), [
            (_("to the network"), here.names.network),
            (_("to participants"), here.names.participants),
            (_("to employers"), here.names.employers),
        ]),
        "deadlines_in_business_days": (_("Promised times"), [(_deadline(name), _days(days)) for name, days in here.deadlines.items()]),
        "mail_hours": (_("Hours of mails, on business days"), [
            (_("mails that can wait, and the daily digest, from"), hour(here.mail_hours.begin)),
            (_("and no later than"), hour(here.mail_hours.end)),
        ]),
        "check_ins_in_days": (_("Asked now and then"), [(_deadline(name), _calendar_days(days)) for name, days in here.check_ins.items()]),
        "put_off_in_days": (_("Put off at most"), [(_put_off(name), _calendar_days(days)) for name, days in here.put_off.items()]),
        "directory_in_days": (_("Directory"), [
            (_("a word about room holds"), _calendar_days(here.directory.room_holds)),
            (_("its mailbox is asked again before that"), _calendar_days(here.directory.asks_again_before)),
            (_("a link to describe a service lives"), _calendar_days(here.directory.link_lives)),
        ]),
        "second_looks": (_("Second look at a no"), [
            (_("the network’s office looks by itself after"), _reasons(here)),
            (_("within"), _days(here.second_looks.due)),
        ]),
        "stalls": (_("What has stalled"), [
            (_("organizations are asked how it goes, on"), str(DAYS[here.stalls.asks_on])),
            (_("no answer: the network’s office is told"), _days(here.stalls.unanswered)),
            (_("a link to say how it goes lives"), _calendar_days(here.stalls.link_lives)),
        ]),
        "areas": (_("Areas"), [(area.in_language(get_language() or "en"), ", ".join(area.also)) for area in here.areas]),
        "zip_codes": (_("ZIP codes, to guess an area"), _zip_codes(here)),
        "under_18": (_("Whom to call for somebody under 18"), [(one.name, _youth(one)) for one in here.intake.youth]),
        "closed_days": (_("Closed days"), _closed_days(here)),
    }  # fmt: skip
    return [
        Group(code, title, values, *_source(here, code)) for code, (title, values) in told.items() if values
    ]


def _closed_days(here: Place) -> list[tuple[str, str]]:
    """A line a year: nobody wants to scroll through a calendar."""
    years: dict[int, list[str]] = {}
    for day in sorted(here.closed_days):
        years.setdefault(day.year, []).append(date_format(day, pgettext("a day of a named year", "M j")))
    return [(str(year), ", ".join(days)) for year, days in years.items()]


def _zip_codes(here: Place) -> list[tuple[str, str]]:
    """A line an area."""
    codes: dict[str, list[str]] = {}
    for code, area in here.intake.area_of_zip.items():
        codes.setdefault(area, []).append(code)
    named = ((here.area(area), listed) for area, listed in codes.items())
    return [
        (area.in_language(get_language() or "en"), ", ".join(sorted(listed)))
        for area, listed in named
        if area
    ]


def _youth(one: YouthContact) -> str:
    if one.verified_on is None:
        return _("%(phone)s, not verified. %(source)s") % {"phone": one.phone, "source": one.source}
    said = {"phone": one.phone, "day": short_day(one.verified_on), "source": one.source}
    return _("%(phone)s, verified on %(day)s. %(source)s") % said


def _source(here: Place, code: str) -> tuple[str, date | None]:
    found = here.sources.get(code)
    return (found.says, found.verified_on) if found else ("", None)


def _days(number: int) -> str:
    return ngettext("%(number)s business day", "%(number)s business days", number) % {"number": number}


def _calendar_days(number: int) -> str:
    return ngettext("%(number)s day", "%(number)s days", number) % {"number": number}


def _reasons(here: Place) -> str:
    """The reasons for a no, in the network's words and their order."""
    return ", ".join(
        words for code, words in terms.choices("decline_reason") if code in here.second_looks.reasons
    )


def _put_off(name: str) -> str:
    return {"hold": _("a hold"), "waitlist": _("a waitlist")}.get(name, name)


def _deadline(name: str) -> str:
    return {
        "next_step": _("a next step"),
        "seen": _("saying that a referral arrived"),
        "seen_lead": _("nobody says that it arrived: their lead is told"),
        "answer": _("the answer to a referral"),
        "answer_lead": _("no answer: their lead is told"),
        "answer_sender": _("no answer: the sender and the navigators are told"),
        "answer_person": _("no answer: the person is told that we are still asking"),
        "answer_expires": _("no answer: it ends, and the holder decides"),
        "first_contact": _("the first contact after a yes"),
        "first_contact_lead": _("no first contact: their lead is told"),
        "first_contact_sender": _("no first contact: the sender and the navigators are told"),
        "first_contact_person": _("no first contact: the person is told that we are still asking"),
        "first_contact_decides": _("no first contact: the holder decides whether to wait longer"),
        "disposition": _("deciding what is next after a referral ended"),
        "disposition_lead": _("no decision: the lead of the holder is told"),
        "disposition_office": _("no decision: the navigators are told"),
        "start": _("the beginning of a service after the first contact"),
        "start_lead": _("it has not begun: their lead is told"),
        "start_sender": _("it has not begun: the sender and the navigators are told"),
        "start_person": _("it has not begun: the person is told that we are still asking"),
        "engaged": _("saying that a service still goes on"),
        "engaged_lead": _("nobody says how it goes: their lead is told"),
        "engaged_sender": _("nobody says how it goes: the sender and the navigators are told"),
        "question": _("the reply to a question"),
        "question_lead": _("no reply: the lead of the holder is told"),
        "question_sender": _("no reply: the sender is told once more, and the navigators are told"),
        "question_expires": _("no reply: it ends, and the holder decides"),
        "review_lead": _("no look at a waitlist: their lead is told"),
        "review_sender": _("no look at a waitlist: the sender and the navigators are told"),
        "review_expires": _("no look at a waitlist: it ends, and the holder decides"),
    }.get(name, name)
