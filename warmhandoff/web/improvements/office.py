"""The network's office: what was said, what it says back, the same said twice, and all of it as a file."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from warmhandoff.exchange.csv.table import written
from warmhandoff.foundation.errors import BadValue, NotYours
from warmhandoff.network import improvements
from warmhandoff.network.models import Improvement, ImprovementReport, Organization
from warmhandoff.network.reading import name_of
from warmhandoff.network.roles import SHEETS, Permission, Role
from warmhandoff.web.improvements.forms import MergeForm, SayBackForm
from warmhandoff.web.improvements.words import where
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who

FORM = ["GET", "HEAD", "POST"]
MOST = 200
WORDS_SHOWN = 90


def _office(request: HttpRequest) -> Who:
    """A navigator of the office: one who works elsewhere is told that there is nothing."""
    who: Who = request.who  # type: ignore[attr-defined]
    if Organization.Kind.NETWORK_OFFICE not in who.organization.kinds:
        raise NotYours()
    return who


@require_safe
@requires(Permission.HEAR_IMPROVEMENTS)
def listing(request: HttpRequest) -> HttpResponse:
    """What is new first."""
    _office(request)
    state = request.GET.get("state", "")
    state = state if state in Improvement.State.values else ""
    found = list(improvements.heard(state)[:MOST])
    context = {
        "improvements": [{"one": each, "says": _first_words(each, theirs)} for each, theirs in _with_words(found)],
        "states": [{"code": code, "label": label, "current": code == state} for code, label in Improvement.State.choices],
        "state": state,
    }  # fmt: skip
    return render(request, "improvements/office.html", context)


@require_http_methods(FORM)
@requires(Permission.HEAR_IMPROVEMENTS)
def one(request: HttpRequest, code: str) -> HttpResponse:
    """What was typed, on which page and as what; and the office's word."""
    who, found = _office(request), improvements.heard_or_404(code)
    form = SayBackForm(request.POST or None, initial=SayBackForm.of(found))

    def act() -> str:
        improvements.say_back(improvement=found, told=form.told(), by=who.actor)
        messages.success(request, _("Saved. Whoever said it is told."))
        return reverse("improvements:office")

    if request.method == "POST" and form.is_valid():
        try:
            return redirect(form.once(by=who.actor, act=act))
        except BadValue as error:
            form.refuse(error)
    context = {
        "form": form,
        "improvement": found,
        "reports": [_shown(each) for each in improvements.words_of([found])[found.pk]],
        "changes": found.changes.all(),
    }
    return render(request, "improvements/one.html", context, status=422 if form.is_bound else 200)


@require_http_methods(FORM)
@requires(Permission.HEAR_IMPROVEMENTS)
def merge(request: HttpRequest, code: str) -> HttpResponse:
    """The same, said again: put together, so that it is counted and answered once."""
    who, found = _office(request), improvements.heard_or_404(code)
    others = [each for each in improvements.heard()[:MOST] if each.pk != found.pk]
    form = MergeForm(
        request.POST or None,
        others=[
            (each.code, _first_words(each, theirs), each.get_state_display())
            for each, theirs in _with_words(others)
        ],
    )

    def act() -> str:
        into = next(each for each in others if each.code == form.cleaned_data["into"])
        improvements.merge(improvement=found, into=into, by=who.actor)
        messages.success(request, _("Put together."))
        return reverse("improvements:one", args=[into.code])

    if request.method == "POST" and form.is_valid():
        return redirect(form.once(by=who.actor, act=act))
    context = {"form": form, "improvement": found, "others": others}
    return render(request, "improvements/merge.html", context, status=422 if form.is_bound else 200)


@require_safe
@requires(Permission.HEAR_IMPROVEMENTS)
def file(request: HttpRequest) -> HttpResponse:
    """All of it for a spreadsheet, which runs nothing of it as a formula."""
    _office(request)
    answer = HttpResponse(
        written(improvements.COLUMNS, improvements.lines_for_the_office()),
        content_type="text/csv; charset=utf-8",
    )
    answer["Content-Disposition"] = 'attachment; filename="improvements.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


def _shown(report: ImprovementReport) -> dict[str, object]:
    return {
        "report": report,
        "where": where(report.page),
        "role": gettext(SHEETS[Role(report.role)].label) if report.role else "",
        "name": name_of(report.by) if report.by and report.may_ask_back else "",
    }


def _with_words(found: list[Improvement]) -> list[tuple[Improvement, str]]:
    reports = improvements.words_of(found)
    return [(each, reports[each.pk][0].typed.trying if reports[each.pk] else "") for each in found]


def _first_words(improvement: Improvement, typed: str) -> str:
    """What it is called on the office's list: its own words, else the beginning of what was typed."""
    words = improvement.words or " ".join(typed.split())
    return words if len(words) <= WORDS_SHOWN else f"{words[:WORDS_SHOWN].rsplit(' ', 1)[0]} …"
