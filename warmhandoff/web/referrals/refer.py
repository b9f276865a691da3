"""Referring, on one page whose parts open in turn: what for, who fits, what they will see. Each step is an address of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from warmhandoff.custody import actions as custody
from warmhandoff.custody.reading import custody_of
from warmhandoff.directory.models import Service
from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import BadValue, NotYours
from warmhandoff.foundation.once import result_of
from warmhandoff.network.models import Membership
from warmhandoff.network.reading import staff_of
from warmhandoff.network.roles import Permission
from warmhandoff.participants import actions as participants
from warmhandoff.participants import own_links
from warmhandoff.participants.models import Consent, Contact, Narrative, Need, Participant
from warmhandoff.participants.reading import consent_text, file_or_404
from warmhandoff.referrals import actions, page_questions, reading
from warmhandoff.referrals.fit import Offer, Standing, offers_for
from warmhandoff.referrals.models import Referral
from warmhandoff.referrals.protocol import SUBJECT
from warmhandoff.web.forms import ChoiceLabel
from warmhandoff.web.referrals.forms import ReferForm
from warmhandoff.web.site.access import requires

TICKED_AT_FIRST = ("reach", "sender")
# Of those that fit, and of those that don't: the best of each; the rest is one press away.
SHOWN_AT_FIRST = 12


@dataclass(frozen=True)
class Asking:
    """What has been chosen so far."""

    file: Participant
    contact: Contact
    needs: list[Need]
    need: Need | None
    offers: list[Offer]
    chosen: Offer | None
    again: Referral | None

    @property
    def agreed_already(self) -> bool:
        """The person agreed to this place when the first one was asked."""
        return bool(self.chosen and self.chosen.named_at_the_start and self.again)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REFER)
def refer(request: HttpRequest, code: str) -> HttpResponse:
    if request.method == "POST" and (shown := result_of(request.POST.get("form_key", ""))):
        # The same press again: what was asked the first time can't be asked now, and that isn't this press's fault.
        return redirect(shown)
    asking = _asking(request, code)
    custody.held(asking.file.person_id)
    form = _form(request, asking) if asking.chosen else None
    if request.method == "POST" and form is not None:
        if request.POST.get("say") == "no" and not asking.agreed_already:
            return redirect(_refused(request, asking, form))
        if request.POST.get("say") == "page" and not asking.agreed_already:
            form.is_answered_elsewhere()
        if form.is_valid():
            try:
                act = _ask_on_their_page if form.answered_elsewhere else _send
                return redirect(form.once(by=_actor(request), act=lambda: act(request, asking, form)))
            except BadValue as error:
                form.refuse(error)
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "referrals/refer.html", _context(request, asking, form), status=status)


def _actor(request: HttpRequest) -> Any:
    return request.who.actor  # type: ignore[attr-defined]


def _asking(request: HttpRequest, code: str) -> Asking:
    file = file_or_404(code)
    contact = Contact.objects.select_related("file").get(file=file)
    needs = list(Need.objects.filter(file=file, closed_on__isnull=True))
    again = reading.referral_or_404(request.GET["from"]) if request.GET.get("from") else None
    if again is not None and again.person_id != file.person_id:
        raise NotYours()
    need = _need(request, needs, again)
    named = _named(again)
    offers = offers_for(file=file, contact=contact, need_code=need.code, named=named) if need else []
    wanted = request.GET.get("service", "")
    chosen = next((o for o in offers if o.service.code == wanted and o.can_be_asked), None)
    return Asking(file, contact, needs, need, offers, chosen, again)


def _need(request: HttpRequest, needs: list[Need], again: Referral | None) -> Need | None:
    wanted = request.GET.get("need", "")
    for need in needs:
        if str(need.pk) == wanted or (again is not None and not wanted and need.code == again.need_code):
            return need
    # With one open need there is nothing to choose.
    return needs[0] if len(needs) == 1 and not wanted else None


def _named(again: Referral | None) -> list[int]:
    """Services named at the start: only of a referral that this organization sent, whose consent is its own."""
    if again is None or reading.side_of(again) != "sender":
        return []
    return reading.named_at_the_start(again)


def _form(request: HttpRequest, asking: Asking) -> ReferForm:
    assert asking.chosen is not None and asking.need is not None  # noqa: S101  (narrowing for the type checker)
    lines = _preview(request, asking)
    shown = {line.part: line.value for line in lines}
    labels = {
        "reach": _("How to reach them"),
        "sender": _("Your name and phone"),
        "birth_date": _("Birth date"),
    }
    optional = [
        (part, ChoiceLabel(labels[part], "; ".join(x.value for x in lines if x.part == part)))
        for part in reading.TO_CHOOSE
        if part in shown and part in labels
    ]
    return ReferForm(
        request.POST or None,
        optional_parts=optional,
        modes=_modes(asking.chosen),
        alternatives=[
            (str(o.service.pk), ChoiceLabel(o.service.organization.name, o.service.name))
            for o in _first([o for o in asking.offers if o.can_be_asked and o is not asking.chosen])
        ],
        colleagues=[
            (str(m.pk), m.user.name) for m in staff_of(asking.file.organization_id) if m.pk != _me(request).pk
        ],
        agreed_already=asking.agreed_already,
        initial={"parts": [part for part, _label in optional if part in TICKED_AT_FIRST]},
    )


def _me(request: HttpRequest) -> Membership:
    return request.who.membership  # type: ignore[attr-defined]


def _modes(offer: Offer) -> list[tuple[str, ChoiceLabel]]:
    name = offer.service.organization.name
    refer = ChoiceLabel(_("Refer: you go on holding them"), _("%(name)s serves them.") % {"name": name})
    transfer = ChoiceLabel(
        _("Transfer: %(name)s holds them") % {"name": name},
        _("Only when they accept; until then you hold them."),
    )
    offered = [(Referral.Mode.REFER.value, refer), (Referral.Mode.TRANSFER.value, transfer)]
    return offered if offer.has_lead else offered[:1]


def _preview(request: HttpRequest, asking: Asking) -> list[reading.Line]:
    assert asking.need is not None  # noqa: S101
    parts = asking.again.consent.parts if asking.agreed_already and asking.again else None
    more: dict[str, Any] = {"parts": parts} if parts is not None else {}
    return reading.preview(
        file=asking.file, need_code=asking.need.code, sender=_me(request), note=_note(asking), **more
    )


def _note(asking: Asking) -> str:
    """What was written the first time, where the person agreed to it then."""
    if not asking.agreed_already or asking.again is None:
        return ""
    notes = Narrative.standing.filter(file=asking.file, about_kind=SUBJECT, about_id=asking.again.pk)
    return "\n".join(notes.order_by("recorded_at", "id").values_list("text", flat=True))


# --- What is recorded ---------------------------------------------------------------------------------------------


def _send(request: HttpRequest, asking: Asking, form: ReferForm) -> str:
    assert asking.chosen is not None and asking.need is not None  # noqa: S101
    service = asking.chosen.service
    if asking.agreed_already and asking.again is not None:
        consent, note, others = asking.again.consent, _note(asking), list(asking.again.alternatives)
    else:
        others = _alternatives(asking, form)
        consent = _consent(request, asking, form, others)
        note = form.cleaned_data["note"]
    referral = actions.send(
        file=asking.file,
        service=service,
        need=asking.need,
        consent=consent,
        by=_actor(request),
        membership=_me(request),
        mode=form.chosen_mode,
        note=note,
        alternatives=[pk for pk in others if pk != service.pk],
        re_referred_from=asking.again if _waits(asking.again) else None,
    )
    messages.success(request, _("Sent to %(organization)s.") % {"organization": service.organization.name})
    return reverse("referrals:referral", args=[referral.code])


def _ask_on_their_page(request: HttpRequest, asking: Asking, form: ReferForm) -> str:
    """Not said aloud: it waits on the person's own page, and what is prepared here is sent with their yes."""
    assert asking.chosen is not None and asking.need is not None  # noqa: S101
    service, others, parts = asking.chosen.service, _alternatives(asking, form), form.chosen_parts
    page_questions.ask(
        file=asking.file,
        service=service,
        need=asking.need,
        recipients=_recipients(asking, others),
        parts=parts,
        days=int(form.cleaned_data["days"]),
        by=_actor(request),
        membership=_me(request),
        mode=form.chosen_mode,
        note=form.cleaned_data["note"],
        alternatives=[pk for pk in others if pk != service.pk],
    )
    messages.success(
        request,
        _("It waits on their own page. With their yes it goes to %(organization)s.")
        % {"organization": service.organization.name},
    )
    return reverse("people:their_page", args=[asking.file.code])


def _waits(again: Referral | None) -> bool:
    return again is not None and reading.open_disposition(again) is not None


def _alternatives(asking: Asking, form: ReferForm) -> list[int]:
    chosen = {int(pk) for pk in form.cleaned_data["alternatives"]}
    return [offer.service.pk for offer in asking.offers if offer.service.pk in chosen]


def _consent(request: HttpRequest, asking: Asking, form: ReferForm, others: list[int]) -> Consent:
    parts = form.chosen_parts
    return participants.record_consent(
        file=asking.file,
        asked=participants.Asked(
            recipients=_recipients(asking, others),
            parts=parts,
            data_classes=_classes(asking, parts),
            how=form.cleaned_data["how"],
            language=asking.contact.language,
            witness_id=int(form.cleaned_data["witness"])
            if form.cleaned_data["how"] == Consent.How.SPOKEN
            else None,
            days=int(form.cleaned_data["days"]),
        ),
        by=_actor(request),
    )


def _recipients(asking: Asking, others: list[int]) -> list[int]:
    assert asking.chosen is not None  # noqa: S101
    of_others = Service.objects.filter(pk__in=others).order_by("pk").values_list("organization_id", flat=True)
    return list(dict.fromkeys([asking.chosen.service.organization_id, *of_others]))


def _classes(asking: Asking, parts: list[str]) -> list[str]:
    assert asking.need is not None  # noqa: S101
    return sorted(actions.classes_shared(asking.need.code, parts))


def _refused(request: HttpRequest, asking: Asking, form: ReferForm) -> str:
    """They say no: that is recorded, and nothing else changes."""

    def record() -> str:
        participants.record_consent(
            file=asking.file,
            asked=participants.Asked(
                recipients=_recipients(asking, []),
                parts=list(reading.ALWAYS),
                data_classes=_classes(asking, list(reading.ALWAYS)),
                language=asking.contact.language,
                refused=True,
            ),
            by=_actor(request),
        )
        service = asking.chosen.service.code if asking.chosen else ""
        return reverse("referrals:refused", args=[asking.file.code]) + f"?service={service}"

    form.full_clean()
    if "form_key" in form.errors:
        raise BadValue("form_key", _("This form is incomplete."), mend=_("Open the page again."))
    return form.once(by=_actor(request), act=record)


@require_safe
@requires(Permission.REFER)
def refused(request: HttpRequest, code: str) -> HttpResponse:
    """After a no: who still holds the person, and what can be done without sharing anything."""
    file = file_or_404(code)
    custody = custody_of(file.person_id)
    context = {
        "file": file,
        "contact": Contact.objects.get(file=file),
        "custody": custody,
        "step": custody.next_step if custody else None,
        # Where they were asked about: the paper leads there, unless they choose otherwise.
        "service": request.GET.get("service", ""),
    }
    return render(request, "referrals/refused.html", context)


# --- The page -----------------------------------------------------------------------------------------------------


def _context(request: HttpRequest, asking: Asking, form: ReferForm | None) -> dict[str, Any]:
    askable = [offer for offer in asking.offers if offer.can_be_asked]
    others = [offer for offer in asking.offers if not offer.can_be_asked]
    everything = request.GET.get("all") == "yes"
    shown = askable if everything else _first(askable, asking.chosen)
    shown_others = others if everything else _first(others)
    context: dict[str, Any] = {
        "file": asking.file,
        "contact": asking.contact,
        "needs": [(need, reading.need_words(need.code)) for need in asking.needs],
        "need": asking.need,
        "need_words": reading.need_words(asking.need.code) if asking.need else "",
        "askable": shown,
        "askable_number": len(askable),
        "others": shown_others,
        "others_number": len(others),
        "more": len(asking.offers) - len(shown) - len(shown_others),
        "everything": _everything(request),
        "with_room": sum(offer.room.has_room for offer in askable),
        "may_be_mended": any(offer.standing is Standing.NOT_ELIGIBLE for offer in others),
        "chosen": asking.chosen,
        "again": asking.again,
        "agreed_already": asking.agreed_already,
        "has_modes": form is not None and "mode" in form.fields,
        "ladder_open": False,
        "form": form,
    }
    if asking.chosen and asking.need:
        context |= _third_part(request, asking)
    return context


def _first(offers: list[Offer], chosen: Offer | None = None) -> list[Offer]:
    """The best of them, and the chosen one wherever it stands."""
    return [each for place, each in enumerate(offers) if place < SHOWN_AT_FIRST or each is chosen]


def _everything(request: HttpRequest) -> str:
    """The address of the same page with every service on it."""
    query = request.GET.copy()
    query["all"] = "yes"
    return f"?{query.urlencode()}#part-2"


def _third_part(request: HttpRequest, asking: Asking) -> dict[str, Any]:
    assert asking.need is not None and asking.chosen is not None  # noqa: S101
    lines = _preview(request, asking)
    now = clock.now()
    ladder = reading.ladder(now, asking.chosen.service)
    language = asking.contact.language
    return {
        "before": reading.preview_before(asking.need.code, asking.contact),
        "always": [line for line in lines if line.part in reading.ALWAYS],
        "card": lines,
        "never": reading.never_part(asking.need.code),
        "ladder": ladder,
        "closed_days": reading.closed_days_between(now, ladder[-2].due_at),
        "text": consent_text("en"),
        "has_own_page": own_links.has_page(asking.file),
        "their_text": consent_text(language) if language != "en" else None,
        "their_language": get_language_info(language)["name_local"] if language != "en" else "",
        "agreed_on": asking.again.consent.given_at if asking.agreed_already and asking.again else None,
    }
