"""The pages behind the weekly mail, and the same sheet behind the sign-in."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from warmhandoff.foundation import mail_links, privacy
from warmhandoff.foundation.mail_links import Standing
from warmhandoff.foundation.models import Actor
from warmhandoff.network.roles import Permission
from warmhandoff.referrals import actions
from warmhandoff.web.forms import OneUseKeyForm
from warmhandoff.web.site import mail_door
from warmhandoff.web.site.access import requires
from warmhandoff.web.stalled.door import DOOR, Visit, behind_the_link
from warmhandoff.web.stalled.sheet import Sheet, save, sheet_of

SIGNED_IN = "referrals:stalled"


def _saved(number: int) -> str:
    said = ngettext("%(number)s answer is kept.", "%(number)s answers are kept.", number)
    return said % {"number": number}


def _answer(key: OneUseKeyForm, sheet: Sheet, by: Actor) -> bool:
    """Keep what was answered, once a press. False where the page must be shown again."""
    if not key.is_valid() or not sheet.is_touched:
        return False
    key.once(by=by, act=lambda: f"saved {save(sheet, by)}")
    return not sheet.wrong


def _context(sheet: Sheet, key: OneUseKeyForm, posted: bool) -> dict[str, Any]:
    return {
        "sheet": sheet,
        "nothing_said": posted and not sheet.is_touched,
        "saved": _saved(sheet.saved) if sheet.saved else "",
        # After a press that kept something its key is used: the rest goes under a new one.
        "key": (OneUseKeyForm() if sheet.saved or not key.is_bound else key)["form_key"],
    }


# --- Behind the link ----------------------------------------------------------------------------------------------


@behind_the_link(needs_code=True)
def page(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    posted = request.method == "POST"
    sheet = sheet_of(
        visit.link,
        data=request.POST if posted else None,
        again=request.GET.get("again", ""),
        names=visit.granted,
    )
    key = OneUseKeyForm(request.POST if posted else None)
    if posted and _answer(key, sheet, visit.by):
        return redirect(visit.url(saved=str(sheet.saved)))
    if visit.granted:
        _write_down_who_was_shown(sheet, visit)
    context = mail_door.frame(visit) | _context(sheet, key, posted)
    if not posted and request.GET.get("saved", "").isdigit() and int(request.GET["saved"]):
        context["saved"] = _saved(int(request.GET["saved"]))
    context |= {
        "organization": visit.link.organization,
        "mailed_at": visit.link.mailed_at,
        "code_waits": not visit.granted and mail_links.waits(visit.link),
        "here": visit.url(),
        "again": f"{visit.url()}{'&' if visit.query else '?'}again=",
    }
    return render(request, "stalled/page.html", context, status=422 if posted else 200)


def _write_down_who_was_shown(sheet: Sheet, visit: Visit) -> None:
    for row in (*sheet.asked, *sheet.answered):
        if row.name:
            privacy.opened(
                person_id=row.referral.person_id,
                subject=("referral", row.referral.pk),
                classes=("contact",),
                by=visit.by,
            )


@behind_the_link(methods=("POST",))
def send_code(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    return mail_door.send_code(
        request, visit, says=_what_for(), send=lambda: actions.send_stall_code(link=visit.link)
    )


@behind_the_link()
def code(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """The code step: right, and this browser sees who it is, and answers, for twelve hours."""
    if visit.granted:
        return redirect(visit.url())
    return mail_door.take_code(request, visit, says=_what_for(), leads_to=visit.url())


def _what_for() -> str:
    return _("Who it is about is shown only to whoever reads this mailbox, and only they say how it goes.")


@behind_the_link()
def wrong_mailbox(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Not their mailbox: the link stops, and the network's office hears of it."""
    form = OneUseKeyForm(request.POST or None)
    if form.is_bound and form.is_valid():
        form.once(by=visit.by, act=lambda: str(actions.stall_mailbox_is_wrong(link=visit.link)))
        return redirect(visit.url())
    return render(request, "stalled/wrong_mailbox.html", mail_door.frame(visit) | {"key": form["form_key"]})


@behind_the_link(methods=("POST",), standings=(Standing.LIVE, *DOOR.renewable))
def fresh(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    return DOOR.fresh(request, visit, renew=lambda: _fresh_link(visit))


def _fresh_link(visit: Visit) -> None:
    with suppress(actions.AskedJustNow):  # a mail went there minutes ago: what the page says is true
        actions.fresh_stall_link(link=visit.link)


# --- Behind the sign-in -------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ANSWER)
def signed_in(request: HttpRequest) -> HttpResponse:
    """The whole organization's sheet."""
    who = request.who  # type: ignore[attr-defined]
    posted = request.method == "POST"
    sheet = sheet_of(data=request.POST if posted else None, again=request.GET.get("again", ""))
    key = OneUseKeyForm(request.POST if posted else None)
    if posted and _answer(key, sheet, who.actor):
        if sheet.saved:
            messages.success(request, _saved(sheet.saved))
        return redirect(SIGNED_IN)
    here = reverse(SIGNED_IN)
    context = _context(sheet, key, posted) | {"here": here, "again": f"{here}?again="}
    return render(request, "stalled/desk.html", context, status=422 if posted else 200)
