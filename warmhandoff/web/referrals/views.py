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
from warmhandoff.foundation import clock, once, terms
from warmhandoff.foundation.errors import BadValue, NotAllowed, WrongState
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.reading import navigators, staff_of
from warmhandoff.network.roles import Permission, roles_with
from warmhandoff.participants.models import Consent, Contact, Need, Participant
from warmhandoff.referrals import actions, reading, stalls
from warmhandoff.referrals.fit import offers_for
from warmhandoff.referrals.models import Disposition, Referral, ReferralEvent, ReferralParty
from warmhandoff.referrals.states import COMPLETED, OPEN, REFERRAL, SENT, UNDER_WAY
from warmhandoff.web.answer.acts import ACTS, Act, is_done, offered
from warmhandoff.web.answer.forms import HoldForm, MessageForm
from warmhandoff.web.forms import OneUseKeyForm, as_typed
from warmhandoff.web.people.acts import shows_the_first_result
from warmhandoff.web.referrals.correcting import pages_to_correct
from warmhandoff.web.referrals.forms import AssignForm, FilterForm, ReplyForm, SettleForm, WithdrawForm
from warmhandoff.web.referrals.live import ACT as ACT_HEARS
from warmhandoff.web.referrals.live import REFERRAL as REFERRAL_HEARS
from warmhandoff.web.referrals.second_look import asked_again, looking, notes_beside
from warmhandoff.web.referrals.story import outcome_words, story_of
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.live import LONGEST, listens
from warmhandoff.web.today.lines import lines_for
from warmhandoff.web.today.live import REFERRALS

CHIPS = {
    "sent": ("", "schedule"), "accepted": ("good", "check"), "contacted": ("good", "phone"), "engaged": ("good", "people"),
    "completed": ("good", "check"),
}  # fmt: skip


def chip_of(referral: Referral) -> tuple[str, str, str]:
    """How it stands: what it waits for besides, the network's own stage, or the state."""
    kind, icon = CHIPS.get(referral.state, ("", "info_outline"))
    if referral.waits_for:
        kind, icon = "", "help_outline" if referral.waits_for == "reply" else "schedule"
    words = reading.state_words(referral)
    return words[:1].upper() + words[1:], kind, icon


# --- The list -----------------------------------------------------------------------------------------------------


@require_safe
@requires(Permission.SEE_REFERRALS)
@listens(REFERRALS)
def listing(request: HttpRequest) -> HttpResponse:
    """What waits for this organization first, with why and one button; then the rest, newest first."""
    who = request.who  # type: ignore[attr-defined]
    direction = "in" if request.GET.get("tab") == "in" else "out"
    filters = _filters(request, direction)
    chosen = filters.chosen if filters else {}
    waiting = reading.waiting_here(direction, chosen)
    waits = lines_for(waiting[: reading.MOST_WAITING], who)
    parties = reading.parties(direction, only_open=not (filters and filters.everything), **chosen)
    parties = parties.exclude(referral_id__in=[line.duty.subject_id for line in waits])
    pages = Paginator(parties.values_list("pk", flat=True), reading.PAGE)
    page = pages.get_page(request.GET.get("page"))
    # The page's rows alone are put together, and not all that a large organization has before it is cut.
    rows = list(parties.filter(pk__in=list(page.object_list)))
    names = reading.names_for(rows)
    unread = reading.unread_among([row.referral_id for row in rows])
    unread |= reading.unread_among([line.duty.subject_id or 0 for line in waits])
    context = {
        "direction": direction,
        "filters": filters,
        "page": page,
        "waits": waits if page.number == 1 else [],
        "more_wait": len(waiting) > reading.MOST_WAITING,
        "unread": unread,
        "lines": [_line(row, names, unread) for row in rows],
        "total": pages.count + len(waits),
        "stalled": stalls.asked_here().count() if direction == "in" and who.may(Permission.ANSWER) else 0,
    }
    return render(request, "referrals/list.html", context)


def _filters(request: HttpRequest, direction: str) -> FilterForm | None:
    """What to choose from is read once somebody wants to choose: a large organization has hundreds of services in its lists."""
    if not any(request.GET.get(name) for name in ("some", *FilterForm.base_fields)):
        return None
    return FilterForm(request.GET, direction=direction)


def _line(row: ReferralParty, names: dict[int, Any], unread: set[int]) -> dict[str, Any]:
    due_at = reading.due_of(row.referral)
    return {
        "row": row,
        "name": names[row.referral_id].short_name if row.referral_id in names else "",
        "chip": chip_of(row.referral),
        "unread": row.referral_id in unread,
        "due_at": due_at,
        "late": due_at is not None and due_at < clock.now(),
    }


# --- One referral -------------------------------------------------------------------------------------------------


@require_safe
@requires(Permission.SEE_REFERRALS)
@listens(REFERRAL_HEARS)
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
    ladder = reading.ladder_of(found) if found.state == SENT and side != "receiver" else []
    sends = _stands_as_sender(found) and who.may(Permission.REFER)
    earlier, later = reading.chain_of(found)
    may_ask_elsewhere = sends and (found.state == SENT or disposition is not None)
    may_write = found.state in OPEN and (sends or (side == "receiver" and who.may(Permission.ANSWER)))
    return {
        "referral": found,
        "side": side,
        "chip": chip_of(found),
        "file": file,
        "contact": getattr(file, "contact", None),
        "person_url": person_url(file) if file else "",
        "person_next": found.state == COMPLETED and side != "receiver" and bool(custody_of(found.person_id)),
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
        "settled_words": outcome_words().get(settled.outcome, "") if settled else "",
        "holds": bool(custody_of(found.person_id)),
        "ladder": ladder,
        "closed_days": reading.closed_days_between(clock.now(), ladder[-1].due_at) if ladder else [],
        "waits": found.waits_for,
        "stage": reading.state_words(found) if found.stage and not found.waits_for else "",
        "may_hold": sends and reading.may_hold(found, "sender"),
        "may_resume": sends and reading.may_resume(found, "sender"),
        "hold_words": terms.word("hold_reason", found.hold_reason) if found.hold_reason else "",
        "to_tell": reading.told_to_the_person(found, found.language) if side != "receiver" and file else "",
        "to_tell_in": found.language,
        "may_assign": side == "receiver" and found.state in OPEN and who.may(Permission.ANSWER),
        "assigned": found.receiver_membership,
        "earlier": earlier,
        "later": later,
        "talk_form": MessageForm(referral=found, auto_id="talk_%s") if may_write else None,
        "unread": found.pk in reading.unread_among([found.pk]),
        "other_name": found.sender.name if side == "receiver" else found.receiver.name,
        "story": story_of(found, events, correct=pages_to_correct(found, who)),
        "suggestions": reading.suggestions_of(found) if may_ask_elsewhere else [],
        "asked_again": asked_again(found),
        "again": _asks_again(found, file) if may_ask_elsewhere else "",
        "notes": notes_beside(found, asked_again(found) if side == "receiver" else None),
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
    acts = [act for act in offered(found) if act.slug != "message"]
    return [(act, reverse(f"referrals:{act.slug}", args=[found.code])) for act in acts]


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
    @listens(ACT_HEARS)
    def page(request: HttpRequest, code: str) -> HttpResponseBase:
        found = reading.referral_or_404(code)
        if reading.side_of(found) != "receiver":
            raise WrongState(_("This is for the other side to do."), mend=_("Ask them a question instead."))
        if act not in offered(found):
            if request.method == "POST" and not once.result_of(request.POST.get("form_key", "")):
                return _moved_on(request, act, found)
            return redirect(_page_of(found))
        who = request.who  # type: ignore[attr-defined]
        form = act.form(request.POST or None, referral=found, you=who.name)
        if request.method == "POST" and form.is_valid():
            return redirect(form.once(by=who.actor, act=lambda: _do(request, act, form, found)))
        missing = actions.why_not_lost(found) if slug == "lost" else []
        context = {"act": act, "form": form, "referral": found, "missing": missing, "back": _page_of(found)}
        return render(request, "referrals/act.html", context, status=422 if form.is_bound else 200)

    return page


def _moved_on(request: HttpRequest, act: Act, found: Referral) -> HttpResponse:
    """Somebody else was first: what they did, and what was typed here, so that it isn't lost. One's own earlier press is shown."""
    who = request.who  # type: ignore[attr-defined]
    mine = _own_last_act(found, who)  # what was before it was there to be seen
    heard = REFERRAL_HEARS.heard(who, clock.now() - LONGEST, code=found.code)
    heard = [each for each in heard if each.row.pk > mine]
    if not heard:
        if is_done(act, found):
            return redirect(_page_of(found))
        raise WrongState()
    form = act.form(request.POST, referral=found, you=who.name)
    context = {
        "referral": found,
        "back": _page_of(found),
        "lines": REFERRAL_HEARS.told(who, heard[-3:], code=found.code),
        "typed": as_typed(form),
    }
    return render(request, "referrals/moved_on.html", context, status=409)


def _own_last_act(found: Referral, who: Any) -> int:
    mine = ReferralEvent.objects.filter(referral=found, by=who.actor)
    return mine.order_by("-pk").values_list("pk", flat=True).first() or 0


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


# --- Either side's ------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SEE_REFERRALS)
@shows_the_first_result
def write(request: HttpRequest, code: str) -> HttpResponse:
    """A message to the other side."""
    found = reading.referral_or_404(code)
    who = request.who  # type: ignore[attr-defined]
    side = reading.side_of(found)
    may = (
        who.may(Permission.ANSWER)
        if side == "receiver"
        else _stands_as_sender(found) and who.may(Permission.REFER)
    )
    if not may:
        raise NotAllowed()
    if found.state not in OPEN:
        return _how_it_stands(request, found) if request.method == "POST" else redirect(_page_of(found))
    form = MessageForm(request.POST or None, referral=found)
    return _sender_page(
        request, found, form, "referrals/write.html",
        lambda: actions.write(referral=found, text=form.cleaned_data["message"], by=who.actor),
        other=found.sender if side == "receiver" else found.receiver, notes=list(reading.notes_of(found)),
    )  # fmt: skip


@require_POST
@requires(Permission.SEE_REFERRALS)
def read(request: HttpRequest, code: str) -> HttpResponse:
    """What the other side wrote has been read here."""
    found = reading.referral_or_404(code)
    actions.read(referral=found, by=request.who.actor)  # type: ignore[attr-defined]
    return redirect(f"{_page_of(found)}#talk")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ANSWER)
def assign(request: HttpRequest, code: str) -> HttpResponse:
    """Give it to a colleague; whoever may not do that takes it themself."""
    found = reading.referral_or_404(code)
    if reading.side_of(found) != "receiver" or found.state not in OPEN:
        return _how_it_stands(request, found) if request.method == "POST" else redirect(_page_of(found))
    who = request.who  # type: ignore[attr-defined]
    able = staff_of(who.organization.pk).filter(
        role__in=[role.value for role in roles_with(Permission.ANSWER)]
    )
    colleagues = [m for m in able if who.may(Permission.ASSIGN) or m.pk == who.membership.pk]
    form = AssignForm(
        request.POST or None, colleagues=colleagues, has_it=found.receiver_membership, me=who.membership
    )

    def act() -> object:
        return actions.assign(referral=found, to=form.chosen, by=who.actor)

    return _sender_page(request, found, form, "referrals/assign.html", act)


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
    if request.method != "POST" and not reading.question_waits(found):
        return redirect(_page_of(found))
    form = ReplyForm(request.POST or None, after_yes=found.state in UNDER_WAY)
    return _sender_page(
        request, found, form, "referrals/reply.html",
        lambda: actions.answer_question(referral=found, text=form.cleaned_data["reply"], by=request.who.actor),  # type: ignore[attr-defined]
        notes=list(reading.notes_of(found)),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REFER)
@shows_the_first_result
def put_off(request: HttpRequest, code: str) -> HttpResponse:
    """The sender puts it off until a day."""
    found = reading.referral_or_404(code)
    if not _stands_as_sender(found) or not reading.may_hold(found, "sender"):
        return _how_it_stands(request, found) if request.method == "POST" else redirect(_page_of(found))
    form = HoldForm(request.POST or None, referral=found)
    return _sender_page(
        request, found, form, "referrals/put_off.html",
        lambda: actions.hold(
            referral=found, until=form.day, reason=form.cleaned_data["reason"], by=request.who.actor  # type: ignore[attr-defined]
        ),
    )  # fmt: skip


@require_POST
@requires(Permission.REFER)
def take_up(request: HttpRequest, code: str) -> HttpResponse:
    """The sender takes up again what they had put off."""
    found = reading.referral_or_404(code)
    if not _stands_as_sender(found) or not reading.may_resume(found, "sender"):
        return _how_it_stands(request, found)
    actions.resume(referral=found, by=request.who.actor)  # type: ignore[attr-defined]
    messages.success(request, _("Taken up again. The dates go on with what was left of them."))
    return redirect(_page_of(found))


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
    alternatives, suggestions = _alternatives(found), reading.suggestions_of(found)
    named = [*alternatives, *(each.service for each in suggestions)]
    context = {
        "referral": found,
        "form": form,
        "file": file,
        "contact": Contact.objects.filter(file=file).first() if file else None,
        "says": _said(found),
        "alternatives": alternatives,
        "next_best": _next_best(found, file, named) if file else [],
        "signs_off": signs_off,
        "navigators": [] if signs_off else list(navigators()),
        "suggestions": suggestions,
        "again": _asks_again(found, file),
        "back": _page_of(found),
        **looking(found),
    }
    return render(request, "referrals/settle.html", context, status=422 if form.is_bound else 200)


def _asks_again(found: Referral, file: Participant | None) -> str:
    """Where another place is asked for the same need; after an end it belongs to the same loop."""
    if file is None:
        return ""
    if found.state not in OPEN:
        chosen = f"from={found.code}"
    else:
        need = Need.objects.filter(file=file, code=found.need_code, closed_on__isnull=True).first()
        chosen = f"need={need.pk}" if need else ""
    return f"{reverse('referrals:refer', args=[file.code])}?{chosen}"


def _said(found: Referral) -> str:
    standing = reading.events_of(found).filter(kind=found.state, superseded_by__isnull=True)
    story = story_of(found, standing)
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


NEXT_BEST = 3


def _next_best(found: Referral, file: Participant, named: list[Any]) -> list[Any]:
    """The services that fit best of those not asked for this need yet, in the order in which one would refer."""
    contact = Contact.objects.select_related("file").filter(file=file).first()
    if contact is None:
        return []
    earlier, _later = reading.chain_of(found)
    asked = {one.service_id for one in (*earlier, found)} | {service.pk for service in named}
    offers = offers_for(file=file, contact=contact, need_code=found.need_code)
    return [o for o in offers if o.can_be_asked and o.service.pk not in asked][:NEXT_BEST]


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
