"""Taking somebody in: one page, five short parts, read out in their language, and a next step with its date.

What is typed is kept as it is typed, so that a lost line or a closed tab loses nobody. Whoever turns out to be under 18 gets a
named person to go to; nothing is stored then, and what was kept half-way is removed.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from warmhandoff.custody import actions as custody
from warmhandoff.directory.models import Service
from warmhandoff.directory.reading import for_people_under
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.errors import BadValue, NotYours
from warmhandoff.foundation.models import Duty
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Membership, Queue
from warmhandoff.network.reading import navigators
from warmhandoff.network.roles import Permission
from warmhandoff.participants import actions as participants
from warmhandoff.participants import drafts, identity, profile
from warmhandoff.participants.actions import Told, Way
from warmhandoff.participants.identity import Alike
from warmhandoff.participants.identity.elsewhere import LookedEnough, TooLittleKnown
from warmhandoff.participants.identity.reasons import in_words
from warmhandoff.participants.models import Draft, Listing, Participant
from warmhandoff.participants.profile import YES
from warmhandoff.participants.reading import file_or_404
from warmhandoff.web.directory.places import places_of
from warmhandoff.web.directory.words import Line, lines
from warmhandoff.web.people.acts import shows_the_first_result
from warmhandoff.web.people.asking import REASONS, IntakeForm, says_under_18, typed_in
from warmhandoff.web.people.forms import due_moment, next_step_day
from warmhandoff.web.people.questions import QUESTIONS, YOUNG
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said

MOST_CANDIDATES = 8
MOST_YOUTH_SERVICES = 6
WAYS_TOLD = (("voice", "phone"), ("email", "email"))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.TAKE_IN)
@shows_the_first_result  # before names are compared: a second press would find the first one's person
def intake(request: HttpRequest) -> HttpResponse:
    """The page, and its saving: file, holder and next step in one transaction."""
    who: Who = request.who  # type: ignore[attr-defined]
    if request.method != "POST":
        return _page(request, _form_for(request), who)
    if says_under_18(request.POST):
        return _to_warm_contact(request, who)
    form = IntakeForm(request.POST, candidates=candidates(IntakeForm(request.POST)))
    if form.is_valid():
        known = form.cleaned_data["known"]
        if known not in ("", "new") and not _may_come_back(file_or_404(known)):
            drafts.throw_away(form_key=form.cleaned_data["form_key"], by=who.actor)
            return redirect("people:person", known)
        try:
            return redirect(form.once(by=who.actor, act=lambda: _take_in(request, form, who)))
        except (BadValue, custody.TooYoung) as error:
            form.refuse(
                error if isinstance(error, BadValue) else BadValue("adult", error.sentence, mend=error.mend)
            )
    return _page(request, form, who)


def _page(request: HttpRequest, form: IntakeForm, who: Who) -> HttpResponse:
    key = str(form["form_key"].value())
    begun = [(str(one.form_key) == key, _unfinished(one, who)) for one in drafts.unfinished()]
    context = {
        "form": form,
        "questions": QUESTIONS,
        "reasons": REASONS,
        "candidates": [_candidate(one) for one in form.candidates],
        "resumed": next((told for is_this, told in begun if is_this and form.is_restored), None),
        "unfinished": [told for is_this, told in begun if not is_this],
    }
    is_refused = form.is_bound and not form.is_restored
    return render(request, "people/intake.html", context, status=422 if is_refused else 200)


def _form_for(request: HttpRequest) -> IntakeForm:
    """A new one; or what was kept half-way, as it was typed."""
    code = request.GET.get("draft", "")
    if not code:
        return IntakeForm(initial=_initial(request))
    draft = drafts.draft_called(code)
    if draft is None:
        raise NotYours(
            _("This intake was finished, or thrown away."), mend=_("Look for them among your people.")
        )
    return IntakeForm(_typed(draft), is_restored=True)


def _typed(draft: Draft) -> QueryDict:
    """What was typed, as a browser would send it again."""
    sent = QueryDict(mutable=True)
    for name, values in draft.answers.items():
        sent.setlist(name, values)
    sent["form_key"] = str(draft.form_key)
    return sent


def _initial(request: HttpRequest) -> dict[str, Any]:
    """What is usual: a place is looked for within two business days. Somebody who came back is known already."""
    usual: dict[str, Any] = {
        "next_step": "find_place",
        "due": next_step_day(),
        "language": current_place().languages[0],
        "look": "",
        "attested_by": "themselves",
    }
    code = request.GET.get("again", "")
    if not code:
        return usual | ({"adult": YES} if request.GET.get("adult") == YES else {})
    contact = file_or_404(code).contact
    # They had a file here: they are of age.
    return usual | {
        "adult": YES,
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "birth_date": contact.birth_date,
        "language": contact.language,
        "pronouns": contact.pronouns,
        "area": contact.area,
        "zip_code": contact.zip_code,
    }


def candidates(sent: IntakeForm) -> list[Alike]:
    """Own people who may be whoever is being taken in, misspelt or not, by what of it all makes sense so far."""
    sent.is_valid()
    told = sent.cleaned_data
    if not told.get("first_name"):
        return []
    reach = [(Way(channel, told[name])) for channel, name in WAYS_TOLD if told.get(name)]
    told_of = {
        name: told[name] for name in ("first_name", "last_name", "birth_date", "zip_code") if told.get(name)
    }
    return identity.alike(told=Told(**told_of), reach=reach)[:MOST_CANDIDATES]


def _candidate(alike: Alike) -> dict[str, Any]:
    """One of them, why they are shown, and what choosing them would do."""
    listing = alike.listing
    file = Participant.objects.select_related("person").get(pk=listing.file_id)
    if _may_come_back(file):
        does = _("Released %(day)s. They are taken in again: the same file.") % {
            "day": said.day(file.person.closed_at)  # type: ignore[arg-type]
        }
    elif listing.standing == Listing.Standing.HELD:
        does = _("With you already. Their page opens; nothing new is made.")
    else:
        does = _("Known here, held by another organization. Their page opens; nothing new is made.")
    return {"code": listing.code, "name": listing.name, "why": in_words(alike.score), "does": does}


def _may_come_back(file: Participant) -> bool:
    return file.person.closed_at is not None


def _take_in(request: HttpRequest, form: IntakeForm, who: Who) -> str:
    data = form.cleaned_data
    again = file_or_404(data["known"]) if data["known"] not in ("", "new") else None
    file = custody.take_in(
        told=form.told(),
        reach=form.ways(),
        needs=data["needs"],
        holder=Owner(who.organization.pk, membership_id=who.membership.pk),
        by=who.actor,
        is_adult=data["adult"] == YES,
        next_step=form.step(),
        due_at=due_moment(data["due"]),
        again=again,
    )
    _keep_the_rest(form, file, who, is_new=again is None)
    partner_may_know = data["look"] == YES and _look(request, file, who)
    drafts.throw_away(form_key=data["form_key"], by=who.actor)
    messages.success(
        request,
        _("%(name)s is with you now. What you didn’t ask stands as “not asked yet”.")
        % {"name": data["first_name"]},
    )
    if who.may(Permission.HAND_OUT):
        messages.info(
            request,
            _("They can have a page of their own, by mail or with a card: see “Their own page” on the card."),
        )
    return reverse("people:ask_partner" if partner_may_know else "people:person", args=[file.code])


def _look(request: HttpRequest, file: Participant, who: Who) -> bool:
    """Whether a partner may know them, after their yes. What stands against asking is said, and stops nothing."""
    try:
        return identity.known_elsewhere(file=file, by=who.actor)
    except (TooLittleKnown, LookedEnough) as error:
        messages.info(request, f"{error.sentence} {error.mend}")
        return False


def _keep_the_rest(form: IntakeForm, file: Participant, who: Who, *, is_new: bool) -> None:
    """What was told beyond contact and needs. Of who comes back, what wasn't asked again stays as it was."""
    answers = form.answers() if is_new else profile.told_again(file, form.answers())
    profile.learn(file=file, answers=answers, by=who.actor)
    profile.say_why_not(file=file, whys=form.whys())
    participants.write_down(file=file, about=("file", file.pk), text=form.cleaned_data["note"], by=who.actor)
    alternate = form.alternate()
    if alternate:
        profile.add_alternate(file=file, by=who.actor, **alternate)
    if form.cleaned_data["look"]:
        profile.record_look(file=file, allowed=form.cleaned_data["look"] == YES, by=who.actor)


# --- Not finished -------------------------------------------------------------------------------------------------


@require_POST
@requires(Permission.TAKE_IN)
def keep(request: HttpRequest) -> HttpResponse:
    """Keep what is typed so far: by itself while one types, or by the button."""
    who: Who = request.who  # type: ignore[attr-defined]
    if says_under_18(request.POST):
        return _to_warm_contact(request, who)
    by_itself = bool(getattr(request, "htmx", False))
    typed = typed_in(request.POST)
    draft = None
    if typed:
        key = request.POST.get("form_key", "")
        draft = drafts.keep(form_key=key, answers=typed, membership_id=who.membership.pk, by=who.actor)
    if by_itself:
        return render(request, "people/kept.html", {"draft": draft})
    if draft:
        messages.success(request, _("Kept. It stands on Today until you finish it or throw it away."))
    else:
        messages.info(request, _("Nothing was typed yet, so nothing was kept."))
    return redirect("people:find")


@require_POST
@requires(Permission.TAKE_IN)
def throw_away(request: HttpRequest, code: str) -> HttpResponse:
    """Give up an intake that isn't finished: nothing of it stays. A second press finds that it is gone."""
    who: Who = request.who  # type: ignore[attr-defined]
    draft = drafts.draft_called(code)
    if draft is not None:
        drafts.throw_away(form_key=str(draft.form_key), by=who.actor, how=Duty.Closed.NO_LONGER)
        messages.success(request, _("Thrown away. Nothing of it was kept."))
    return redirect("people:find")


def _unfinished(draft: Draft, who: Who) -> dict[str, Any]:
    """One of those lines: `Not finished: Rosa M., begun by you today, 10:40`."""
    first, last = (draft.answers.get(name, [""])[0].strip() for name in ("first_name", "last_name"))
    return {
        "code": draft.code,
        "name": " ".join(filter(None, [first[:80], f"{last[:1]}." if last else ""]))
        or _("someone without a name"),
        "begun_by": _("you") if draft.membership_id == who.membership.pk else draft.membership.user.name,
        "kept_at": draft.kept_at,
    }


def unfinished_of(who: Who) -> list[dict[str, Any]]:
    """For pages that show what isn't finished."""
    return [_unfinished(one, who) for one in drafts.unfinished()] if who.may(Permission.TAKE_IN) else []


# --- Under 18 -----------------------------------------------------------------------------------------------------


def _to_warm_contact(request: HttpRequest, who: Who) -> HttpResponse:
    """As soon as it is said, whatever else was typed: nothing of it is kept, and the page with names opens."""
    key = request.POST.get("form_key", "")
    drafts.throw_away(form_key=key, by=who.actor, how=Duty.Closed.NO_LONGER)
    page = reverse("people:too_young")
    if getattr(request, "htmx", False):
        return HttpResponse(headers={"HX-Redirect": page})
    return redirect(page)


@require_safe
@requires(Permission.TAKE_IN)
def too_young(request: HttpRequest) -> HttpResponse:
    """Whom to go to with somebody under 18: by name, with a phone, and what to say. No file is made."""
    who: Who = request.who  # type: ignore[attr-defined]
    context = {
        "question": YOUNG,
        "contacts": warm_contacts(who),
        "services": _youth_services(),
        "numbers": current_place().intake.youth_on(said.today()),
        "who": who,
    }
    return render(request, "people/under_18.html", context)


def _youth_services() -> list[dict[str, Any]]:
    """What the directory has for their age, with a phone: of members, who keep it true, first."""
    found = for_people_under(participants.ADULT).order_by(
        "-organization__standing", "organization__name_sort", "name_sort", "id"
    )
    return [
        {"line": line, "phone": _phone_of(line.service), "source": _said_by(line)}
        for line in lines(found[:MOST_YOUTH_SERVICES])
    ]


def _phone_of(service: Service) -> str:
    phones = [place.location.phone for place in places_of(service)]
    return next(filter(None, phones), "") or service.organization.phone


def _said_by(line: Line) -> str:
    """When its organization said so; of one that is only listed, where that stands."""
    if line.room is not None:
        return line.verified
    return _("Source: %(source)s") % {"source": line.service.source}


def warm_contacts(who: Who) -> list[Membership]:
    """The lead who answers for this organization's queue, then the navigators."""
    leads = Queue.objects.filter(
        organization_id=who.organization.pk, lead__state=Membership.State.ACTIVE
    ).select_related("lead__user", "lead__organization")
    found = [queue.lead for queue in leads.order_by("id")[:1] if queue.lead]
    return [*found, *navigators().exclude(pk__in=[one.pk for one in found]).order_by("user__name", "id")[:2]]
