"""The network's own words: stages and reasons, shaped by the administrator. What is changed is there for the next request."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from warmhandoff.foundation import terms, vocabularies
from warmhandoff.foundation.errors import BadValue, WrongState
from warmhandoff.foundation.models import Term, TermChange
from warmhandoff.network.reading import name_of
from warmhandoff.network.roles import Permission
from warmhandoff.referrals import words
from warmhandoff.referrals.words import Shaped, Wording
from warmhandoff.web.forms import MemorableDateField, OneUseKeyForm
from warmhandoff.web.organization.forms import PressForm
from warmhandoff.web.organization.views import FORM, who_of
from warmhandoff.web.site.access import requires

MOST_CHANGES = 20


class TermForm(OneUseKeyForm):
    """A term in both languages, to staff and to the person, with its days."""

    en = forms.CharField(label=gettext_lazy("In English"), max_length=200)
    es = forms.CharField(label=gettext_lazy("In Spanish"), max_length=200)
    told_en = forms.CharField(
        label=gettext_lazy("To the person, in English"),
        max_length=200,
        help_text=gettext_lazy("A short sentence to them: “You have started.”"),
    )
    told_es = forms.CharField(label=gettext_lazy("To the person, in Spanish"), max_length=200)
    parent = forms.ChoiceField(label=gettext_lazy("It belongs to"), required=False)
    valid_from = MemorableDateField(
        label=gettext_lazy("From which day?"), required=False, help_text=gettext_lazy("Empty: at once.")
    )
    valid_to = MemorableDateField(
        label=gettext_lazy("Until which day?"),
        required=False,
        help_text=gettext_lazy("The last day on which it may be chosen. Empty: no end."),
    )

    def __init__(self, *args: Any, shaped: Shaped, wording: Wording | None = None, **kwargs: Any) -> None:
        if wording is not None:
            kwargs["initial"] = {**vars(wording), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        parents = shaped.parents()
        self.offer("parent", parents)
        if shaped.of_states:
            self.fields["parent"].label = gettext_lazy("It belongs to the state")
            self.fields["parent"].required = True
        if not parents:
            del self.fields["parent"]
        if not shaped.told:
            del self.fields["told_en"], self.fields["told_es"]

    @property
    def wording(self) -> Wording:
        said = self.cleaned_data
        return Wording(
            **{name: said.get(name) or "" for name in ("en", "es", "told_en", "told_es", "parent")},
            valid_from=said["valid_from"],
            valid_to=said["valid_to"],
        )


def _page(vocabulary: str) -> str:
    return reverse("administration:words_of", args=[vocabulary])


@require_safe
@requires(Permission.MANAGE_NETWORK)
def home(request: HttpRequest) -> HttpResponse:
    """Every list that the network shapes, with how many choices it has today."""
    lists = [(one, len(terms.in_force(one.vocabulary))) for one in words.SHAPED]
    return render(request, "administration/words.html", {"lists": [each for each in lists if each[1]]})


@require_safe
@requires(Permission.MANAGE_NETWORK)
def words_of(request: HttpRequest, vocabulary: str) -> HttpResponse:
    """One list as it is read today, what is still to come or over, and who changed it."""
    shaped = words.shaped_or_404(vocabulary)
    groups = _groups(shaped)
    changes = vocabularies.changes_of([name for name in (shaped.vocabulary, shaped.told) if name])
    context = {
        "shaped": shaped,
        "groups": groups,
        "changes": [_told(change) for change in changes[:MOST_CHANGES]],
        "press": PressForm(),
    }
    return render(request, "administration/words_of.html", context)


def _groups(shaped: Shaped) -> list[tuple[str, list[dict[str, Any]]]]:
    """(heading, its terms) in their order; a heading that is a term itself stands among its own first."""
    everything = list(vocabularies.all_of(shaped.vocabulary))
    if shaped.of_states:
        return [(label, _lines(shaped, everything, state)) for state, label in shaped.parents()]
    if shaped.two_levels:
        tops = [term for term in everything if not term.parent]
        found = [(term.en, _lines(shaped, everything, term.code)) for term in tops]
        return [(_("Headings"), _lines(shaped, everything, "")), *found]
    return [("", _lines(shaped, everything, ""))]


def _lines(shaped: Shaped, everything: list[Term], parent: str) -> list[dict[str, Any]]:
    on = terms.today()
    return [
        {
            "term": term,
            "told": terms.known().get((shaped.told, term.code)) if shaped.told else None,
            "begins": term.valid_from if term.valid_from and term.valid_from > on else None,
            "is_over": term.valid_to is not None and term.valid_to < on,
            "ends": term.valid_to,
        }
        for term in everything
        if term.parent == parent
    ]


def _told(change: TermChange) -> dict[str, Any]:
    says = {
        "added": _("%(by)s added “%(after)s”."),
        "en": _("%(by)s reworded “%(before)s” to “%(after)s”."),
        "es": _("%(by)s reworded “%(before)s” to “%(after)s”."),
        "position": _("%(by)s moved “%(term)s”."),
        "parent": _("%(by)s placed “%(term)s” under %(after)s."),
        "valid_from": _("%(by)s: “%(term)s” begins on %(after)s."),
        "valid_to": _("%(by)s: “%(term)s” ends on %(after)s.")
        if change.after
        else _("%(by)s: “%(term)s” has no end."),
    }
    facts = {"by": name_of(change.by), "term": change.term.en, "before": change.before, "after": change.after}
    return {"at": change.at, "says": says[change.field] % facts}


@require_http_methods(FORM)
@requires(Permission.MANAGE_NETWORK)
def add(request: HttpRequest, vocabulary: str) -> HttpResponse:
    shaped = words.shaped_or_404(vocabulary)
    form = TermForm(request.POST or None, shaped=shaped)

    def act() -> str:
        made = words.add(shaped=shaped, wording=form.wording, by=who_of(request).actor)
        messages.success(request, _("“%(word)s” is in the list.") % {"word": made.en})
        return _page(vocabulary)

    return _form_page(request, form, act, shaped, None)


@require_http_methods(FORM)
@requires(Permission.MANAGE_NETWORK)
def change(request: HttpRequest, vocabulary: str, code: str) -> HttpResponse:
    shaped = words.shaped_or_404(vocabulary)
    term = vocabularies.term_or_404(vocabulary, code)
    form = TermForm(request.POST or None, shaped=shaped, wording=words.wording_of(shaped, term))

    def act() -> str:
        words.change(shaped=shaped, term=term, wording=form.wording, by=who_of(request).actor)
        messages.success(request, _("Changed. Whoever opens a page from now on reads it so."))
        return _page(vocabulary)

    return _form_page(request, form, act, shaped, term)


@require_POST
@requires(Permission.MANAGE_NETWORK)
def move(request: HttpRequest, vocabulary: str, code: str, way: str) -> HttpResponse:
    """One place up or down."""
    words.shaped_or_404(vocabulary)
    term = vocabularies.term_or_404(vocabulary, code)
    who, form = who_of(request), PressForm(request.POST)

    def act() -> str:
        vocabularies.move(term=term, up=way == "up", by=who.actor)
        return _page(vocabulary)

    return redirect(form.once(by=who.actor, act=act) if form.is_valid() else _page(vocabulary))


def _form_page(
    request: HttpRequest, form: TermForm, act: Any, shaped: Shaped, term: Term | None
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(form.once(by=who_of(request).actor, act=act))
        except BadValue as error:
            form.refuse(error)
        except WrongState as error:
            form.refuse(BadValue("valid_to", error.sentence, mend=error.mend))
    context = {"form": form, "shaped": shaped, "term": term, "back": _page(shaped.vocabulary)}
    return render(request, "administration/term.html", context, status=422 if form.is_bound else 200)
