"""The page itself, the code step before it, and leaving. A look changes nothing."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from warmhandoff.foundation.actors import participant_actor
from warmhandoff.foundation.mail_links import Standing
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.participants import own_links
from warmhandoff.participants.own_page import OwnLink
from warmhandoff.programs import own_page as own_programs
from warmhandoff.web.own import told
from warmhandoff.web.own.door import DOOR, Visit, before_the_code, behind_the_link, frame
from warmhandoff.web.own.taking_part import MORE, more_of, taking_part
from warmhandoff.web.own.typed import BornForm, keys_of, without_keys
from warmhandoff.web.site import mail_door
from warmhandoff.web.site.access import public
from warmhandoff.web.site.csp import link_page
from warmhandoff.web.site.mail_door import LOOKS
from warmhandoff.web.today import said

# What was done, by the word in the address that shows it: nothing in the address is worth forging.
DONE: dict[str, Any] = {
    "stopped": gettext_lazy("Stopped. From now on they can see nothing more of it."),
    "yes": gettext_lazy("Thank you. You said yes."),
    "yes_later": gettext_lazy("Thank you. You said yes. The place can’t be asked just now; we tell you what is next."),
    "no": gettext_lazy("You said no. Nothing is shared, and you get the same help."),
    "wrong": gettext_lazy("Thank you for telling us. You see the answer here."),
}  # fmt: skip


@behind_the_link(methods=LOOKS)
def page(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Who has me, what is next, where each question stands, who can see what."""
    mine = visit.page
    standing, over = told.places(mine)
    programs = own_programs.programs()
    context = frame(visit) | {
        "page": mine,
        "done": DONE.get(request.GET.get("done", "")),
        "next": told.next_of(mine),
        "someone": list(told.with_me(mine)),
        "questions": [(one, visit.url("answer", one.code)) for one in told.questions(mine)],
        "appointments": told.appointments(mine),
        "takes_part": taking_part(programs),
        "more": [(visit.url(one), MORE[one]) for one in more_of(programs)],
        "standing": standing,
        "over": over,
        "sees": [(one, visit.url("stop", one.consent) if one.consent else "") for one in told.sees(mine)],
        "saw": told.saw(mine),
        "papers": told.papers(mine),
        "consents": told.consents(mine),
        "answered": told.answered(mine, {one.organization for one in programs if one.takes_part}),
        "wrong": visit.url("wrong"),
        "file": visit.url("file"),
        "no_mails": visit.url("no_mails") if visit.link.kind == OwnLink.Kind.MAIL else "",
        "closes": said.full_day(said.day_of(visit.link.dies_at)),
    }
    return render(request, "own/page.html", context)


# --- Before the page ----------------------------------------------------------------------------------------------


@before_the_code
def code(request: HttpRequest, visit: mail_door.Visit[OwnLink]) -> HttpResponseBase:
    """Behind a mail six digits, with a card the birth date. Right: this browser sees the page for twelve hours."""
    if visit.granted:
        return redirect(visit.url())
    if visit.link.kind == OwnLink.Kind.CARD:
        return _born(request, visit)
    answer = mail_door.take_code(request, visit, says=_what_for(), leads_to=visit.url())
    if answer.status_code == 302:
        own_links.looked(link=visit.link, by=participant_actor(visit.link.pk, visit.link.organization_id))
    return answer


def _born(request: HttpRequest, visit: mail_door.Visit[OwnLink]) -> HttpResponse:
    form = BornForm(request.POST or None)
    if form.is_bound and form.is_valid():
        tried = own_links.try_birth_date(visit.link, form.cleaned_data["born"])
        if tried.refusal is None:
            own_links.looked(link=visit.link, by=participant_actor(visit.link.pk, visit.link.organization_id))
            return mail_door.remember(redirect(visit.url()), visit.link, tried.browser_key)
        form.add_error("born", f"{tried.refusal.sentence} {tried.refusal.mend}")
    context = mail_door.frame(visit) | {"form": form}
    return render(request, "own/born.html", context, status=422 if form.is_bound else 200)


@before_the_code
def send_code(request: HttpRequest, visit: mail_door.Visit[OwnLink]) -> HttpResponseBase:
    if request.method != "POST" or visit.link.kind == OwnLink.Kind.CARD:
        return redirect(visit.url("code"))
    actor = participant_actor(visit.link.pk)
    acting = mail_door.Visit(**{**vars(visit), "actor": actor})
    return mail_door.send_code(
        request, acting, says=_what_for(), send=lambda: own_links.send_code(link=visit.link)
    )


def _what_for() -> str:
    return _("This page is yours alone. So we first ask for six digits that only your mailbox gets.")


def _fresh(link: OwnLink) -> None:
    """A mail that went there minutes ago, or quiet that was asked for: what the page says is true, or nobody's business."""
    actor = participant_actor(link.pk, link.organization_id)
    with suppress(own_links.TooSoon, own_links.NotToBeMailed), acting_as(actor, classes=("contact",)):
        own_links.fresh_link(link=link)


fresh = DOOR.leads_to(
    lambda request, visit, **_more: DOOR.fresh(request, visit, renew=lambda: _fresh(visit.link)),
    methods=("POST",),
    standings=(Standing.LIVE, *DOOR.renewable),
)


# --- Leaving ------------------------------------------------------------------------------------------------------


@behind_the_link(methods=("POST",))
def leave(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """This browser forgets the page at once."""
    own_links.forget(keys_of(request))
    to = "own:kiosk" if visit.kiosk else "own:left"
    return without_keys(request, redirect(_address(to, visit.asked_language)))


def _address(name: str, language: str) -> str:
    return reverse(name) + (f"?lang={language}" if language else "")


@link_page
@public("says that somebody left, and nothing else")
@require_safe
def left(request: HttpRequest) -> HttpResponse:
    return render(request, "own/left.html", {"other_languages": mail_door.other_languages()})
