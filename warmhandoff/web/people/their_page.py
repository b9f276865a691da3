"""The ways to a person's own page, as staff give them: a link mailed to an address of theirs, or a card to print; each can be
stopped. And what they said there is wrong, with its answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from warmhandoff.custody import said_wrong
from warmhandoff.foundation import mail_links
from warmhandoff.foundation.errors import BadValue, DomainError, NotYours
from warmhandoff.network.roles import Permission
from warmhandoff.participants import own_links
from warmhandoff.participants.models import Participant
from warmhandoff.participants.own_page import OwnAccess, OwnLink, SaidWrong
from warmhandoff.participants.reading import file_or_404
from warmhandoff.referrals import page_questions
from warmhandoff.web.forms import OneUseKeyForm
from warmhandoff.web.own.told import ABOUT
from warmhandoff.web.people.acts import shows_the_first_result
from warmhandoff.web.people.card import Card, card_for
from warmhandoff.web.people.carry import picture
from warmhandoff.web.people.forms import PressForm, language_choices
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who

OUTCOMES = {
    SaidWrong.Outcome.MENDED: gettext_lazy("It was wrong, and is put right"),
    SaidWrong.Outcome.TALKED: gettext_lazy("We talked about it"),
    SaidWrong.Outcome.STAYS: gettext_lazy("It stays as it is"),
}


class MailForm(OneUseKeyForm):
    """To which address; it is theirs, and nobody else reads it."""

    mailbox = forms.ChoiceField(label=gettext_lazy("To which address?"), widget=forms.RadioSelect)
    theirs = forms.BooleanField(
        label=gettext_lazy("They said that it is theirs and that nobody else reads it"),
        error_messages={"required": gettext_lazy("Ask them first. If others read it too, give them a card.")},
    )

    def __init__(self, *args: Any, file: Participant, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="mail_%s", **kwargs)
        self.mailboxes = {one.code: one for one in own_links.mailboxes_of(file)}
        self.offer("mailbox", [(code, one.value) for code, one in self.mailboxes.items()])
        if len(self.mailboxes) == 1:
            self.initial.setdefault("mailbox", next(iter(self.mailboxes)))


class CardForm(OneUseKeyForm):
    """In which language."""

    language = forms.ChoiceField(
        label=gettext_lazy("The card is in"), choices=language_choices, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="card_%s", **kwargs)


@dataclass(frozen=True)
class GivenOut:
    """One way in, as staff see it."""

    says: str
    stands: str
    live: bool
    since: datetime
    card_page: str
    stop_page: str


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.HAND_OUT)
@shows_the_first_result
def their_page(request: HttpRequest, code: str) -> HttpResponse:
    """Send it, print it, and see which ways in there are."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    by_mail, by_card = request.POST.get("way") == "mail", request.POST.get("way") == "card"
    mail = MailForm(request.POST if by_mail else None, file=card.file)
    contact = card.shown.contact
    printed = CardForm(
        request.POST if by_card else None, initial={"language": contact.language if contact else "en"}
    )
    refused: DomainError | None = None
    try:
        if mail.is_bound and mail.is_valid():
            return redirect(mail.once(by=who.actor, act=lambda: _mail(request, mail, card, who)))
        if printed.is_bound and printed.is_valid():
            return redirect(printed.once(by=who.actor, act=lambda: _print(printed, card, who)))
    except DomainError as error:
        refused = error
    context = {
        "card": card,
        "code": code,
        "mail": mail,
        "printed": printed,
        "refused": refused,
        "given_out": [_given_out(one, code) for one in own_links.of_file(card.file)],
        "asks": list(page_questions.waiting_of(card.file)),
        "has_birth_date": bool(contact and contact.birth_date),
        "kiosk": reverse("own:kiosk"),
    }
    status = refused.status if refused else 422 if mail.is_bound or printed.is_bound else 200
    return render(request, "people/their_page.html", context, status=status)


def _mail(request: HttpRequest, form: MailForm, card: Card, who: Who) -> str:
    mailbox = form.mailboxes[form.cleaned_data["mailbox"]]
    own_links.mail_page(file=card.file, mailbox=mailbox, by=who.actor)
    messages.success(
        request, _("Sent. The mail names nobody, and asks for six digits before it shows anything.")
    )
    return reverse("people:their_page", args=[card.file.code])


def _print(form: CardForm, card: Card, who: Who) -> str:
    link = own_links.print_card(file=card.file, language=form.cleaned_data["language"], by=who.actor)
    return reverse("people:their_card", args=[card.file.code, link.code])


def _given_out(one: OwnAccess, code: str) -> GivenOut:
    link = one.link
    is_card = link.kind == OwnLink.Kind.CARD
    standing = mail_links.standing_of(link, link.generation)
    mailbox_stopped = link.mailbox is not None and link.mailbox.stopped_at is not None
    live = standing is mail_links.Standing.LIVE and not mailbox_stopped
    stands = {
        mail_links.Standing.REVOKED: _("Stopped"),
        mail_links.Standing.DEAD: _("Too old"),
    }.get(standing, _("The address is no longer used") if mailbox_stopped else _("Opens their page"))
    return GivenOut(
        _("A card") if is_card else _("A mail to %(address)s") % {"address": link.mailbox.value if link.mailbox else ""},
        stands,
        live,
        link.mailed_at,
        reverse("people:their_card", args=[code, link.code]) if is_card and live else "",
        reverse("people:stop_page", args=[code, link.code]) if live else "",
    )  # fmt: skip


@require_safe
@requires(Permission.HAND_OUT)
def their_card(request: HttpRequest, code: str, link: str) -> HttpResponse:
    """The card, to print: a picture, a code, and no name."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    found = _live(card.file, link).link
    if found.kind != OwnLink.Kind.CARD:
        raise NotYours()
    with translation.override(found.language):
        context = {
            "card": card,
            "code": code,
            "language": found.language,
            "card_code": own_links.code_of(found),
            "picture": picture(mail_links.address_of(found)),
            "type_at": settings.ROOT_URL + reverse("own:card"),
            "until": found.dies_at,
        }
    return render(request, "people/their_card.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.HAND_OUT)
@shows_the_first_result
def stop(request: HttpRequest, code: str, link: str) -> HttpResponse:
    """A mail that went astray, a card that was lost."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    access = _live(card.file, link)
    form = PressForm(request.POST or None)
    to = reverse("people:their_page", args=[code])

    def act() -> str:
        own_links.stop(access=access, by=who.actor)
        messages.success(request, _("Stopped. It opens nothing any more."))
        return to

    if form.is_bound and form.is_valid():
        return redirect(form.once(by=who.actor, act=act))
    context = {"card": card, "code": code, "form": form, "is_card": access.link.kind == OwnLink.Kind.CARD}
    return render(request, "people/stop_page.html", context, status=422 if form.is_bound else 200)


def _live(file: Participant, code: str) -> OwnAccess:
    found = own_links.of_file(file).filter(link__code=code, link__revoked_at__isnull=True).first()
    if found is None:
        raise NotYours()
    return found


# --- What they said is wrong --------------------------------------------------------------------------------------


class HeardForm(OneUseKeyForm):
    """What became of it, in words for the person."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What became of it?"),
        choices=list(OUTCOMES.items()),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say what became of it: choose one of the three.")},
    )
    words = forms.CharField(
        label=gettext_lazy("Your answer to them"),
        max_length=said_wrong.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("They read it on their own page."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CHANGE_FILE)
@shows_the_first_result
def heard(request: HttpRequest, code: str, said: str) -> HttpResponse:
    """Their words; and the answer, once."""
    who: Who = request.who  # type: ignore[attr-defined]
    file = file_or_404(code)
    one = said_wrong.said_or_404(file, said)
    form = HeardForm(request.POST or None)

    def act() -> str:
        data = form.cleaned_data
        said_wrong.answer(said=one, outcome=data["outcome"], words=data["words"], by=who.actor)
        messages.success(request, _("Answered. They read it on their own page."))
        return reverse("people:person", args=[code])

    if form.is_bound and form.is_valid():
        try:
            return redirect(form.once(by=who.actor, act=act))
        except BadValue as error:
            form.refuse(error)
    context = {
        "card": card_for(code, who),
        "code": code,
        "said": one,
        "about": ABOUT[one.about],
        "words": said_wrong.words_of(one),
        "answer": said_wrong.answer_of(one),
        "outcome": OUTCOMES.get(one.outcome, ""),  # type: ignore[call-overload]
        "form": form,
    }
    return render(request, "people/heard.html", context, status=422 if form.is_bound else 200)
