"""Who can see what of someone, and why; and stopping it when the person says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django.views.decorators.http import require_http_methods, require_safe

from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import NotYours
from warmhandoff.foundation.models import AccessLog, Actor
from warmhandoff.network.models import Membership, Organization
from warmhandoff.network.roles import Permission
from warmhandoff.participants.models import Consent, Share
from warmhandoff.referrals import actions as referrals
from warmhandoff.web.people.acts import shows_the_first_result
from warmhandoff.web.people.card import Card, card_for, class_words
from warmhandoff.web.people.forms import PressForm
from warmhandoff.web.people.letter import Section
from warmhandoff.web.people.person import frame
from warmhandoff.web.people.questions import both_languages
from warmhandoff.web.people.their_file import (
    HOW_ASKED,
    recipient_names,
    what_they_said,
    who_could_see,
)
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said

LATELY, LOOKED_THROUGH = 10, 200


@require_safe
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
def who_can_see(request: HttpRequest, code: str) -> HttpResponse:
    """Our own part: what we let others see, on what ground, since when, until when."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    context = {
        "ended": ended(card),
        "consents": said_yes_or_no(card),
        "read_out": list(read_out(card)),
        "opened": opened(card, who),
    }
    return render(request, "people/who_can_see.html", frame(card, "who_can_see", who) | context)


@dataclass(frozen=True)
class Ended:
    """What another organization could see once, and can't any more."""

    organization: str
    parts: str
    since: datetime
    until: datetime


def ended(card: Card) -> list[Ended]:
    shares = Share.objects.filter(file=card.file, organization_id=card.file.organization_id)
    over: dict[tuple[str, datetime, datetime], list[str]] = {}
    for share in shares.select_related("recipient").order_by("-since", "id"):
        until = min(share.revoked_at or share.until, share.until)
        if until <= clock.now():
            over.setdefault((share.recipient.name, share.since, until), []).append(share.data_class)
    return [Ended(name, class_words(parts), since, until) for (name, since, until), parts in over.items()]


@dataclass(frozen=True)
class YesOrNo:
    """What the person said when they were asked to share, and how it stands now."""

    recipients: str
    parts: str
    asked: str
    stands: str
    live: bool


def said_yes_or_no(card: Card) -> list[YesOrNo]:
    """Every question and its answer, newest first."""
    consents = sorted(card.shown.consents, key=lambda one: (one.given_at, one.pk), reverse=True)
    names = recipient_names({pk for one in consents for pk in one.recipients})
    return [_yes_or_no(one, names) for one in consents]


def _yes_or_no(one: Consent, names: dict[int, str]) -> YesOrNo:
    recipients = said.together([names[pk] for pk in one.recipients if pk in names]) or _("anybody")
    facts = {"day": said.on_day(one.given_at), "how": HOW_ASKED[one.how]}
    live = one.is_live(clock.now())
    if one.refused:
        stands = _("They said no")
    elif one.revoked_at:
        stands = _("Taken back %(day)s") % {"day": said.on_day(one.revoked_at)}
    elif live:
        stands = _("Agreed until %(day)s") % {"day": said.day(one.expires_at)}
    else:
        stands = _("Over since %(day)s") % {"day": said.day(one.expires_at)}
    return YesOrNo(
        recipients, class_words(one.data_classes), _("Asked %(day)s, %(how)s") % facts, stands, live
    )


@dataclass(frozen=True)
class Spoken:
    """What is read out to the person, in one language."""

    lang: str
    sections: list[Section]


def read_out(card: Card) -> Iterator[Spoken]:
    """Who can see what, as it is told to the person: in the page's language and in the other, for whoever sits beside them."""
    for language in both_languages():
        with override(language):
            yield Spoken(language, [who_could_see(card), what_they_said(card)])


@dataclass(frozen=True)
class Opened:
    """A colleague opened what is logged."""

    who: str
    says: str
    at: datetime


def opened(card: Card, who: Who) -> list[Opened]:
    """Who of us opened a sensitive part of this file lately. The network sees none of it."""
    log = AccessLog.objects.filter(
        organization_id=card.file.organization_id, person_id=card.file.person_id
    ).select_related("actor")
    # One line for what one colleague opened in one day.
    lately: dict[tuple[int, str, date], AccessLog] = {}
    for each in log.order_by("-opened_at", "-id")[:LOOKED_THROUGH]:
        lately.setdefault((each.actor_id, _says(each), said.day_of(each.opened_at)), each)
    members = Membership.objects.select_related("user").in_bulk(
        {each.actor.subject_id for each in lately.values() if each.actor.kind == Actor.Kind.MEMBER}
    )
    return [
        Opened(_name(each.actor, members, who), _says(each), each.opened_at)
        for each in list(lately.values())[:LATELY]
    ]


def _says(each: AccessLog) -> str:
    if each.actor.kind == Actor.Kind.PARTICIPANT:
        return _("took their file along") if each.subject_kind == "handed_out" else _("opened their own page")
    if each.subject_kind == "handed_out":
        return _("gave them their file")
    return _("opened: %(parts)s") % {"parts": class_words(each.data_classes)}


def _name(actor: Actor, members: dict[int, Membership], who: Who) -> str:
    if actor == who.actor:
        return _("You")
    if actor.kind == Actor.Kind.PARTICIPANT:
        return _("The person themself")
    member = members.get(actor.subject_id or 0)
    return member.user.name if member is not None else _("The system")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CHANGE_FILE, Permission.REFER)
@shows_the_first_result
def stop(request: HttpRequest, code: str, consent: str) -> HttpResponse:
    """The person takes a consent back: asked once more, then nothing flows from that second."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    found = Consent.objects.filter(code=consent, file=card.file, refused=False).select_related("file").first()
    if found is None:
        raise NotYours()
    to = reverse("people:who_can_see", args=[code])
    if found.revoked_at is not None:
        return redirect(to)
    form = PressForm(request.POST or None)
    if form.is_bound and form.is_valid():
        return redirect(form.once(by=who.actor, act=lambda: _stop(request, found, who, to)))
    names = Organization.objects.filter(pk__in=found.recipients).order_by("name_sort")
    context = {
        "card": card,
        "code": code,
        "consent": found,
        "form": form,
        "recipients": said.together([one.name for one in names]),
        "languages": both_languages(),
        "over": not found.is_live(clock.now()),
    }
    return render(request, "people/stop_sharing.html", context, status=422 if form.is_bound else 200)


def _stop(request: HttpRequest, consent: Consent, who: Who, to: str) -> str:
    ended = referrals.stop_sharing(consent=consent, by=who.actor)
    said_so = ngettext("%(number)s share has ended.", "%(number)s shares have ended.", ended) % {
        "number": ended
    }
    messages.success(request, _("Stopped. Nothing more is shared.") + (f" {said_so}" if ended else ""))
    return to
