"""The page behind the mail. A look changes nothing; each press takes effect once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from warmhandoff.foundation import mail_links, privacy
from warmhandoff.foundation.errors import BadValue, DomainError, WrongState
from warmhandoff.foundation.mail_links import Standing
from warmhandoff.foundation.models import Actor
from warmhandoff.foundation.once import result_of
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.referrals import actions, declines, reading
from warmhandoff.referrals.models import Referral, ReferralEvent
from warmhandoff.referrals.states import EXPIRED, OPEN, SENT, UNDER_WAY
from warmhandoff.web.answer.acts import ACTS, Act, is_done, offered
from warmhandoff.web.answer.door import DOOR, LINK_CLASSES, Visit, behind_the_link
from warmhandoff.web.answer.forms import MessageForm
from warmhandoff.web.forms import OneUseKeyForm
from warmhandoff.web.referrals.correcting import CorrectForm, Mine, can_correct, entry_code, entry_or_404
from warmhandoff.web.referrals.second_look import asked_again, notes_beside
from warmhandoff.web.referrals.story import sentence, story_of
from warmhandoff.web.site import mail_door


def show(request: HttpRequest, visit: Visit, refused: DomainError | None = None) -> HttpResponse:
    """How it stands: the question and its four answers, or what the receiver does next."""
    referral = visit.referral
    lines = _card(visit)
    acts = offered(referral)
    context = _frame(visit) | {
        "state": referral.state,
        "is_late_yes": referral.state == EXPIRED and any(act.slug == "yes" for act in acts),
        "under_way": referral.state in UNDER_WAY,
        "is_over": referral.state not in OPEN,
        "code_waits": referral.state in UNDER_WAY and not visit.granted and mail_links.waits(visit.link),
        "needs_code_first": referral.is_transfer and not visit.granted and referral.state in (SENT, EXPIRED),
        "acts": [(act, visit.url("act", act.slug)) for act in acts if act.slug != "message"],
        "waits": referral.waits_for,
        "stage": reading.state_words(referral) if referral.stage else "",
        "write": visit.url("act", "message") if any(act.slug == "message" for act in acts) else "",
        "talk_form": MessageForm(referral=referral, auto_id="talk_%s") if visit.granted else None,
        "messages_hidden": 0 if visit.granted else reading.how_many_name(referral),
        "asked_again": asked_again(referral),
        "looked_at": declines.look_at(referral),
        "before": reading.before_answer(referral),
        "card": lines,
        "contact": reading.who_answers(referral) if "sender" in referral.parts else None,
        "mailbox_owner": visit.link.organization.name,
        "story": story_of(
            referral, _told_behind_the_link(referral), names_staff=False, correct=_page_to_correct(visit)
        ),
        "notes": notes_beside(referral, asked_again(referral)),
        "due": reading.due_of(referral),
        "refused": words_of(refused) if refused else None,
        "key": OneUseKeyForm()["form_key"],
    }
    return render(request, "answer/page.html", context, status=refused.status if refused else 200)


def _told_behind_the_link(referral: Referral) -> QuerySet[ReferralEvent]:
    """Whoever reads the mailbox needn't know to which colleague it was given."""
    return reading.events_of(referral).exclude(kind=ReferralEvent.Kind.ASSIGNED)


def _card(visit: Visit) -> list[reading.Line]:
    """What the consent covers, for a browser that gave the code. Each showing is written down."""
    if not visit.granted or visit.actor is None:
        return []
    lines = reading.received(visit.referral)
    if lines:
        privacy.opened(
            person_id=visit.referral.person_id,
            subject=("referral", visit.referral.pk),
            classes=actions.classes_shared(visit.referral.need_code, visit.referral.parts),
            by=visit.by,
        )
    return lines


def _frame(visit: Visit) -> dict[str, Any]:
    return mail_door.frame(visit) | {
        "referral": visit.referral,
        "service": visit.referral.service.in_language(visit.language),
    }


def words_of(error: DomainError) -> tuple[str, str]:
    """A refusal in the language of the page: what is so, and what to do."""
    return {
        "wrong_state": (_("This has moved on since you opened it."), _("Here is how it stands now.")),
        "not_lost_yet": (_("It is too early to call this contact lost."), error.mend),
        "consent_missing": (
            _("The person has taken back their agreement, so nothing can be shown."),
            _("Call whoever sent them."),
        ),
    }.get(error.code, (error.sentence, error.mend))  # fmt: skip


@behind_the_link(methods=("GET", "HEAD"))
def page(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    return show(request, visit)


@behind_the_link(when_moved=show)
def act(request: HttpRequest, visit: Visit, slug: str) -> HttpResponseBase:
    """One of the receiver's answers or records, on a page of its own."""
    found = ACTS.get(slug)
    if found is None:
        raise Http404
    if found not in offered(visit.referral):
        return _where_it_stands(request, visit, found)
    if not visit.granted and (slug == "message" or (slug == "yes" and visit.referral.is_transfer)):
        # What is written now may name the person: only for who reads this mailbox.
        return redirect(visit.url("code"))
    form = found.form(
        request.POST or None,
        referral=visit.referral,
        you=visit.link.signed_as,
        knows_you=bool(visit.link.signed_as),
    )
    if request.method == "POST" and form.is_valid():
        form.once(by=visit.by, act=lambda: _do(found, form, visit))
        return redirect(visit.url())
    return _form_page(request, visit, found, form)


def _do(found: Act, form: Any, visit: Visit) -> str:
    found.do(form, visit.referral, visit.by)
    mail_links.sign(visit.link, form.said_name)
    # Never the address: it holds the token, and whoever reads the database must not be able to open a link.
    return found.slug


def _where_it_stands(request: HttpRequest, visit: Visit, found: Act) -> HttpResponse:
    """A press that comes too late: the first one's result, without a word where it is what this press wanted too."""
    if request.method != "POST" or is_done(found, visit.referral):
        return redirect(visit.url())
    return show(request, visit, refused=WrongState())


def _form_page(request: HttpRequest, visit: Visit, found: Act, form: Any) -> HttpResponse:
    missing: list[str] = []
    if found.slug == "lost":
        # Which ways the person allows is in the class contact; only the kinds of the ways are shown.
        with acting_as(None, organization_id=visit.link.organization_id, classes=LINK_CLASSES):
            missing = actions.why_not_lost(visit.referral)
    context = _frame(visit) | {"act": found, "form": form, "missing": missing}
    return render(request, "answer/act.html", context, status=422 if form.is_bound else 200)


# --- Saying right what was recorded -------------------------------------------------------------------------------


def _recorded_here(visit: Visit) -> Mine:
    """What this very link recorded is its own to correct."""
    return lambda event: event.by.kind == Actor.Kind.LINK and event.by.subject_id == visit.link.pk


def _page_to_correct(visit: Visit) -> Callable[[ReferralEvent], str]:
    mine = _recorded_here(visit)
    return lambda event: (
        visit.url("correct", entry_code(event)) if can_correct(event, visit.referral, mine) else ""
    )


@behind_the_link(when_moved=show)
def correct(request: HttpRequest, visit: Visit, entry: str) -> HttpResponseBase:
    """One entry of what was recorded behind this link: said right, or taken back."""
    if request.method == "POST" and result_of(request.POST.get("form_key", "")):
        return redirect(visit.url())
    event = entry_or_404(visit.referral, entry, _recorded_here(visit))
    form = CorrectForm(request.POST or None, event=event, referral=visit.referral)
    if request.method == "POST" and form.is_valid():
        try:
            form.once(by=visit.by, act=lambda: form.do(visit.by))
            return redirect(visit.url())
        except BadValue as error:
            form.refuse(error)
    context = _frame(visit) | {"form": form, "event": event, "says": sentence(visit.referral, event)}
    return render(request, "answer/correct.html", context, status=422 if form.is_bound else 200)


@behind_the_link(methods=("POST",), when_moved=show)
def seen(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """“We have it”: an act, never an opening."""
    form = OneUseKeyForm(request.POST)
    if form.is_valid() and visit.referral.state == SENT:
        form.once(by=visit.by, act=lambda: str(actions.see(referral=visit.referral, by=visit.by)))
    return redirect(visit.url())


# --- The code -----------------------------------------------------------------------------------------------------


@behind_the_link(methods=("POST",), when_moved=show)
def send_code(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    if not _code_is_of_use(visit):
        return redirect(visit.url("code"))
    return mail_door.send_code(
        request, visit, says=_what_for(visit), send=lambda: actions.send_code(link=visit.link)
    )


@behind_the_link(when_moved=show)
def code(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """The code step: right, and this browser sees what the consent covers, for twelve hours."""
    after = visit.url("act", "yes") if _is_before_a_transfer(visit) else visit.url()
    if visit.granted or not _code_is_of_use(visit):
        return redirect(after)
    return mail_door.take_code(request, visit, says=_what_for(visit), leads_to=after)


def _code_is_of_use(visit: Visit) -> bool:
    return reading.said_yes(visit.referral) or _is_before_a_transfer(visit)


def _is_before_a_transfer(visit: Visit) -> bool:
    return visit.referral.is_transfer and reading.may_still_say_yes(visit.referral)


def _what_for(visit: Visit) -> str:
    if visit.referral.is_transfer and not reading.said_yes(visit.referral):
        return _("With your yes the person is yours to hold. So first show that this mailbox is yours.")
    return _("The name and how to reach the person are shown only to whoever reads this mailbox.")


# --- Links that went astray ---------------------------------------------------------------------------------------


@behind_the_link(when_moved=show)
def wrong_mailbox(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Not their mailbox: the link stops, and whoever holds the person calls instead."""
    form = OneUseKeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.once(by=visit.by, act=lambda: str(actions.mailbox_is_wrong(link=visit.link, by=visit.by)))
        return redirect(visit.url())
    context = _frame(visit) | {"form": form}
    return render(request, "answer/wrong_mailbox.html", context)


@behind_the_link(methods=("POST",), standings=(Standing.LIVE, *DOOR.renewable))
def fresh(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    return DOOR.fresh(request, visit, renew=lambda: actions.fresh_link(link=visit.link))
