"""Both sides of a referral, for whoever signs in. Opening marks nothing as seen; pressing anything does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from warmhandoff.custody import actions as custody
from warmhandoff.custody.reading import custody_of
from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import BadValue, WrongState
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.reading import navigators
from warmhandoff.network.roles import Permission
from warmhandoff.participants.models import Consent, Contact, Participant
from warmhandoff.referrals import actions, reading
from warmhandoff.referrals.models import Disposition, Referral, ReferralParty
from warmhandoff.referrals.states import OPEN, REFERRAL, SENT, STAFF_WORDS, UNDER_WAY
from warmhandoff.web.answer.acts import ACTS, Act, is_done, offered
from warmhandoff.web.forms import OneUseKeyForm
from warmhandoff.web.people.acts import shows_the_first_result
from warmhandoff.web.referrals.forms import ReplyForm, SettleForm, WithdrawForm
from warmhandoff.web.referrals.story import story_of
from warmhandoff.web.site.access import requires

CHIPS = {
    "sent": ("", "schedule"), "accepted": ("good", "check"), "contacted": ("good", "phone"), "engaged": ("good", "people"),
    "completed": ("good", "check"),
}  # fmt: skip


def chip_of(state: str) -> tuple[str, str, str]:
    kind, icon = CHIPS.get(state, ("", "info_outline"))
    words = str(STAFF_WORDS[state])
    return words[:1].upper() + words[1:], kind, icon


# --- The list -----------------------------------------------------------------------------------------------------


@require_safe
@requires(Permission.SEE_REFERRALS)
def listing(request: HttpRequest) -> HttpResponse:
    direction = "in" if request.GET.get("tab") == "in" else "out"
    everything = request.GET.get("show") == "all"
    parties = reading.parties(direction, only_open=not everything)
    pages = Paginator(parties.values_list("pk", flat=True), reading.PAGE)
    page = pages.get_page(request.GET.get("page"))
    # The page's rows alone are put together, and not all that a large organization has before it is cut.
    rows = list(parties.filter(pk__in=list(page.object_list)))
    names, decisions = reading.names_for(rows), reading.decisions_due(rows)
    context = {
        "direction": direction,
        "everything": everything,
        "page": page,
        "lines": [_line(row, names, decisions) for row in rows],
        "total": pages.count,
    }
    return render(request, "referrals/list.html", context)


def _line(row: ReferralParty, names: dict[int, Any], decisions: dict[int, Any]) -> dict[str, Any]:
    decision = decisions.get(row.referral_id)
    due_at = decision.due_at if decision else reading.due_of(row.referral)
    return {
        "row": row,
        "name": names[row.referral_id].short_name if row.referral_id in names else "",
        "chip": chip_of(row.state),
        "decide": decision is not None,
        "due_at": due_at,
        "late": due_at is not None and due_at < clock.now(),
    }


# --- One referral -------------------------------------------------------------------------------------------------


@require_safe
@requires(Permission.SEE_REFERRALS)
def referral(request: HttpRequest, code: str) -> HttpResponse:
    found = reading.referral_or_404(code)
    return render(request, "referrals/referral.html", _context(request, found))


def _context(request: HttpRequest, found: Referral) -> dict[str, Any]:
    side = reading.side_of(found)
    file = reading.file_to_name(found)
    due = reading.due_of(found)
    disposition, settled = reading.dispositions_of(found)
    events = list(reading.events_of(found))
    who = request.who  # type: ignore[attr-defined]
    ladder = reading.ladder(found.sent_at, found.receiver_id)
    sends = _stands_as_sender(found) and who.may(Permission.REFER)
    return {
        "referral": found,
        "side": side,
        "chip": chip_of(found.state),
        "file": file,
        "contact": getattr(file, "contact", None),
        "person_url": person_url(file) if file else "",
        "before": reading.before_answer(found),
        "card": reading.received(found) if side == "receiver" else [],
        "due": due,
        "late": due is not None and due < clock.now(),
        "acts": _acts(who, found, side),
        "may_see": side == "receiver" and found.state == SENT and not found.seen_at and who.may(Permission.ANSWER),
        "may_withdraw": sends and "withdraw" in REFERRAL.verbs(found.state, "sender"),
        "may_reply": sends and found.state in OPEN and reading.ends_in_a_question(events),
        "may_stop": side == "sender" and who.may(Permission.REFER) and _is_shared(found),
        "disposition": disposition,
        "settled": settled,
        "holds": bool(custody_of(found.person_id)),
        "ladder": ladder if found.state == SENT and side != "receiver" else [],
        "closed_days": reading.closed_days_between(found.sent_at, ladder[-2].due_at),
        "story": story_of(found, events),
        "notes": list(reading.notes_of(found)),
        "is_open": found.state in OPEN,
        "under_way": found.state in UNDER_WAY,
        "contact_person": reading.who_answers(found),
        "key": OneUseKeyForm()["form_key"],
    }  # fmt: skip


def _stands_as_sender(found: Referral) -> bool:
    """The sender, or whoever took the person over and waits in their place."""
    side = reading.side_of(found)
    return side == "sender" or (side == "holder" and custody.holds(found.person_id))


def _acts(who: Any, found: Referral, side: str) -> list[tuple[Act, str]]:
    if side != "receiver" or not who.may(Permission.ANSWER):
        return []
    return [(act, reverse(f"referrals:{act.slug}", args=[found.code])) for act in offered(found)]


def _is_shared(found: Referral) -> bool:
    return Consent.objects.filter(pk=found.consent_id, revoked_at__isnull=True, refused=False).exists()


def person_url(file: Participant) -> str:
    try:
        return reverse("people:person", args=[file.code])
    except NoReverseMatch:
        return ""


def _page_of(found: Referral) -> str:
    return reverse("referrals:referral", args=[found.code])


def _how_it_stands(request: HttpRequest, found: Referral) -> HttpResponse:
    """What was pressed no longer fits: nothing is changed, and the page shows why."""
    messages.warning(
        request, _("This has moved on since you opened it. Nothing was changed: here is how it stands now.")
    )
    return redirect(_page_of(found))


# --- The receiver's acts ------------------------------------------------------------------------------------------


def receiver_act(slug: str) -> Callable[..., HttpResponseBase]:
    """The page of one act: the same table and forms as behind the mail's link."""
    act = ACTS[slug]

    @require_http_methods(["GET", "HEAD", "POST"])
    @requires(Permission.ANSWER)
    def page(request: HttpRequest, code: str) -> HttpResponseBase:
        found = reading.referral_or_404(code)
        if reading.side_of(found) != "receiver":
            raise WrongState(_("This is for the other side to do."), mend=_("Ask them a question instead."))
        if act not in offered(found):
            if request.method != "POST" or is_done(act, found):
                return redirect(_page_of(found))
            raise WrongState()
        who = request.who  # type: ignore[attr-defined]
        form = act.form(request.POST or None, referral=found, you=who.name)
        if request.method == "POST" and form.is_valid():
            return redirect(form.once(by=who.actor, act=lambda: _do(request, act, form, found)))
        missing = actions.why_not_lost(found) if slug == "lost" else []
        context = {"act": act, "form": form, "referral": found, "missing": missing, "back": _page_of(found)}
        return render(request, "referrals/act.html", context, status=422 if form.is_bound else 200)

    return page


def _do(request: HttpRequest, act: Act, form: Any, found: Referral) -> str:
    act.do(form, found, request.who.actor)  # type: ignore[attr-defined]
    messages.success(request, _("Recorded."))
    return _page_of(found)


@require_POST
@requires(Permission.ANSWER)
def seen(request: HttpRequest, code: str) -> HttpResponse:
    """“We have it”, by someone who signs in."""
    found = reading.referral_or_404(code)
    if reading.side_of(found) == "receiver" and found.state == SENT:
        actions.see(referral=found, by=request.who.actor)  # type: ignore[attr-defined]
    return redirect(_page_of(found))


# --- The sender's acts --------------------------------------------------------------------------------------------


def _sender_page(
    request: HttpRequest, found: Referral, form: Any, template: str, act: Callable[[], object], **context: Any
) -> HttpResponse:
    def do() -> str:
        act()
        messages.success(request, _("Recorded."))
        return _page_of(found)

    if request.method == "POST" and form.is_valid():
        try:
            return redirect(form.once(by=request.who.actor, act=do))  # type: ignore[attr-defined]
        except BadValue as error:
            form.refuse(error)
    context |= {"form": form, "referral": found, "back": _page_of(found)}
    return render(request, template, context, status=422 if form.is_bound and form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REFER)
@shows_the_first_result
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    found = reading.referral_or_404(code)
    form = WithdrawForm(request.POST or None, stands=found.state)
    if not _stands_as_sender(found) or "withdraw" not in REFERRAL.verbs(found.state, "sender"):
        if request.method != "POST" or found.state == "withdrawn":
            return redirect(_page_of(found))
        raise WrongState()
    if form.moved_on:
        return _how_it_stands(request, found)
    return _sender_page(
        request, found, form, "referrals/withdraw.html",
        lambda: actions.withdraw(referral=found, reason=form.cleaned_data["reason"], by=request.who.actor),  # type: ignore[attr-defined]
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REFER)
def reply(request: HttpRequest, code: str) -> HttpResponse:
    found = reading.referral_or_404(code)
    if not _stands_as_sender(found):
        raise WrongState(_("This is for the other side to do."), mend=_("Ask them a question instead."))
    form = ReplyForm(request.POST or None)
    return _sender_page(
        request, found, form, "referrals/reply.html",
        lambda: actions.answer_question(referral=found, text=form.cleaned_data["reply"], by=request.who.actor),  # type: ignore[attr-defined]
        notes=list(reading.notes_of(found)),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REFER)
def stop_sharing(request: HttpRequest, code: str) -> HttpResponse:
    """The person takes their consent back: nothing more flows from that second."""
    found = reading.referral_or_404(code)
    if reading.side_of(found) != "sender":
        raise WrongState(_("Only whoever shares can stop it."), mend=_("Ask them."))
    consent = Consent.objects.get(pk=found.consent_id)
    form = OneUseKeyForm(request.POST or None)
    contact = Contact.objects.filter(file_id=found.sender_file_id).first()
    return _sender_page(
        request, found, form, "referrals/stop.html",
        lambda: actions.stop_sharing(consent=consent, by=request.who.actor),  # type: ignore[attr-defined]
        contact=contact, consent=consent,
    )  # fmt: skip


# --- What comes next ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REFER)
@shows_the_first_result
def settle(request: HttpRequest, code: str) -> HttpResponse:
    """After an unsuccessful end: what is next, decided by a named person."""
    found = reading.referral_or_404(code)
    if reading.open_disposition(found) is None:
        return _how_it_stands(request, found) if request.method == "POST" else redirect(_page_of(found))
    who = request.who  # type: ignore[attr-defined]
    file = reading.file_to_name(found)
    signs_off = who.may(Permission.WATCH_NETWORK)
    form = SettleForm(request.POST or None, signs_off=signs_off)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(form.once(by=who.actor, act=lambda: _settle(request, form, found, file)))
        except BadValue as error:
            form.refuse(error)
    context = {
        "referral": found,
        "form": form,
        "file": file,
        "contact": Contact.objects.filter(file=file).first() if file else None,
        "says": _said(found),
        "alternatives": _alternatives(found),
        "signs_off": signs_off,
        "navigators": [] if signs_off else list(navigators()),
        "again": f"{reverse('referrals:refer', args=[file.code])}?from={found.code}" if file else "",
        "back": _page_of(found),
    }
    return render(request, "referrals/settle.html", context, status=422 if form.is_bound else 200)


def _said(found: Referral) -> str:
    story = story_of(found, reading.events_of(found).filter(kind=found.state))
    return story[0].says if story else ""


def _alternatives(found: Referral) -> list[Any]:
    from warmhandoff.directory.models import Service

    if reading.side_of(found) != "sender":
        return []
    named = reading.named_at_the_start(found)
    return list(
        Service.objects.filter(pk__in=named, active=True)
        .select_related("organization")
        .order_by("name_sort", "id")
    )


def _settle(request: HttpRequest, form: SettleForm, found: Referral, file: Participant | None) -> str:
    who = request.who  # type: ignore[attr-defined]
    data = form.cleaned_data
    not_eligible = data["outcome"] == Disposition.Outcome.NOT_ELIGIBLE
    if data["outcome"] == Disposition.Outcome.STAYS:
        # First the step, so that deciding doesn't open "decide what's next" once more.
        custody.add_step(
            person_id=found.person_id,
            kind=data["next_step"],
            due_at=current_place().end_of(form.day),
            by=who.actor,
        )
    actions.settle(
        referral=found,
        outcome=data["outcome"],
        by=who.actor,
        signed_off_by=who.actor if not_eligible else None,
        note=data["note"],
    )
    messages.success(request, _("Decided and recorded."))
    return (person_url(file) if file else "") or _page_of(found)
