"""The pages behind the weekly mail, and the same sheet behind the sign-in."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
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
from warmhandoff.referrals.models import StallLink
from warmhandoff.web.forms import OneUseKeyForm
from warmhandoff.web.site import mail_door
from warmhandoff.web.site.access import requires
from warmhandoff.web.stalled.door import DOOR, Visit, behind_the_link
from warmhandoff.web.stalled.sheet import Sheet, save, sheet_of, still_wrong

SIGNED_IN = "referrals:stalled"


def _saved(number: int) -> str:
    said = ngettext("%(number)s answer is kept.", "%(number)s answers are kept.", number)
    return said % {"number": number}


@dataclass(frozen=True)
class Pressed:
    """What came of a press, or the page as it is looked at."""

    sheet: Sheet
    key: OneUseKeyForm
    saved: int = 0
    is_press: bool = False

    @property
    def is_done(self) -> bool:
        return self.is_press and self.key.is_valid() and bool(self.sheet.touched) and not self.sheet.wrong

    @property
    def status(self) -> int:
        return 422 if self.is_press else 200

    def context(self) -> dict[str, Any]:
        return {
            "sheet": self.sheet,
            "nothing_said": self.is_press and not self.sheet.touched,
            "saved": _saved(self.saved) if self.saved else "",
            # A press has used its key: what is left to answer goes under a new one.
            "key": OneUseKeyForm()["form_key"],
        }


def _pressed(
    request: HttpRequest, link: StallLink | None, by: Actor | None, *, names: bool = True
) -> Pressed:
    """Keep what was answered, once a press; what is wrong is shown again as it was typed."""
    again = request.GET.get("again", "")
    if request.method != "POST" or by is None:
        return Pressed(sheet_of(link, again=again, names=names), OneUseKeyForm())
    sheet, key = sheet_of(link, data=request.POST, names=names), OneUseKeyForm(request.POST)
    if not key.is_valid() or not sheet.touched:
        return Pressed(sheet, key, is_press=True)
    saved = 0

    def act() -> str:
        nonlocal saved
        saved = save(sheet, by)
        return f"kept {saved}"

    key.once(by=by, act=act)
    if sheet.wrong:
        sheet = still_wrong(sheet, sheet_of(link, names=names))
    return Pressed(sheet, key, saved, is_press=True)


# --- Behind the link ----------------------------------------------------------------------------------------------


@behind_the_link(needs_code=True)
def page(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    pressed = _pressed(request, visit.link, visit.actor, names=visit.granted)
    if pressed.is_done:
        return redirect(visit.url(saved=str(pressed.saved)))
    if visit.granted:
        _write_down_who_was_shown(pressed.sheet, visit)
    context = mail_door.frame(visit) | pressed.context()
    kept = request.GET.get("saved", "")
    if not pressed.is_press and kept.isdecimal() and int(kept):
        context["saved"] = _saved(int(kept))
    context |= {
        "organization": visit.link.organization,
        "mailed_at": visit.link.mailed_at,
        "code_waits": not visit.granted and mail_links.waits(visit.link),
        "here": visit.url(),
        "again": f"{visit.url()}{'&' if visit.query else '?'}again=",
    }
    return render(request, "stalled/page.html", context, status=pressed.status)


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
    pressed = _pressed(request, None, who.actor)
    if pressed.is_done:
        if pressed.saved:
            messages.success(request, _saved(pressed.saved))
        return redirect(SIGNED_IN)
    here = reverse(SIGNED_IN)
    context = pressed.context() | {"here": here, "again": f"{here}?again="}
    return render(request, "stalled/desk.html", context, status=pressed.status)
