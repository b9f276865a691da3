"""How long each rung of the ladder waits: read as a table by stage, changed by the administrator, and shown before it is saved
together with what last month would have sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from warmhandoff.directory.models import Service
from warmhandoff.foundation import terms
from warmhandoff.foundation.errors import BadValue, NotYours
from warmhandoff.jurisdictions.place import CHECK_INS
from warmhandoff.network.reading import name_of
from warmhandoff.network.roles import Permission
from warmhandoff.referrals import lately, pace
from warmhandoff.referrals import protocol as p
from warmhandoff.referrals.lately import LEAD, OFFICE, OVER, PERSON, REMINDER, SENDER
from warmhandoff.web.forms import OneUseKeyForm, PlainForm
from warmhandoff.web.organization.views import FORM, who_of
from warmhandoff.web.site.access import requires

MOST_CHANGES = 20
STAGES: dict[str, tuple[Any, Any]] = {
    "seen": (gettext_lazy("Has it arrived?"), gettext_lazy("From sending, until somebody there says that they have it.")),
    "answer": (gettext_lazy("Yes or no?"), gettext_lazy("From sending, until they answer.")),
    "reply": (gettext_lazy("A question"), gettext_lazy("From their question, until the sender replies. Their own clock stands meanwhile.")),
    "review": (gettext_lazy("A waitlist"), gettext_lazy("From the day on which they wanted to look again.")),
    "contact": (gettext_lazy("First contact"), gettext_lazy("From their yes, until they have talked with the person.")),
    "start": (gettext_lazy("The start"), gettext_lazy("From the first contact, until the service begins.")),
    "engaged": (gettext_lazy("Still there?"), gettext_lazy("While the service goes on, from the last word about it.")),
    "decision": (gettext_lazy("What is next?"), gettext_lazy("From an end, until whoever holds the person decides.")),
}  # fmt: skip
# What a rung does, by its column; where a stage says it in its own way, by stage and column.
DOES = {
    REMINDER: gettext_lazy("The receiver is reminded"),
    LEAD: gettext_lazy("Their lead is told"),
    SENDER: gettext_lazy("The sender and the navigators are told"),
    OFFICE: gettext_lazy("The navigators are told"),
    PERSON: gettext_lazy("The person is told that we are still asking"),
    OVER: gettext_lazy("The waiting ends, and the holder decides"),
    ("reply", REMINDER): gettext_lazy("The sender is reminded"),
    ("reply", LEAD): gettext_lazy("The sender’s lead is told"),
    ("reply", SENDER): gettext_lazy("The sender is told once more, and the navigators are told"),
    ("contact", OVER): gettext_lazy("The holder decides whether to wait longer"),
    ("decision", REMINDER): gettext_lazy("The holder is reminded"),
    ("decision", LEAD): gettext_lazy("The holder’s lead is told"),
}
SENT = {
    REMINDER: gettext_lazy("Reminders"),
    LEAD: gettext_lazy("Leads told"),
    SENDER: gettext_lazy("Senders and navigators told"),
    OFFICE: gettext_lazy("Navigators told alone"),
    PERSON: gettext_lazy("People told that we are still asking"),
    OVER: gettext_lazy("Given to the holder to decide"),
}


@dataclass(frozen=True)
class Line:
    """One rung, as it holds for a scope."""

    name: str
    does: str
    after: str
    is_own: bool


@dataclass(frozen=True)
class Stage:
    title: str
    says: str
    lines: list[Line]


class ScopeForm(PlainForm):
    scope = forms.ChoiceField(label=gettext_lazy("For which services?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"].choices = scopes()  # type: ignore[attr-defined]


class NumbersForm(OneUseKeyForm):
    """A field a rung; left empty, it is as more widely."""

    def __init__(self, *args: Any, scope: pace.Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = pace.said_now()
        own, wider = scope.own(said), scope.without_own(said)
        for stage, ladder in p.STAGES.items():
            for rung in ladder:
                if rung.after:
                    self.fields[rung.after] = forms.IntegerField(
                        label=does(stage, rung),
                        required=False,
                        min_value=1,
                        max_value=pace.longest(rung.after),
                        initial=own.get(rung.after),
                        help_text=_("Empty: %(days)s.")
                        % {"days": said_days(rung.after, wider.number(rung.after))},
                        widget=forms.NumberInput(attrs={"class": "usa-input--small"}),
                    )

    @property
    def stages(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        return [
            (
                str(STAGES[stage][0]),
                str(STAGES[stage][1]),
                [self[rung.after] for rung in ladder if rung.after],
            )
            for stage, ladder in p.STAGES.items()
        ]

    @property
    def numbers(self) -> dict[str, int | None]:
        return {name: self.cleaned_data.get(name) for name in p.NAMES}


def does(stage: str, rung: p.Rung) -> str:
    column = lately.column_of(rung)
    return str(DOES.get((stage, column), DOES[column]))


def said_days(name: str, number: int) -> str:
    if name in CHECK_INS:
        return ngettext("after %(number)s day", "after %(number)s days", number) % {"number": number}
    return ngettext("after %(number)s business day", "after %(number)s business days", number) % {
        "number": number
    }


def scopes() -> list[tuple[str, str]]:
    """All services, a kind of them, one of them."""
    spoken = get_language() or "en"
    services = Service.objects.filter(active=True).select_related("organization").order_by("name_sort", "id")
    kinds = sorted(
        {service.service_code for service in services}, key=lambda code: terms.word("service_code", code)
    )
    return [
        ("", _("All services")),
        *(
            (f"kind:{code}", _("All of one kind: %(kind)s") % {"kind": terms.word("service_code", code)})
            for code in kinds
        ),
        *((f"one:{each.code}", f"{each.in_language(spoken)}, {each.organization.name}") for each in services),
    ]


def scope_of(chosen: str) -> pace.Scope:
    """The scope that an address names."""
    if chosen not in dict(scopes()):
        raise NotYours()
    if chosen.startswith("one:"):
        return pace.Scope(
            service=Service.objects.select_related("organization").get(code=chosen.removeprefix("one:"))
        )
    return pace.Scope(service_code=chosen.removeprefix("kind:"))


def _address(name: str, chosen: str) -> str:
    return reverse(f"administration:{name}") + (f"?{urlencode({'scope': chosen})}" if chosen else "")


@require_safe
@requires(Permission.MANAGE_NETWORK)
def ladder(request: HttpRequest) -> HttpResponse:
    """Who is told of silence and when, for all services or for some; and who changed it."""
    chosen = request.GET.get("scope", "")
    scope = scope_of(chosen)
    context = {
        "choose": ScopeForm(initial={"scope": chosen}),
        "scope": dict(scopes())[chosen],
        "is_all": not chosen,
        "stages": _stages(scope),
        "changes": [_told(change) for change in pace.history(scope)[:MOST_CHANGES]],
        "change": _address("change_ladder", chosen),
    }
    return render(request, "administration/ladder.html", context)


def _stages(scope: pace.Scope) -> list[Stage]:
    said = pace.said_now()
    here, own = scope.pace(said), scope.own(said)
    return [
        Stage(
            str(STAGES[stage][0]),
            str(STAGES[stage][1]),
            [Line(rung.after, does(stage, rung), _after(rung, here), rung.after in own) for rung in rungs],
        )
        for stage, rungs in p.STAGES.items()
    ]


def _after(rung: p.Rung, here: pace.Pace) -> str:
    return said_days(rung.after, here.number(rung.after)) if rung.after else _("on that morning")


def _named(name: str) -> str:
    """`Yes or no? Their lead is told`"""
    stage, rung = next(
        (stage, rung) for stage, rungs in p.STAGES.items() for rung in rungs if rung.after == name
    )
    return f"{STAGES[stage][0]} {does(stage, rung)}"


def _told(change: pace.LadderNumber) -> dict[str, Any]:
    facts = {"by": name_of(change.said_by), "rung": _named(change.name)}
    if change.days is None:
        return {"at": change.said_at, "says": _("%(by)s took back what was said here: %(rung)s.") % facts}
    facts["days"] = said_days(change.name, change.days)
    return {"at": change.said_at, "says": _("%(by)s: %(rung)s %(days)s.") % facts}


@require_http_methods(FORM)
@requires(Permission.MANAGE_NETWORK)
def change_ladder(request: HttpRequest) -> HttpResponse:
    """First shown with what last month would have sent, then saved."""
    chosen = request.GET.get("scope", "")
    scope, who = scope_of(chosen), who_of(request)
    form = NumbersForm(request.POST or None, scope=scope)
    back = _address("ladder", chosen)

    def act() -> str:
        pace.say(scope=scope, numbers=form.numbers, by=who.actor)
        messages.success(request, _("Changed. It holds for everything that begins to wait from now on."))
        return back

    if request.method == "POST" and form.is_valid():
        try:
            if "save" in request.POST:
                return redirect(form.once(by=who.actor, act=act))
            return render(
                request, "administration/ladder_preview.html", _preview(form, scope) | {"back": back}
            )
        except BadValue as error:
            form.refuse(error)
    context = {"form": form, "scope": dict(scopes())[chosen], "back": back}
    return render(request, "administration/ladder_change.html", context, status=422 if form.is_bound else 200)


def _preview(form: NumbersForm, scope: pace.Scope) -> dict[str, Any]:
    """What would change, and what the last thirty days would have sent with the numbers that hold and with these."""
    said = pace.said_now()
    own = scope.own(said)
    changed = {name: days for name, days in form.numbers.items() if own.get(name) != days}
    if not changed:
        raise BadValue("", _("Nothing is changed."), mend=_("Change a number, or go back."))
    would_say = scope.saying(said, changed)
    now, then = scope.pace(said), scope.pace(would_say)
    pace.require_in_order(then, changed)
    told = lately.happened_lately(scope)
    before, after = lately.would_have_sent(told, said, would_say)
    return {
        "form": form,
        "scope": dict(scopes())[_chosen(scope)],
        "differences": [
            (_named(name), said_days(name, now.number(name)), said_days(name, then.number(name)))
            for name in sorted(changed, key=list(form.fields).index)
        ],
        "counts": [(str(SENT[column]), before[column], after[column]) for column in lately.COLUMNS],
        "referrals": len(told),
        "is_cut": len(told) == lately.AT_MOST,
    }


def _chosen(scope: pace.Scope) -> str:
    if scope.service is not None:
        return f"one:{scope.service.code}"
    return f"kind:{scope.service_code}" if scope.service_code else ""
