"""Bringing services in from a file: upload it, match its columns, see row by row what would happen, then bring it in.

The network's administrator brings in organizations that are listed; a lead, their own organization's services.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from warmhandoff.directory.imports import PartnerImport
from warmhandoff.exchange.csv import upload
from warmhandoff.foundation import terms
from warmhandoff.foundation.errors import BadValue, NotYours
from warmhandoff.network.roles import Permission
from warmhandoff.web.organization.forms import COLUMN_WORDS, MatchForm, PressForm, UploadForm
from warmhandoff.web.organization.views import FORM, who_of
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who

State = PartnerImport.State


def scope_of(who: Who) -> str:
    return upload.Scope.NETWORK if who.may(Permission.MANAGE_NETWORK) else upload.Scope.OWN


def _page(job: PartnerImport) -> str:
    return reverse("organization:import_file", args=[job.code])


@require_http_methods(FORM)
@requires(Permission.EDIT_SERVICES)
def start(request: HttpRequest) -> HttpResponse:
    """What the file looks like, and where it is chosen."""
    who = who_of(request)
    scope = scope_of(who)
    form = UploadForm(request.POST or None, request.FILES or None)

    def act() -> str:
        raw = form.cleaned_data["file"].read()
        return _page(upload.bring(raw=raw, scope=scope, organization=who.organization, by=who.actor))

    if request.method == "POST" and form.is_valid():
        try:
            return redirect(form.once(by=who.actor, act=act))
        except BadValue as error:
            form.refuse(error)
    context = {
        "form": form,
        "is_network": scope == upload.Scope.NETWORK,
        "columns": [(column, COLUMN_WORDS[column]) for column in upload.columns_of(scope)],
        "codes": terms.choices("service_code", "en"),
        "before": PartnerImport.objects.filter(organization=who.organization, state=State.DONE).order_by(
            "-made_at", "-id"
        )[:5],
    }
    return render(request, "organization/import.html", context, status=422 if form.is_bound else 200)


@require_http_methods(FORM)
@requires(Permission.EDIT_SERVICES)
def file(request: HttpRequest, code: str) -> HttpResponse:
    """One file, as far as it is: its columns matched, tried, brought in."""
    who, job = who_of(request), _own_or_404(request, code)
    if job.state in (State.UPLOADED, State.TRIED) and (
        job.state == State.UPLOADED or "columns" in request.GET
    ):
        return _match(request, job, who)
    told = _told(job)
    if not getattr(request, "htmx", False):
        return render(request, "organization/import_file.html", told)
    # The page asks for the one part that changes; once the file is through, it is another page.
    return (
        render(request, "organization/import_done.html", told)
        if told["works"]
        else HttpResponseClientRefresh()
    )


def _match(request: HttpRequest, job: PartnerImport, who: Who) -> HttpResponse:
    form = MatchForm(
        request.POST or None,
        columns=upload.columns_of(job.scope),
        optional=upload.optional_of(job.scope),
        heading=upload.heading_in(job),
        guessed=job.columns,
        keep_good=job.keep_good,
    )

    def act() -> str:
        upload.attempt(job=job, columns=form.places(), keep_good=form.cleaned_data["keep"] == "good")
        return _page(job)

    if request.method == "POST" and form.is_valid():
        return redirect(form.once(by=who.actor, act=act))
    return render(
        request,
        "organization/import_match.html",
        {"form": form, "job": job},
        status=422 if form.is_bound else 200,
    )


def _told(job: PartnerImport) -> dict[str, Any]:
    shown = job.shown or {}
    good = job.rows - job.bad_rows
    is_written = job.state == State.DONE
    return {
        "job": job,
        "works": job.state in (State.TRYING, State.WRITING),
        "rows": [
            {"number": n, "label": label, "came": _came(came, is_written=is_written)}
            for n, label, came in shown.get("rows", [])
        ],
        "troubles": [
            {"row": row, "field": field, "says": says, "mend": mend}
            for row, field, says, mend in shown.get("troubles", [])
        ],
        "troubles_number": shown.get("troubles_number", 0),
        "can_be_read": shown.get("can_be_read", True),
        "good": good,
        "may_write": job.state == State.TRIED
        and good > 0
        and shown.get("can_be_read", True)
        and (job.keep_good or not job.bad_rows),
        "counts": [
            (number, _came(came, is_written=is_written))
            for came, number in job.counts.get("services", {}).items()
        ],
        "press": PressForm(),
    }


def _came(code: str, *, is_written: bool) -> str:
    done = {"added": _("added"), "changed": _("changed")}
    would = {"added": _("would be added"), "changed": _("would be changed")}
    same = {"unchanged": _("unchanged"), "left alone": _("left alone: a member describes itself")}
    return (same | (done if is_written else would)).get(code, code)


@require_POST
@requires(Permission.EDIT_SERVICES)
def write(request: HttpRequest, code: str) -> HttpResponse:
    who, form = who_of(request), PressForm(request.POST)
    job = _own_or_404(request, code)

    def act() -> str:
        upload.write(job=job)
        job.refresh_from_db()
        if job.state == State.DONE:
            brought = ngettext(
                "%(number)s row is brought in.", "%(number)s rows are brought in.", job.rows_done
            )
            messages.success(request, brought % {"number": job.rows_done})
        return _page(job)

    return redirect(form.once(by=who.actor, act=act) if form.is_valid() else _page(job))


@require_POST
@requires(Permission.EDIT_SERVICES)
def drop(request: HttpRequest, code: str) -> HttpResponse:
    """Stop it: what was uploaded is deleted, and what was written of it so far is taken back."""
    who, form = who_of(request), PressForm(request.POST)
    job = _own_or_404(request, code)

    def act() -> str:
        upload.forget(PartnerImport.objects.filter(pk=job.pk, ended_at__isnull=True))
        return _page(job)

    return redirect(form.once(by=who.actor, act=act) if form.is_valid() else _page(job))


@require_safe
@requires(Permission.EDIT_SERVICES)
def errors(request: HttpRequest, code: str) -> HttpResponse:
    """The file once more, with what is wrong beside each row."""
    job = _own_or_404(request, code)
    if not job.errors_file:
        raise NotYours()
    answer = HttpResponse(bytes(job.errors_file), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="to-be-mended.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


def _own_or_404(request: HttpRequest, code: str) -> PartnerImport:
    job = upload.own_or_404(code)
    if job.scope != scope_of(who_of(request)):
        raise NotYours()
    return job
