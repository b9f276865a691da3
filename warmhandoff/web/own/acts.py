"""What a person does on their own page: stop sharing, say yes or no, say what is wrong, want no more mails. Each asks once before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from warmhandoff.custody import said_wrong
from warmhandoff.foundation.errors import BadValue, NotYours
from warmhandoff.foundation.models import Actor
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.participants import own_links
from warmhandoff.participants.models import Consent, Participant
from warmhandoff.participants.own_page import OwnLink, PageQuestion, SaidWrong
from warmhandoff.participants.reading import consent_text
from warmhandoff.programs import own_page as programs
from warmhandoff.referrals import actions, page_questions
from warmhandoff.web.forms import OneUseKeyForm
from warmhandoff.web.own import told
from warmhandoff.web.own.door import ACT_CLASSES, Visit, at, behind_the_link, frame


def asked(request: HttpRequest, visit: Visit, template: str, form: Any, **more: Any) -> HttpResponse:
    context = frame(visit) | {"form": form} | more
    return render(request, template, context, status=422 if form.is_bound else 200)


def once(
    form: OneUseKeyForm,
    visit: Visit,
    organization_id: int,
    act: Callable[[Actor], str],
    *,
    classes: tuple[str, ...] = ACT_CLASSES,
) -> str:
    """Act once, within one organization. The result that is kept is a word, never the address: that holds the token."""

    def acting() -> str:
        with at(visit, organization_id, classes) as actor:
            return act(actor)

    return form.once(by=visit.by, act=acting)


@behind_the_link()
def stop(request: HttpRequest, visit: Visit, consent: str) -> HttpResponseBase:
    """Take a yes back: from that second nobody reads anything more of it."""
    one = next((each for each in visit.page.consents if each.code == consent and not each.refused), None)
    if one is None:
        raise NotYours()
    if one.revoked_at is not None:
        return redirect(visit.url())
    form = OneUseKeyForm(request.POST or None)
    if form.is_bound and form.is_valid():
        return redirect(visit.url(done=once(form, visit, one.organization_id, lambda by: _stop(consent, by))))
    return asked(
        request,
        visit,
        "own/stop.html",
        form,
        recipients=", ".join(one.recipients),
        what=told.what_is_shared(one),
    )


def _stop(code: str, by: Actor) -> str:
    consent = Consent.objects.select_related("file").get(code=code, organization_id=current_organization())
    actions.stop_sharing(consent=consent, by=by)
    return "stopped"


@behind_the_link()
def answer(request: HttpRequest, visit: Visit, question: str) -> HttpResponseBase:
    """A yes or a no, and what it would mean, before it is given."""
    one = next((each for each in visit.page.questions if each.code == question), None)
    if one is None:
        return redirect(visit.url())
    form = OneUseKeyForm(request.POST or None)
    said = request.POST.get("answer", "")
    if form.is_bound and form.is_valid() and said in ("yes", "no"):
        word = once(form, visit, one.organization_id, lambda by: _answer(question, said == "yes", by))
        return redirect(visit.url(done=word))
    text = consent_text(translation.get_language() or "en")
    return asked(request, visit, "own/answer.html", form, asked=told.asked_of(one), text=text)


def _answer(code: str, yes: bool, by: Actor) -> str:
    question = PageQuestion.objects.select_related(
        "file", "need", "asked_by", "service__organization", "service__mailbox"
    ).get(code=code, organization_id=current_organization())
    language = translation.get_language() or "en"
    referral = page_questions.answer(question=question, yes=yes, language=language, by=by)
    return "no" if not yes else "yes" if referral else "yes_later"


class WrongForm(OneUseKeyForm):
    """What is wrong, in their own words."""

    marks_optional = False
    about = forms.ChoiceField(
        label=_("What is it about?"),
        choices=list(told.ABOUT.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )
    words = forms.CharField(
        label=_("What is wrong?"),
        max_length=said_wrong.LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write a few words.")},
    )


@behind_the_link()
def wrong(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """To whoever holds them; where nobody does, to the organization that gave them the page."""
    form = WrongForm(request.POST or None)
    house = visit.page.holder.id if visit.page.holder else visit.page.home.id
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            word = once(form, visit, house, lambda by: _wrong(data["about"], data["words"], visit, by))
            return redirect(visit.url(done=word))
        except BadValue as error:
            form.refuse(error)
    return asked(request, visit, "own/wrong.html", form, reader=told.holder_name(visit.page))


class ProgramWrongForm(WrongForm):
    """It is about their program: only the words are asked."""

    about = None  # type: ignore[assignment]


@behind_the_link()
def program_wrong(request: HttpRequest, visit: Visit, enrollment: str) -> HttpResponseBase:
    """To whoever delivers the program: what they wrote of groups, hours and papers is theirs to put right."""
    one = next((each for each in programs.programs() if each.code == enrollment), None)
    if one is None:
        raise NotYours()
    form = ProgramWrongForm(request.POST or None)
    if form.is_bound and form.is_valid():
        words = form.cleaned_data["words"]
        try:
            word = once(form, visit, one.organization_id, lambda by: _program_wrong(one.file, words, by))
            return redirect(visit.url(done=word))
        except BadValue as error:
            form.refuse(error)
    return asked(request, visit, "own/wrong.html", form, reader=one.organization)


def _program_wrong(file: str, words: str, by: Actor) -> str:
    said_wrong.say(
        file=Participant.objects.get(code=file, organization_id=current_organization()),
        about=SaidWrong.About.PROGRAM,
        words=words,
        by=by,
    )
    return "wrong"


def _wrong(about: str, words: str, visit: Visit, by: Actor) -> str:
    held = visit.page.file_held
    file = (
        Participant.objects.get(pk=held.id)
        if held
        else Participant.objects.get(own_accesses__link=visit.link)
    )
    said_wrong.say(file=file, about=about, words=words, by=by)
    return "wrong"


@behind_the_link()
def no_mails(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """No more mails to this address: then this way in closes too."""
    if visit.link.kind != OwnLink.Kind.MAIL:
        return redirect(visit.url())
    form = OneUseKeyForm(request.POST or None)
    if form.is_bound and form.is_valid():
        once(form, visit, visit.link.organization_id, lambda by: _no_mails(visit.link, by))
        return redirect(visit.url())
    return asked(request, visit, "own/no_mails.html", form)


def _no_mails(link: OwnLink, by: Actor) -> str:
    own_links.no_more_mails(link=link, by=by)
    return "no_mails"
