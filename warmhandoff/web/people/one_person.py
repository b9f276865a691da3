"""Two files, or two holders, of one person: put together, connected, and parted again."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from warmhandoff.custody import actions as custody
from warmhandoff.custody import merging, moves
from warmhandoff.custody.models import Link
from warmhandoff.custody.protocol import GOES_ALONG
from warmhandoff.custody.reading import links_of
from warmhandoff.foundation.errors import NotYours
from warmhandoff.network.models import Organization
from warmhandoff.network.roles import Permission
from warmhandoff.participants.models import Participant
from warmhandoff.participants.reading import file_or_404
from warmhandoff.referrals.models import Referral
from warmhandoff.referrals.protocol import ANSWER_QUESTION, AWAIT_ANSWER, AWAIT_REVIEW
from warmhandoff.web.forms import ChoiceLabel
from warmhandoff.web.people.acts import shows_the_first_result
from warmhandoff.web.people.forms import PressForm
from warmhandoff.web.people.goes_on import only_here
from warmhandoff.web.people.moves import (
    GET_OR_POST,
    InTheWay,
    do_once,
    holder_elsewhere,
    hub,
    move_page,
    not_yet,
    page_of,
    show,
    still_open,
    who_of,
)
from warmhandoff.web.people.moves_forms import AskToLinkForm, MergeForm
from warmhandoff.web.site.access import requires
from warmhandoff.web.today import said
from warmhandoff.web.today.lines import Line

# What waits for a place that has not said yes.
UNANSWERED = (AWAIT_ANSWER, AWAIT_REVIEW, ANSWER_QUESTION)


@require_http_methods(GET_OR_POST)
@requires(Permission.RELEASE, Permission.CHANGE_FILE)
@shows_the_first_result
def same(request: HttpRequest, code: str, other: str) -> HttpResponse:
    """Two of our files on one person: put them together, or, where another organization holds one, ask it to connect."""
    one, two = file_or_404(code), file_or_404(other)
    if one.pk == two.pk:
        raise NotYours()
    holds = {file.pk: custody.holds(file.person_id) for file in (one, two)}
    elsewhere = [file for file in (one, two) if not holds[file.pk] and file.person.closed_at is None]
    if elsewhere:
        ours = next((file for file in (one, two) if holds[file.pk]), None)
        holder = holder_elsewhere(elsewhere[0])
        if ours is None or holder is None:
            raise merging.HeldElsewhere()
        return _ask_to_link(request, ours, elsewhere[0], holder)
    return _merge(request, one, two, holds)


def _ask_to_link(
    request: HttpRequest, ours: Participant, theirs: Participant, holder: Organization
) -> HttpResponse:
    who = who_of(request)
    open_here = still_open(ours, who)
    form = AskToLinkForm(request.POST or None, other=holder.name, only_us=bool(open_here))
    if form.is_bound and form.is_valid():
        answer = do_once(
            request,
            form,
            lambda: move_page(
                moves.ask_to_link(
                    file=ours, same_as=theirs, asked=holder, proposed=form.cleaned_data["proposed"],
                    note=form.cleaned_data["note"], by=who.actor, membership=who.membership,
                )
            ),
            _("Asked. Their answer comes up on Today."),
        )  # fmt: skip
        if answer:
            return answer
    return show(
        request, "people/moves/ask_to_link.html", form, file=ours, holder=holder, names=_names(ours, theirs),
        still_open=open_here,
    )  # fmt: skip


def _merge(request: HttpRequest, one: Participant, two: Participant, holds: dict[int, bool]) -> HttpResponse:
    who = who_of(request)
    waits = {
        file.pk: [line for line in still_open(file, who) if line.duty.subject_kind not in GOES_ALONG]
        for file in (one, two)
    }
    goes_on = {file.pk: only_here(file) for file in (one, two)}
    # What only a file itself can settle keeps it the one that is shown.
    able = [
        keep
        for keep, other in ((one, two), (two, one))
        if (holds[keep.pk] or not holds[other.pk]) and not waits[other.pk] and not goes_on[other.pk]
    ]
    if not able:
        says = _(
            "Not yet: something is open in both files. Settle it in one of them; the other is then the one that is shown."
        )
        both = [
            InTheWay(
                _("To put away the file of %(name)s, %(opened)s, first:")
                % {"name": file.listing.name, "opened": _opened(file)},
                [_ended_by(line) for line in waits[file.pk]],
                goes_on[file.pk],
            )
            for file in (one, two)
        ]
        return not_yet(request, one, _("Put two files together"), says, both)
    form = MergeForm(
        request.POST or None,
        files=[(file.code, _label(file, held=holds[file.pk])) for file in able],
        initial={"keep": able[0].code},
    )
    if form.is_bound and form.is_valid():
        keep, gone = (one, two) if form.cleaned_data["keep"] == one.code else (two, one)

        def act() -> str:
            merging.merge(keep=keep, other=gone, by=who.actor)
            return page_of(keep)

        answer = do_once(request, form, act, _("Put together. You can undo it under “Who holds them”."))
        if answer:
            return answer
    return show(
        request, "people/moves/merge.html", form, file=one, names=_names(one, two),
        still_open=waits[able[0].pk] if len(able) == 1 else [], shown=able[0].listing.name,
        goes_on=goes_on[able[0].pk] if len(able) == 1 else [],
    )  # fmt: skip


def _ended_by(line: Line) -> Line:
    """The same line, with the press that ends it: what nobody has answered yet is taken back, and not waited for."""
    if line.duty.kind not in UNANSWERED:
        return line
    code = Referral.objects.values_list("code", flat=True).get(pk=line.duty.subject_id or 0)
    return replace(line, button=_("Take it back"), page=reverse("referrals:withdraw", args=[code]))


def _label(file: Participant, *, held: bool) -> ChoiceLabel:
    return ChoiceLabel(file.listing.name, f"{_opened(file)}; {_('you hold them') if held else _('released')}")


def _opened(file: Participant) -> str:
    return _("opened %(day)s") % {"day": said.on_day(file.opened_at)}


def _names(*files: Participant) -> str:
    return said.together([file.listing.name for file in files])


@require_http_methods(GET_OR_POST)
@requires(Permission.RELEASE, Permission.CHANGE_FILE)
@shows_the_first_result
def unlink(request: HttpRequest, code: str, link: str) -> HttpResponse:
    """Two after all: undo a merge, or end a working link."""
    who, file = who_of(request), file_or_404(code)
    found = links_of(file.person_id).filter(code=link).first()
    if found is None:
        raise NotYours()
    merged = found.basis == Link.Basis.MERGE
    form = PressForm(request.POST or None)
    if form.is_bound and form.is_valid():

        def act() -> str:
            (merging.unmerge if merged else moves.unlink)(link=found, by=who.actor)
            return hub(file)

        says = _("Two files again, each as it was.") if merged else _("No longer connected.")
        answer = do_once(request, form, act, says)
        if answer:
            return answer
    return show(
        request,
        "people/moves/unlink.html",
        form,
        file=file,
        name=file.contact.first_name,
        merged=merged,
        comes_back_here=found.organization_id == who.organization.pk,
        other=found.organization.name,
    )
