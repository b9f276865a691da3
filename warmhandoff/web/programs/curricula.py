"""What groups go through: session by session, by version; titles are each site's own to enter."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from warmhandoff.foundation.errors import NotYours
from warmhandoff.network.roles import Permission
from warmhandoff.programs.actions import curricula as verbs
from warmhandoff.programs.models import Curriculum, CurriculumVersion
from warmhandoff.programs.reading import groups as reading
from warmhandoff.web.people.acts import do_once, shows_the_first_result
from warmhandoff.web.people.forms import PressForm
from warmhandoff.web.programs import groups_forms as forms
from warmhandoff.web.programs import groups_said as told
from warmhandoff.web.programs.groups import GET_OR_POST, show, who_of
from warmhandoff.web.site.access import requires
from warmhandoff.web.today import said


def _page(curriculum: Curriculum) -> str:
    return reverse("programs:curriculum", args=[curriculum.code])


@require_safe
@requires(Permission.RUN_GROUPS)
def home(request: HttpRequest) -> HttpResponse:
    """Which curricula there are, and how many sessions each has today."""
    lines = []
    for one in reading.curricula():
        version = reading.version_on(one, said.today()) or one.versions.order_by("valid_from")[0]
        lines.append((one, told.curriculum_name(one), version, reading.counted(version.sessions.all())))
    return render(request, "programs/curricula.html", {"lines": lines})


def _version(curriculum: Curriculum, number: str | None) -> CurriculumVersion:
    """The version that is asked for, or the one in force."""
    found = (
        curriculum.versions.filter(number=int(number)).first()
        if number and number.isascii() and number.isdecimal() and len(number) < 5
        else reading.version_on(curriculum, said.today())
        or curriculum.versions.order_by("valid_from").first()
    )
    if found is None:
        raise NotYours()
    return found


@require_safe
@requires(Permission.RUN_GROUPS)
def curriculum(request: HttpRequest, code: str) -> HttpResponse:
    """One of its versions, session by session."""
    found, who = reading.curriculum_or_404(code), who_of(request)
    version = _version(found, request.GET.get("version"))
    sessions = list(version.sessions.select_related("module"))
    context = {
        "curriculum": found,
        "name": told.curriculum_name(found),
        "version": version,
        "versions": list(found.versions.order_by("-valid_from")),
        "number": reading.counted(sessions),
        "sessions": [(one, told.session_name(one), told.kind_of(one)) for one in sessions],
        "is_own": found.organization_id is not None,
        "may_plan": who.may(Permission.PLAN_GROUPS),
        "press": PressForm(),
    }
    return render(request, "programs/curriculum.html", context)


@require_POST
@requires(Permission.PLAN_GROUPS)
@shows_the_first_result
def take_over(request: HttpRequest, code: str) -> HttpResponse:
    """One's own copy, to enter the titles into."""
    found, who = reading.curriculum_or_404(code), who_of(request)
    form = PressForm(request.POST)
    if not form.is_valid():
        return redirect(_page(found))

    def act() -> str:
        own = verbs.take_over(curriculum=found, by=who.actor)
        return reverse("programs:sessions", args=[own.code, own.versions.order_by("valid_from")[0].number])

    return redirect(form.once(by=who.actor, act=act))


@require_http_methods(GET_OR_POST)
@requires(Permission.PLAN_GROUPS)
@shows_the_first_result
def sessions(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Enter the titles; while no group goes by this version, also what each session is for."""
    found, who = reading.curriculum_or_404(code), who_of(request)
    if found.organization_id is None:
        raise NotYours()
    version = _version(found, str(number))
    form = forms.SessionsForm(
        request.POST or None, sessions=list(version.sessions.all()), is_used=verbs.is_used(version)
    )
    if form.is_bound and form.is_valid():

        def act() -> None:
            verbs.name_sessions(version=version, titles=form.titles(), by=who.actor)
            if form.meant():
                verbs.set_sessions(version=version, meant=form.meant(), by=who.actor)

        to = f"{_page(found)}?version={version.number}"
        done = do_once(request, form, act, to=to, says=_("Saved."))
        if done:
            return done
    return show(
        request,
        "programs/sessions.html",
        form,
        curriculum=found,
        version=version,
        name=told.curriculum_name(found),
    )


@require_http_methods(GET_OR_POST)
@requires(Permission.PLAN_GROUPS)
@shows_the_first_result
def new_version(request: HttpRequest, code: str) -> HttpResponse:
    """The next version, from a day on; it begins as the one before."""
    found, who = reading.curriculum_or_404(code), who_of(request)
    if found.organization_id is None:
        raise NotYours()
    form = forms.VersionForm(request.POST or None)
    if form.is_bound and form.is_valid():
        number = found.versions.count() + 1
        done = do_once(
            request,
            form,
            lambda: verbs.begin_version(
                curriculum=found, valid_from=form.cleaned_data["valid_from"], by=who.actor
            ),
            to=reverse("programs:sessions", args=[found.code, number]),
        )
        if done:
            return done
    return show(
        request, "programs/version_new.html", form, curriculum=found, name=told.curriculum_name(found)
    )
