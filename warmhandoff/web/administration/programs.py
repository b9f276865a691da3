"""What programs are called and ask, by the day, with the source of each row; who delivers them, for whom, with whose money.

Nothing that was in force is changed: a new row begins on a day to come.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from warmhandoff.directory.eligibility import area_name, either
from warmhandoff.foundation import terms
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.reading import members_of_the_network
from warmhandoff.network.roles import Permission
from warmhandoff.programs.actions import rules
from warmhandoff.programs.eligibility import PROOF, condition_of
from warmhandoff.programs.models import Contract, Criterion, Funding, Method, Program, ProgramTerms
from warmhandoff.programs.reading.terms import called, in_force, terms_on
from warmhandoff.web.forms import MemorableDateField, OneUseKeyForm
from warmhandoff.web.organization.forms import PressForm
from warmhandoff.web.organization.views import FORM, who_of
from warmhandoff.web.site.access import requires
from warmhandoff.web.today import said


class NameForm(OneUseKeyForm):
    """What a program is called and goes by, from a day on."""

    name = forms.CharField(label=gettext_lazy("Name in English"), max_length=120)
    name_es = forms.CharField(label=gettext_lazy("Name in Spanish"), max_length=120)
    about = forms.CharField(
        label=gettext_lazy("What it is, in English"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=600,
        required=False,
    )
    about_es = forms.CharField(
        label=gettext_lazy("What it is, in Spanish"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=600,
        required=False,
    )
    exit_after_days = forms.IntegerField(
        label=gettext_lazy("Out after so many days without a service"), min_value=14, max_value=365
    )
    valid_from = MemorableDateField(
        label=gettext_lazy("From which day?"), help_text=gettext_lazy("Tomorrow or later.")
    )
    source = forms.CharField(label=gettext_lazy("Where does this come from?"), max_length=250)


class ConditionForm(OneUseKeyForm):
    """What one condition asks from a day on."""

    at_least = forms.IntegerField(
        label=gettext_lazy("Years at least"), required=False, min_value=0, max_value=120
    )
    at_most = forms.IntegerField(
        label=gettext_lazy("Years at most"), required=False, min_value=0, max_value=120
    )
    words_en = forms.CharField(label=gettext_lazy("In English"), max_length=200, required=False)
    words_es = forms.CharField(label=gettext_lazy("In Spanish"), max_length=200, required=False)
    methods = forms.MultipleChoiceField(
        label=gettext_lazy("How may it be shown?"), widget=forms.CheckboxSelectMultiple
    )
    holds_days = forms.IntegerField(
        label=gettext_lazy("A proof holds so many days"),
        required=False,
        min_value=1,
        max_value=3650,
        help_text=gettext_lazy("Empty: it holds until it says otherwise itself."),
    )
    self_holds_days = forms.IntegerField(
        label=gettext_lazy("Their own word holds so many days"), required=False, min_value=1, max_value=3650
    )
    can_be_waived = forms.BooleanField(
        label=gettext_lazy("Two people may pass it over for somebody"), required=False
    )
    ends = forms.BooleanField(label=gettext_lazy("It isn’t asked any more from that day on"), required=False)
    valid_from = MemorableDateField(
        label=gettext_lazy("From which day?"), help_text=gettext_lazy("Tomorrow or later.")
    )
    source = forms.CharField(label=gettext_lazy("Where does this come from?"), max_length=250)

    def __init__(self, *args: Any, row: Criterion, **kwargs: Any) -> None:
        names = ("at_least", "at_most", "words_en", "words_es", "methods", "holds_days", "self_holds_days",
                 "can_be_waived", "source")  # fmt: skip
        kwargs["initial"] = {name: getattr(row, name) for name in names} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        if row.kind != "age":
            del self.fields["at_least"], self.fields["at_most"]
        if row.shown_by:
            self.offer("methods", [(code, terms.word("proof_method", code)) for code in Method.values])
        else:
            del self.fields["methods"], self.fields["holds_days"], self.fields["self_holds_days"]

    @property
    def says(self) -> dict[str, Any]:
        aside = {"valid_from", "source", "ends", "form_key"}
        return {name: value for name, value in self.cleaned_data.items() if name not in aside}


class ContractForm(OneUseKeyForm):
    """An organization delivers it for an agency."""

    provider = forms.ChoiceField(label=gettext_lazy("Who delivers it?"))
    agency = forms.ChoiceField(label=gettext_lazy("For which agency?"))
    funding = forms.ChoiceField(label=gettext_lazy("With whose money?"))
    slots = forms.IntegerField(
        label=gettext_lazy("For how many people at once?"), min_value=1, max_value=10_000
    )
    areas = forms.MultipleChoiceField(
        label=gettext_lazy("In which areas?"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("None: everywhere."),
    )
    valid_from = MemorableDateField(label=gettext_lazy("From which day?"))
    valid_to = MemorableDateField(
        label=gettext_lazy("Until which day?"), required=False, help_text=gettext_lazy("Empty: no end yet.")
    )

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = [(one.code, one.name) for one in members_of_the_network()]
        self.offer("provider", members)
        self.offer("agency", members)
        self.offer("areas", [(one.code, area_name(one.code)) for one in current_place().areas])
        money = Funding.objects.filter(program=program)
        self.offer("funding", [(one.code, _money(one)) for one in money])


def _money(funding: Funding) -> str:
    return " ".join(filter(None, [funding.grant, funding.tranche]))


def _program_or_404(slug: str) -> Program:
    found = Program.objects.filter(slug=slug).first()
    if found is None:
        raise NotYours()
    return found


def _page(program: Program) -> str:
    return reverse("administration:program", args=[program.slug])


@require_safe
@requires(Permission.MANAGE_NETWORK)
def home(request: HttpRequest) -> HttpResponse:
    """Every program, this place's own first."""
    today, language = said.today(), get_language() or "en"
    programs = list(Program.objects.order_by("elsewhere", "slug"))
    names = terms_on([one.pk for one in programs], today)
    lines = [
        {
            "program": one,
            "name": called(names[one.pk], language) if one.pk in names else one.slug,
            "asks": Criterion.objects.filter(in_force(today), program=one).count(),
            "providers": Contract.objects.filter(in_force(today), program=one).count(),
        }
        for one in programs
    ]
    return render(request, "administration/programs.html", {"lines": lines})


@require_safe
@requires(Permission.MANAGE_NETWORK)
def program(request: HttpRequest, slug: str) -> HttpResponse:
    """What it is called and asks today, what begins later, what was; its money and its contracts."""
    one, today, language = _program_or_404(slug), said.today(), get_language() or "en"
    rows = [_row(row) for row in Criterion.objects.filter(program=one)]
    for each in rows:
        each["instead"] = _instead(each, rows)
    context = {
        "program": one,
        "name": called(terms_on([one.pk])[one.pk], language),
        "called": ProgramTerms.objects.filter(program=one).order_by("-valid_from"),
        "now": [row for row in rows if row["condition"].in_force(today)],
        "later": [row for row in rows if row["row"].valid_from > today],
        "before": [row for row in rows if row["row"].valid_to and row["row"].valid_to < today],
        "money": Funding.objects.filter(program=one),
        "contracts": [
            {"contract": each, "areas": said.together([area_name(code) for code in each.areas])}
            for each in Contract.objects.filter(program=one).select_related("provider", "agency", "funding")
        ],
        "press": PressForm(),
        "today": today,
    }
    return render(request, "administration/program.html", context)


def _row(row: Criterion) -> dict[str, Any]:
    condition = condition_of(row)
    return {
        "row": row,
        "condition": condition,
        "asks": condition.rule.asks,
        "shown": terms.word(PROOF, row.shown_by) if row.shown_by else "",
        "methods": either(terms.word("proof_method", each) for each in row.methods),
    }


def _instead(one: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    """What else is enough, of what is asked at the same time."""
    word, begins = one["condition"].either, one["row"].valid_from
    same = [each for each in rows if each["condition"].either == word and each["condition"].in_force(begins)]
    return " ".join(each["asks"] for each in same if each is not one) if word else ""


@require_http_methods(FORM)
@requires(Permission.MANAGE_NETWORK)
def call(request: HttpRequest, slug: str) -> HttpResponse:
    """What it is called from a day on."""
    one = _program_or_404(slug)
    now = terms_on([one.pk])[one.pk]
    names = ("name", "name_es", "about", "about_es", "exit_after_days", "source")
    form = NameForm(request.POST or None, initial={name: getattr(now, name) for name in names})

    def act() -> None:
        data = {name: form.cleaned_data[name] for name in names[:-1]}
        rules.call(
            program=one,
            called=rules.Called(**data),
            valid_from=form.cleaned_data["valid_from"],
            source=form.cleaned_data["source"],
        )

    return _change(request, one, form, act, _("What it is called, from a day on"))


@require_http_methods(FORM)
@requires(Permission.MANAGE_NETWORK)
def condition(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What one condition asks from a day on."""
    one = _program_or_404(slug)
    row = Criterion.objects.filter(program=one, pk=number).first()
    if row is None:
        raise NotYours()
    form = ConditionForm(request.POST or None, row=row)

    def act() -> None:
        begins = form.cleaned_data["valid_from"]
        if form.cleaned_data["ends"]:
            rules.end(criterion=row, last_day=begins - timedelta(days=1))
        else:
            rules.change(criterion=row, valid_from=begins, source=form.cleaned_data["source"], **form.says)

    return _change(request, one, form, act, condition_of(row).rule.asks)


@require_POST
@requires(Permission.MANAGE_NETWORK)
def verified(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Somebody held a condition against its source today."""
    one = _program_or_404(slug)
    row = Criterion.objects.filter(program=one, pk=number).first()
    if row is None:
        raise NotYours()
    form = PressForm(request.POST)

    def act() -> str:
        rules.held_against_its_source(row=row)
        messages.success(request, _("Verified today."))
        return _page(one)

    return redirect(form.once(by=who_of(request).actor, act=act) if form.is_valid() else _page(one))


@require_http_methods(FORM)
@requires(Permission.MANAGE_NETWORK)
def contract(request: HttpRequest, slug: str) -> HttpResponse:
    """A new contract."""
    one = _program_or_404(slug)
    form = ContractForm(request.POST or None, program=one)
    members = {each.code: each for each in members_of_the_network()}

    def act() -> None:
        data = form.cleaned_data
        rules.sign_contract(
            program=one,
            provider=members[data["provider"]],
            agency=members[data["agency"]],
            funding=Funding.objects.get(code=data["funding"]),
            slots=data["slots"],
            areas=data["areas"],
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
        )

    return _change(request, one, form, act, _("A contract"))


def _change(request: HttpRequest, one: Program, form: OneUseKeyForm, act: Any, title: str) -> HttpResponse:
    def do() -> str:
        act()
        messages.success(request, _("Written down."))
        return _page(one)

    if request.method == "POST" and form.is_valid():
        try:
            return redirect(form.once(by=who_of(request).actor, act=do))
        except BadValue as error:
            form.refuse(error)
        except WrongState as error:
            form.refuse(BadValue("valid_from", error.sentence, mend=error.mend))
    context = {"form": form, "program": one, "title": title, "back": _page(one)}
    return render(request, "administration/program_form.html", context, status=422 if form.is_bound else 200)
