"""Who gives people work: the list, and one employer with its worksites and whom our organization asks there."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from warmhandoff.employers import actions, reading
from warmhandoff.employers.models import EmployerContact, Site
from warmhandoff.foundation import terms
from warmhandoff.labor_market.models import WageFloor
from warmhandoff.labor_market.reading import floor_at
from warmhandoff.network.reading import name_of
from warmhandoff.network.roles import Permission
from warmhandoff.programs.reading.work import overseen_by
from warmhandoff.web.employers.forms import ContactForm, EmployerForm, SearchForm, SiteForm
from warmhandoff.web.employers.wages import FloorLine, floor_line
from warmhandoff.web.forms import OneUseKeyForm
from warmhandoff.web.people.acts import GET_OR_POST, do_once, shows_the_first_result
from warmhandoff.web.programs.groups_said import name_in, names_for
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said


@dataclass(frozen=True)
class SiteLine:
    site: Site
    locality: str
    industry: str
    floor: FloorLine | None


def _site_line(site: Site) -> SiteLine:
    found: WageFloor | None = floor_at(site.locality, said.today(), industry=site.industry)
    return SiteLine(
        site,
        site.locality.in_language(get_language() or "en"),
        terms.word("industry", site.industry) if site.industry else "",
        floor_line(found) if found else None,
    )


@require_safe
@requires(Permission.SEE_DIRECTORY)
def employers(request: HttpRequest) -> HttpResponse:
    who: Who = request.who  # type: ignore[attr-defined]
    form = SearchForm(request.GET)
    asked = form.cleaned_data["q"] if form.is_valid() else ""
    found = list(reading.employers(asked))
    context = {"form": form, "asked": asked, "employers": found, "may_add": who.may(Permission.CHANGE_FILE)}
    return render(request, "employers/list.html", context)


@require_safe
@requires(Permission.SEE_DIRECTORY)
def employer(request: HttpRequest, code: str) -> HttpResponse:
    """Its worksites with what an hour pays there at least; whom we ask there."""
    who: Who = request.who  # type: ignore[attr-defined]
    found = reading.employer_or_404(code)
    context = {
        "employer": found,
        "sites": [_site_line(site) for site in reading.sites_of(found)],
        "contacts": list(reading.contacts_of(found)),
        "ended_sites": [(one, _until(one)) for one in reading.ended_sites_of(found)],
        "ended_contacts": [(one, _until(one)) for one in reading.ended_contacts_of(found)],
        "may_add": who.may(Permission.CHANGE_FILE),
    }
    return render(request, "employers/employer.html", context)


def _until(one: Site | EmployerContact) -> str:
    """When it ended, and by whom."""
    if one.ended_at is None or one.ended_by is None:
        return ""
    return _("until %(day)s, %(who)s") % {"day": said.day(one.ended_at), "who": name_of(one.ended_by)}


def _page(code: str) -> str:
    return reverse("employers:employer", args=[code])


def _form_page(request: HttpRequest, form: OneUseKeyForm, title: str, button: str, back: str) -> HttpResponse:
    context = {"form": form, "title": title, "button": button, "back": back}
    return render(request, "employers/form.html", context, status=422 if form.is_bound else 200)


@require_http_methods(GET_OR_POST)
@requires(Permission.CHANGE_FILE)
@shows_the_first_result
def add(request: HttpRequest) -> HttpResponse:
    who: Who = request.who  # type: ignore[attr-defined]
    form = EmployerForm(request.POST or None)
    if form.is_bound and form.is_valid():
        made: list[str] = []
        done = do_once(
            request,
            form,
            lambda: made.append(actions.add_employer(name=form.cleaned_data["name"], by=who.actor).code),
            to=reverse("employers:list"),
            says=_("Added. Open it, and write down where they work and whom you ask."),
        )
        if done:
            return done
    return _form_page(request, form, _("Add an employer"), _("Add them"), reverse("employers:list"))


@require_http_methods(GET_OR_POST)
@requires(Permission.CHANGE_FILE)
@shows_the_first_result
def add_site(request: HttpRequest, code: str) -> HttpResponse:
    who: Who = request.who  # type: ignore[attr-defined]
    found = reading.employer_or_404(code)
    form = SiteForm(request.POST or None)
    if form.is_bound and form.is_valid():
        done = do_once(
            request,
            form,
            lambda: actions.add_site(employer=found, told=form.says, by=who.actor),
            to=_page(code),
            says=_("Written down."),
        )
        if done:
            return done
    return _form_page(
        request, form, _("A worksite of %(employer)s") % {"employer": found.name}, _("Add it"), _page(code)
    )


@require_http_methods(GET_OR_POST)
@requires(Permission.CHANGE_FILE)
@shows_the_first_result
def add_contact(request: HttpRequest, code: str) -> HttpResponse:
    who: Who = request.who  # type: ignore[attr-defined]
    found = reading.employer_or_404(code)
    form = ContactForm(request.POST or None, initial={"language": "en"})
    if form.is_bound and form.is_valid():
        done = do_once(
            request,
            form,
            lambda: actions.add_contact(employer=found, told=form.says, by=who.actor),
            to=_page(code),
            says=_("Written down."),
        )
        if done:
            return done
    return _form_page(
        request,
        form,
        _("Whom you ask at %(employer)s") % {"employer": found.name},
        _("Add them"),
        _page(code),
    )


@require_http_methods(GET_OR_POST)
@requires(Permission.CHANGE_FILE)
@shows_the_first_result
def change_contact(request: HttpRequest, code: str, contact: str) -> HttpResponse:
    who: Who = request.who  # type: ignore[attr-defined]
    found = reading.employer_or_404(code)
    known = reading.contact_or_404(found, contact)
    mailbox = known.mailbox
    initial = {
        "name": known.name,
        "title": known.title,
        "phone": known.phone,
        "email": mailbox.value if mailbox else "",
        "language": mailbox.language if mailbox else "en",
    }
    form = ContactForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        done = do_once(
            request,
            form,
            lambda: actions.change_contact(contact=known, told=form.says, by=who.actor),
            to=_page(code),
            says=_("Written down."),
        )
        if done:
            return done
    return _form_page(request, form, known.name, _("Save"), _page(code))


@require_http_methods(GET_OR_POST)
@requires(Permission.CHANGE_FILE)
@shows_the_first_result
def end_contact(request: HttpRequest, code: str, contact: str) -> HttpResponse:
    """They are asked no more: whose hours they say is told before, since somebody else is to be found there."""
    who: Who = request.who  # type: ignore[attr-defined]
    found = reading.employer_or_404(code)
    known = reading.contact_or_404(found, contact)
    form = OneUseKeyForm(request.POST or None)
    if form.is_bound and form.is_valid():
        done = do_once(
            request,
            form,
            lambda: actions.end_contact(contact=known, by=who.actor),
            to=_page(code),
            says=_("They are asked no more. Their links have stopped."),
        )
        if done:
            return done
    works = overseen_by(known)
    names = names_for([work.file for work in works])
    context = {
        "form": form,
        "employer": found,
        "contact": known,
        "works": [(work, name_in(names, work.file)) for work in works],
        "back": _page(code),
    }
    return render(request, "employers/end_contact.html", context, status=422 if form.is_bound else 200)


@require_http_methods(GET_OR_POST)
@requires(Permission.CHANGE_FILE)
@shows_the_first_result
def end_site(request: HttpRequest, code: str, site: str) -> HttpResponse:
    """Nobody is sent there any more; who works there goes on."""
    who: Who = request.who  # type: ignore[attr-defined]
    found = reading.employer_or_404(code)
    known = reading.site_or_404(found, site)
    form = OneUseKeyForm(request.POST or None)
    if form.is_bound and form.is_valid():
        done = do_once(
            request,
            form,
            lambda: actions.end_site(site=known, by=who.actor),
            to=_page(code),
            says=_("Nobody is sent there any more. Who works there goes on."),
        )
        if done:
            return done
    context = {"form": form, "employer": found, "site": known, "back": _page(code)}
    return render(request, "employers/end_site.html", context, status=422 if form.is_bound else 200)
