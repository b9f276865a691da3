"""What is done for one person. Each page is one act; each act is one press of a form that takes effect once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from warmhandoff.custody import actions as custody
from warmhandoff.custody.protocol import NEXT_STEP_KINDS
from warmhandoff.custody.reading import duties_about
from warmhandoff.foundation import once, terms
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.network.roles import Permission
from warmhandoff.participants import actions as participants
from warmhandoff.participants import correcting
from warmhandoff.participants.models import Need, Participant, Reach
from warmhandoff.participants.reading import file_or_404, has_diploma
from warmhandoff.web.forms import OneUseKeyForm
from warmhandoff.web.people import forms
from warmhandoff.web.people.card import Card, card_for
from warmhandoff.web.people.forms import (
    AssignForm,
    CloseNeedForm,
    ContactForm,
    PressForm,
    RecordForm,
    ReleaseForm,
    StepForm,
    WayForm,
)
from warmhandoff.web.people.goes_on import goes_on
from warmhandoff.web.people.live import FORM, changed_since
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.site.live import listens
from warmhandoff.web.today import said
from warmhandoff.web.today.lines import lines_for

GET_OR_POST = ["GET", "HEAD", "POST"]


def shows_the_first_result(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A second press of a form shows what the first did, also where that has ended what the page needs (a release)."""

    @wraps(view)
    def pressed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        shown = once.result_of(request.POST.get("form_key", "")) if request.method == "POST" else None
        return redirect(shown) if shown else view(request, *args, **kwargs)

    return pressed


def one_after_the_other(request: HttpRequest, code: str) -> None:
    """Two who save the same file's form come one after the other: the second finds what the first changed."""
    if request.method == "POST":
        list(Participant.objects.select_for_update(no_key=True).filter(code=code).values_list("pk"))


def _page_of(code: str) -> str:
    return reverse("people:person", args=[code])


def do_once(
    request: HttpRequest, form: OneUseKeyForm, act: Callable[[], object], *, to: str, says: str = ""
) -> HttpResponse | None:
    """Do it once and go on to `to`; None where the action refused a value, which the form then shows."""
    who: Who = request.who  # type: ignore[attr-defined]

    def do() -> str:
        act()
        if says:
            messages.success(request, says)
        return to

    try:
        return redirect(form.once(by=who.actor, act=do))
    except BadValue as error:
        form.refuse(error)
        return None


def _show(request: HttpRequest, template: str, card: Card, form: OneUseKeyForm, **more: Any) -> HttpResponse:
    context = {"card": card, "code": card.file.code, "form": form, **more}
    return render(request, template, context, status=422 if form.is_bound else 200)


def _own_step(file: Participant, code: str) -> Duty | None:
    """An open next step of this person that can be finished or replaced here: not what a referral itself waits for."""
    if not code:
        return None
    own = duties_about(file.person_id).filter(kind__in=NEXT_STEP_KINDS, holds_release=False)
    return own.filter(code=code).first()


# --- A contact ----------------------------------------------------------------------------------------------------


@require_http_methods(GET_OR_POST)
@requires(Permission.RECORD_CONTACT)
@shows_the_first_result
def record(request: HttpRequest, code: str) -> HttpResponse:
    """Write down a contact. `?step=` names the next step that it may finish."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    step = _own_step(card.file, request.GET.get("step", "")) if who.may(Permission.CHANGE_FILE) else None
    form = RecordForm(
        request.POST or None,
        step=terms.word("next_step", step.kind) if step else "",
        me=who.membership,
        agrees=card.can["step"],
        initial=_usual_contact(card, step) | {"next_due": forms.next_step_day()},
    )
    if form.is_bound and form.is_valid():
        answer = do_once(
            request,
            form,
            lambda: _write_contact(card.file, form, step, who),
            to=_page_of(code),
            says=_("Written down."),
        )
        if answer:
            return answer
    return _show(request, "people/record.html", card, form, step=step)


@require_POST
@requires(Permission.RECORD_CONTACT)
@shows_the_first_result
def contacted(request: HttpRequest, code: str) -> HttpResponse:
    """A contact just now, in one tap: the way that is usual with them. What else is to be said stands on the form."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    form = PressForm(request.POST)
    if not form.is_valid():
        raise WrongState(_("This form is incomplete."), mend=_("Open the page again and press once more."))
    how, reached = _usual_contact(card, None)["how"], request.POST.get("outcome") != "tried"
    act: Callable[[], object] = lambda: participants.log_contact(  # noqa: E731
        file=card.file, how=how, reached=reached, by=who.actor
    )
    return do_once(request, form, act, to=_page_of(code)) or redirect(_page_of(code))


def _usual_contact(card: Card, step: Duty | None) -> dict[str, Any]:
    """Most often right, so that one tap is enough."""
    channels = [point.channel for point in card.shown.reach if point.stopped_at is None]
    how = (
        "in_person" if step is not None and step.kind == "meet" else channels[0] if channels else "in_person"
    )
    return {"how": how, "outcome": "reached", "happened_on": said.today(), "finishes": step is not None}


def _write_contact(file: Participant, form: RecordForm, step: Duty | None, who: Who) -> None:
    data = form.cleaned_data
    reached = data["outcome"] == "reached"
    participants.log_contact(
        file=file,
        how=data["how"],
        by=who.actor,
        note=data.get("note", ""),
        reached=reached,
        happened_at=form.moment(),
        tell=form.chosen(),
    )
    if data.get("next_kind"):
        custody.add_step(
            person_id=file.person_id,
            kind=data["next_kind"],
            due_at=forms.due_moment(data["next_due"]),
            by=who.actor,
        )
    if step is not None and reached and data.get("finishes"):
        custody.finish_step(duty=step, by=who.actor)


# --- The next step ------------------------------------------------------------------------------------------------


@require_http_methods(GET_OR_POST)
@requires(Permission.CHANGE_FILE)
@shows_the_first_result
def step(request: HttpRequest, code: str) -> HttpResponse:
    """Agree on a next step; `?step=` names the one that it replaces."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    custody.held(card.file.person_id)
    old = _own_step(card.file, request.GET.get("step", ""))
    form = StepForm(request.POST or None, initial={"due": forms.next_step_day()})
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        answer = do_once(
            request,
            form,
            lambda: custody.add_step(
                person_id=card.file.person_id,
                kind=data["kind"],
                due_at=forms.due_moment(data["due"]),
                note=data["note"],
                instead_of=old,
                by=who.actor,
            ),
            to=_page_of(code),
            says=_("Set. It comes up on Today when it is due."),
        )
        if answer:
            return answer
    old_words = said.inside(terms.word("next_step", old.kind)) if old else ""
    return _show(request, "people/step.html", card, form, old=old, old_words=old_words)


@require_POST
@requires(Permission.CHANGE_FILE)
@shows_the_first_result
def finish(request: HttpRequest, code: str, duty: str) -> HttpResponse:
    """A next step is done."""
    who: Who = request.who  # type: ignore[attr-defined]
    file = file_or_404(code)
    form = PressForm(request.POST)
    if not form.is_valid():
        raise WrongState(_("This form is incomplete."), mend=_("Open the page again and press once more."))
    found = duties_about(file.person_id).filter(code=duty).first()
    if found is None:
        # Closed meanwhile, or the second press: the person's page shows how it stands now.
        return redirect(_page_of(code))
    custody.held(file.person_id)
    answer = do_once(
        request,
        form,
        lambda: custody.finish_step(duty=found, by=who.actor),
        to=_page_of(code),
        says=_("Done: %(step)s.") % {"step": said.inside(terms.word("next_step", found.kind))},
    )
    if answer is None:
        raise WrongState(_("This one is settled on its own page."), mend=_("Open it from Today."))
    return answer


# --- Contact details ----------------------------------------------------------------------------------------------


@require_http_methods(GET_OR_POST)
@requires(Permission.CHANGE_FILE)
@listens(FORM)
@shows_the_first_result
def contact(request: HttpRequest, code: str) -> HttpResponse:
    """What someone is called, speaks, and where they live; and the ways to reach them."""
    who: Who = request.who  # type: ignore[attr-defined]
    one_after_the_other(request, code)
    card = card_for(code, who)
    known = card.shown.contact
    initial = ContactForm.initial_of(known, diploma=has_diploma(card.file.pk)) if known else {}
    form = ContactForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid() and form.stands_as_opened(lambda at: changed_since(who, at, code)):
        answer = do_once(
            request,
            form,
            lambda: _change_contact(card, form, by=who.actor),
            to=_page_of(code),
            says=_("Saved."),
        )
        if answer:
            return answer
    return _show(
        request, "people/contact.html", card, form, ways=_ways(card.file), way_form=WayForm(auto_id="way_%s")
    )


def _change_contact(card: Card, form: ContactForm, *, by: Actor) -> None:
    participants.learn_schooling(file=card.file, diploma=form.cleaned_data["diploma"])
    write = correcting.correct_contact if form.cleaned_data["was_wrong"] else participants.change_contact
    write(file=card.file, told=form.told(), by=by)


def _ways(file: Participant) -> list[dict[str, Any]]:
    found = Reach.objects.filter(file=file, contact_point__stopped_at__isnull=True).select_related(
        "contact_point"
    )
    return [
        {
            "words": f"{forms.channel_words(reach.contact_point.channel)} {reach.contact_point.value}",
            "point": reach.contact_point.code,
            "press": PressForm(auto_id=f"stop_{reach.pk}_%s"),
        }
        for reach in found.order_by("position", "id")
    ]


@require_http_methods(GET_OR_POST)
@requires(Permission.CHANGE_FILE)
@shows_the_first_result
def add_way(request: HttpRequest, code: str) -> HttpResponse:
    """One more way to reach them."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    form = WayForm(request.POST or None)
    if form.is_bound and form.is_valid():
        way = form.chosen_way(form.cleaned_data["way"])
        answer = do_once(
            request,
            form,
            lambda: participants.add_way(file=card.file, way=way, by=who.actor),  # type: ignore[arg-type]
            to=_page_of(code),
            says=_("Added."),
        )
        if answer:
            return answer
    return _show(request, "people/add_way.html", card, form)


@require_POST
@requires(Permission.CHANGE_FILE)
@shows_the_first_result
def stop_way(request: HttpRequest, code: str) -> HttpResponse:
    """A way that isn't safe any more."""
    who: Who = request.who  # type: ignore[attr-defined]
    file = file_or_404(code)
    form = PressForm(request.POST)
    reach = (
        Reach.objects.filter(file=file, contact_point__code=request.POST.get("way", "")[:12])
        .select_related("contact_point", "file")
        .first()
    )
    if reach is None or not form.is_valid():
        raise NotYours()
    to = reverse("people:contact", args=[code])
    says = _("We no longer use this way.")
    return do_once(
        request, form, lambda: participants.stop_reach(reach=reach, by=who.actor), to=to, says=says
    ) or redirect(to)


# --- Needs --------------------------------------------------------------------------------------------------------


@require_POST
@requires(Permission.CHANGE_FILE)
@shows_the_first_result
def close_need(request: HttpRequest, code: str) -> HttpResponse:
    """A need is met, or no longer one."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    form = CloseNeedForm(request.POST)
    if not form.is_valid():
        words = ""
        return _show(request, "people/close_need.html", card, form, words=words)
    need = Need.objects.filter(pk=form.cleaned_data["need"], file=card.file).select_related("file").first()
    if need is None:
        raise NotYours()
    to = reverse("people:needs", args=[code])
    outcome = form.cleaned_data["outcome"]
    act: Callable[[], object] = lambda: _close(need, outcome, by=who.actor)  # noqa: E731
    return do_once(request, form, act, to=to, says=_("Closed.")) or redirect(to)


def _close(need: Need, outcome: str, *, by: Actor) -> None:
    if outcome == Need.Outcome.MISTAKE:
        correcting.strike_need(need=need, reason=correcting.Reason.MISTAKE, by=by)
    else:
        participants.close_need(need=need, outcome=outcome, by=by)


# --- Who holds them -----------------------------------------------------------------------------------------------


@require_http_methods(GET_OR_POST)
@requires(Permission.ASSIGN)
@shows_the_first_result
def assign(request: HttpRequest, code: str) -> HttpResponse:
    """Give someone to a colleague, or to the queue, with everything that is open."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    held = custody.held(card.file.person_id)
    now_with = held.membership.code if held.membership else held.queue.code if held.queue else ""
    form = AssignForm(request.POST or None, organization_id=who.organization.pk, initial={"to": now_with})
    if form.is_bound and form.is_valid():
        answer = do_once(
            request,
            form,
            lambda: custody.assign(person_id=card.file.person_id, to=form.chosen(), by=who.actor),
            to=_page_of(code),
            says=_("Given over, with everything that is open."),
        )
        if answer:
            return answer
    return _show(request, "people/assign.html", card, form)


@require_http_methods(GET_OR_POST)
@requires(Permission.RELEASE)
@shows_the_first_result
def release(request: HttpRequest, code: str) -> HttpResponse:
    """End custody, with the reason; refused while something is open, which is named."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    custody.held(card.file.person_id)
    form = ReleaseForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            answer = do_once(
                request,
                form,
                lambda: custody.release(
                    person_id=card.file.person_id, reason=form.cleaned_data["reason"], by=who.actor
                ),
                to=_page_of(code),
                says=_("Released. Their file stays with you."),
            )
        except custody.SomethingOpen as error:
            form.refuse(BadValue("", error.sentence, mend=error.mend))
            answer = None
        if answer:
            return answer
    in_the_way = lines_for(list(duties_about(card.file.person_id).filter(holds_release=True)), who)
    still = goes_on(card.file)
    return _show(
        request,
        "people/release.html",
        card,
        form,
        in_the_way=in_the_way,
        goes_on=still,
        not_yet=bool(in_the_way or still),
    )
