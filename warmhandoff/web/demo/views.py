"""Follow one person, be someone else, read the mailbox, let time pass, see the proof."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.html import linebreaks, urlize
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from warmhandoff.demo import clock as demo_clock
from warmhandoff.demo import counts, earlier, followed, mailbox, network
from warmhandoff.foundation import clock
from warmhandoff.web.demo import guide, picture, promised, roles
from warmhandoff.web.demo.access import in_the_demo
from warmhandoff.web.demo.forms import CHOICES, LetPass
from warmhandoff.web.site.context import MEMBERSHIP_IN_SESSION, actor_for

# Who one is without an account; read by the demo's bar.
NOTHING_MORE: Final = 286  # htmx: show this, and ask no more
WITHOUT_ACCOUNT: Final = "demo_without_account"
# Links in mails name the port of the day on which they were sent; the demo may run on another one today.
TO_THIS_MACHINE: Final = re.compile(r'href="https?://(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?/')


@require_safe
@in_the_demo("the demo's first page: the network as it is now, whom to follow, whom to be")
def start(request: HttpRequest) -> HttpResponse:
    story = followed.standing()
    holder = followed.holder_of(story) if story else None
    context = {
        "picture": picture.draw(counts.houses(), counts.ways(), holder.code if holder else ""),
        "story": story,
        "first": roles.cards(roles.FIRST),
        "more": roles.cards(roles.MORE),
        "now": clock.now(),
        "earlier": earlier.progress(),
    }
    return render(request, "demo/start.html", context)


@require_safe
@in_the_demo("how far the months before are told; the first page asks for it while they are")
def earlier_months(request: HttpRequest) -> HttpResponse:
    progress = earlier.progress()
    status = NOTHING_MORE if progress.is_done else 200
    return render(request, "demo/earlier.html", {"earlier": progress}, status=status)


@csrf_exempt  # pressed from answer pages too, which name no origin; and to be somebody made up is no secret
@require_POST
@in_the_demo("signs in as one of the made-up staff with one press")
def be(request: HttpRequest) -> HttpResponse:
    return _be(request, request.POST.get("role", ""), request.POST.get("then", ""))


def _be(request: HttpRequest, key: str, then: str = "") -> HttpResponse:
    chosen = roles.role(key)
    if chosen is None:
        raise Http404
    if chosen.key == roles.PARTNER:
        return _be_partner(request, then)
    membership = roles.membership_of(chosen)
    if membership is None:
        messages.error(request, _("This organization is closed: nobody works there any more."))
        return redirect("demo:start")
    _leave(request)
    login(request, membership.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session[MEMBERSHIP_IN_SESSION] = membership.code
    return redirect(
        _house_to_close() if then == guide.THEN_CLOSE else _landing(chosen.lands_on) + _part(then)
    )


def _be_partner(request: HttpRequest, then: str) -> HttpResponse:
    """Whoever reads the mailbox: of the place that was asked about whom the guide follows, or the one with a mail waiting."""
    story = followed.standing() if then == guide.THEN_ASKED else None
    asked = followed.asked(story) if story else None
    _leave(request)
    request.session[WITHOUT_ACCOUNT] = (
        story.receiver if story and asked else network.HOUSES[roles.PARTNERS_HOUSE].name
    )
    if asked and asked.mail is None:
        return redirect("demo:mailbox_of", asked.box)
    mail = asked.mail if asked else roles.newest_mail()
    if mail:
        return redirect("demo:mail", mail.code)
    return redirect("demo:mailbox_of", mailbox.code_of(network.mailbox_of(roles.PARTNERS_HOUSE)))


def _leave(request: HttpRequest) -> None:
    """Be nobody, but go on being led by the guide."""
    led = request.session.get(guide.GUIDE)
    logout(request)
    if led:
        request.session[guide.GUIDE] = led


def _house_to_close() -> str:
    story = followed.standing()
    return (
        reverse("administration:close", args=[story.house.code]) if story else reverse("administration:home")
    )


def _part(then: str) -> str:
    """Of Today: on a phone what the guide speaks of is further down."""
    return f"#{then}" if then in (guide.THEN_NEWS, guide.THEN_LATE) else ""


# --- The guide ----------------------------------------------------------------------------------------------------


@require_POST
@in_the_demo("follows one person: on to where her story stands")
def follow(request: HttpRequest) -> HttpResponse:
    story = followed.standing()
    if story is None:
        raise Http404
    request.session[guide.GUIDE] = guide.OPEN
    step = guide.step(story, guide.Here())
    if step.press:
        said = dict(step.fields)
        return _be(request, said["role"], said.get("then", ""))
    return redirect(step.link)


@csrf_exempt  # pressed from answer pages too, which name no origin
@require_POST
@in_the_demo("opens and closes the guide at the foot of the page")
def show_guide(request: HttpRequest) -> HttpResponse:
    request.session[guide.GUIDE] = guide.OPEN if request.POST.get("open") else guide.CLOSED
    back = request.POST.get("back", "")
    is_here = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
    return redirect(back if is_here else "demo:start")


def _landing(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:  # a desk that isn't part of this installation
        return reverse("start")


# --- The mailbox --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Box:
    """One address that mail came to."""

    code: str
    address: str
    count: int


@require_safe
@in_the_demo("shows what the demo's own mail server received")
def mails(request: HttpRequest, code: str = "") -> HttpResponse:
    received = mailbox.received()
    boxes = _boxes(received)
    chosen = next((box for box in boxes if box.code == code), None)
    if code and chosen is None:
        raise Http404
    shown = [mail for mail in received if code in ("", mail.mailbox)]
    return render(request, "demo/mails.html", {"mails": shown, "boxes": boxes, "chosen": chosen})


def _boxes(received: list[mailbox.Mail]) -> list[Box]:
    """Services' mailboxes first, then the staff's; at the end those that got nothing yet."""
    addresses = [
        network.mailbox_of(house) for house in dict.fromkeys(o.house for o in network.OFFERS.values())
    ]
    addresses += sorted({mail.to for mail in received} - set(addresses))
    found = [
        Box(mailbox.code_of(each), each, sum(mail.to == each for mail in received)) for each in addresses
    ]
    return sorted(found, key=lambda box: not box.count)


@require_safe
@in_the_demo("shows one mail that the demo's own mail server received")
def mail(request: HttpRequest, code: str) -> HttpResponse:
    found = mailbox.mail_with(code)
    if found is None:
        raise Http404
    return render(request, "demo/mail.html", {"mail": found, "body": _readable(found.text)})


def _readable(text: str) -> SafeString:
    """The text part, with links that can be pressed. The HTML part stays closed: here it would be somebody else's page."""
    linked = linebreaks(urlize(text.strip(), autoescape=True))
    return mark_safe(TO_THIS_MACHINE.sub('href="/', linked))  # noqa: S308  urlize escaped it


# --- The clock ----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@in_the_demo("lets the demo's time pass; refused in any other database")
def move_clock(request: HttpRequest) -> HttpResponse:
    form = LetPass(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect(
            form.once(by=actor_for(request), act=lambda: _let_pass(request, form.cleaned_data["days"]))
        )
    waiting = [(days, label, LetPass(initial={"days": days}, auto_id=False)) for days, label in CHOICES]
    status = 422 if form.is_bound else 200
    return render(request, "demo/clock.html", {"choices": waiting, "now": demo_clock.now()}, status=status)


def _let_pass(request: HttpRequest, days: int) -> str:
    passed = demo_clock.let_pass(business_days=days)
    said = ngettext(
        "Done: one thing fell due on the way and happened at its own time.",
        "Done: %(count)s things fell due on the way, and each happened at its own time.",
        passed.fired,
    )
    messages.success(
        request, said % {"count": passed.fired} if passed.fired else _("Done: nothing fell due on the way.")
    )
    return (
        reverse("start") + _part(request.POST.get("then", ""))
        if request.user.is_authenticated
        else reverse("demo:clock")
    )


# --- The check ----------------------------------------------------------------------------------------------------


@require_safe
@in_the_demo("proves the promises over all rows of made-up people; shows counts")
def check(request: HttpRequest) -> HttpResponse:
    """The proofs that `warmhandoff check` runs, by a function of the owner that tells counts alone."""
    began = time.monotonic()
    findings = counts.check()
    context = {
        "findings": [(each, promised.words_of(each)) for each in findings],
        "rows": sum(each.examined for each in findings),
        "broken": sum(each.broken for each in findings),
        "seconds": round(time.monotonic() - began, 2),
        "now": clock.now(),
    }
    return render(request, "demo/check.html", context)
