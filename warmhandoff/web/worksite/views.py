"""The pages behind a supervisor's link: the weeks that wait, right or not right. A look changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from warmhandoff.foundation.errors import DomainError, WrongState
from warmhandoff.foundation.mail_links import Standing
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.programs.actions import hours
from warmhandoff.programs.reading.work import ForThem, for_supervisor
from warmhandoff.web.forms import OneUseKeyForm
from warmhandoff.web.site import mail_door
from warmhandoff.web.week import Week, week_of
from warmhandoff.web.worksite.door import DOOR, Visit, behind_the_link
from warmhandoff.web.worksite.forms import NotRightForm


def _frame(visit: Visit) -> dict[str, Any]:
    return mail_door.frame(visit) | {
        "employer": visit.supervisor.employer.name,
        "us": current_place().names.employers,
    }


def _weeks(found: Sequence[ForThem]) -> list[tuple[str, Week]]:
    return [(each.name, week_of(each.sheet)) for each in found]


def show(request: HttpRequest, visit: Visit, refused: DomainError | None = None) -> HttpResponse:
    found = _weeks(for_supervisor(visit.supervisor))
    context = _frame(visit) | {
        "waiting": [
            (name, week, visit.url("approve", week.code), visit.url("send_back", week.code))
            for name, week in found
            if week.waits
        ],
        "said": [(name, week) for name, week in found if not week.waits],
        "refused": refused,
        "key": OneUseKeyForm()["form_key"],
    }
    return render(request, "worksite/page.html", context, status=refused.status if refused else 200)


@behind_the_link(methods=mail_door.LOOKS)
def page(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    return show(request, visit)


def _of(visit: Visit, code: str) -> ForThem | None:
    return next((each for each in for_supervisor(visit.supervisor) if each.sheet.code == code), None)


@behind_the_link(methods=("POST",))
def approve(request: HttpRequest, visit: Visit, sheet: str) -> HttpResponseBase:
    """These hours are right."""
    form, found = OneUseKeyForm(request.POST), _of(visit, sheet)
    if found is not None and form.is_valid():

        def act() -> str:
            hours.approve(sheet=found.sheet, by=visit.by)
            return "right"

        try:
            form.once(by=visit.by, act=act)
        except WrongState as error:
            return show(request, visit, refused=error)
    return redirect(visit.url())


@behind_the_link()
def send_back(request: HttpRequest, visit: Visit, sheet: str) -> HttpResponseBase:
    """They are not right: what is nearest, on a page of its own."""
    found = _of(visit, sheet)
    if found is None or not week_of(found.sheet).waits:
        return redirect(visit.url())
    form = NotRightForm(request.POST or None)
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            hours.send_back(sheet=found.sheet, reason=form.cleaned_data["reason"], by=visit.by)
            return "not right"

        form.once(by=visit.by, act=act)
        return redirect(visit.url())
    context = _frame(visit) | {"name": found.name, "week": week_of(found.sheet), "form": form}
    return render(request, "worksite/not_right.html", context, status=422 if form.is_bound else 200)


@behind_the_link(methods=("POST",), standings=(Standing.LIVE, *DOOR.renewable))
def fresh(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    return DOOR.fresh(request, visit, renew=lambda: hours.fresh_link(link=visit.link))
