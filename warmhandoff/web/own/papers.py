"""What a person's program asks of them, and what of it is there: in plain words, and nothing that an onlooker should not read.

Of law and of health it says that something is asked, and whether it is there: never what. What is asked about safety from violence
is on no page of theirs (`programs.own_page.NEVER_TOLD`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from warmhandoff.directory.eligibility import Standing
from warmhandoff.programs import own_page
from warmhandoff.programs.spans import AGENCY, DOCUMENT, SELF, Found
from warmhandoff.web.own import told
from warmhandoff.web.own.door import Visit, behind_the_link, frame
from warmhandoff.web.site.mail_door import LOOKS
from warmhandoff.web.today import said

ABOUT: dict[str, Any] = {
    "justice": gettext_lazy("Something about the law and your record."),
    "supervision": gettext_lazy("Something about supervision."),
    "health": gettext_lazy("Something about your health."),
    "substance_use": gettext_lazy("Something about your health."),
}
HOW: dict[str, Any] = {
    DOCUMENT: gettext_lazy("We saw a paper, %(day)s."),
    AGENCY: gettext_lazy("An agency told us, %(day)s."),
    SELF: gettext_lazy("You told us, %(day)s."),
}


@dataclass(frozen=True)
class Line:
    asks: str
    says: str
    is_there: bool


@dataclass(frozen=True)
class Choice:
    """Of these one is enough."""

    lines: list[Line]

    @property
    def is_there(self) -> bool:
        return any(line.is_there for line in self.lines)


@dataclass(frozen=True)
class Asks:
    """One program of theirs."""

    name: str
    organization: str
    phone: str
    choices: list[Choice]
    wrong: str

    @property
    def open(self) -> int:
        return sum(not one.is_there for one in self.choices)


@behind_the_link(methods=LOOKS)
def papers(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Each program that they take part in or ask for."""
    return render(
        request,
        "own/papers.html",
        frame(visit) | {"programs": [_asks(one, visit) for one in own_page.asked(said.today())]},
    )


def _asks(one: own_page.OwnAsked, visit: Visit) -> Asks:
    return Asks(
        name=told.in_language(one.name, one.name_es),
        organization=one.organization,
        phone=one.phone,
        choices=[Choice([_line(found) for found in each]) for each in _choices(one.findings)],
        wrong=visit.url("program_wrong", one.enrollment),
    )


def _choices(findings: Sequence[Found]) -> Iterator[list[Found]]:
    """Those that stand beside one another to choose from, together; of a choice that is met, what meets it."""
    numbered = list(enumerate(findings))
    for _key, several in groupby(numbered, lambda one: one[1].condition.either or one[0]):
        found = [each for _number, each in several]
        yield [each for each in found if each.is_met][:1] or found


def _line(found: Found) -> Line:
    about = ABOUT.get(found.condition.data_class)
    return Line(str(about) if about else found.asks, _says(found), found.is_met)


def _says(found: Found) -> str:
    if found.waiver is not None:
        return _("It is not asked of you until %(day)s.") % {"day": said.day(found.waiver.lapses_on)}
    if found.is_met:
        return " ".join(filter(None, [_how(found), _until(found)])) or _("That fits, as we know you.")
    if found.lapsed_on is not None:
        return _("It counted until %(day)s. It is needed again.") % {"day": said.day(found.lapsed_on)}
    if found.standing is Standing.NOT_MET:
        return _("As far as we know, that does not fit.")
    return _("It is not there yet.")


def _how(found: Found) -> str:
    if found.proof is None:
        return ""
    return str(HOW[found.proof.method]) % {"day": said.on_day(found.proof.shown_on)}


def _until(found: Found) -> str:
    if found.lapses_on is None:
        return ""
    return _("It counts until %(day)s.") % {"day": said.day(found.lapses_on)}
