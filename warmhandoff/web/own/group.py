"""A person's groups on a page of their own: when they meet, the code to show at the door, and what counts so far."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.safestring import SafeString

from warmhandoff.programs import own_page
from warmhandoff.web.own import told
from warmhandoff.web.own.door import Visit, behind_the_link, frame
from warmhandoff.web.people.groups import (
    SessionLine,
    dosage_said,
    optional_said,
    session_line,
    to_come_said,
)
from warmhandoff.web.programs.attendance import own_picture
from warmhandoff.web.site.mail_door import LOOKS
from warmhandoff.web.today import said


@dataclass(frozen=True)
class Group:
    """One of them, as it is told to whoever goes there."""

    name: str
    about: str
    says: str
    more: str
    is_complete: bool
    is_over: bool
    missing: bool
    sessions: list[SessionLine]
    phone: str
    organization: str
    wrong: str


@dataclass(frozen=True)
class Code:
    """What they show at the door of an organization."""

    organization: str
    code: str
    picture: SafeString


@behind_the_link(methods=LOOKS)
def group(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """What is next first, then the code, then what counts."""
    found = own_page.groups()
    at = {one.file: one.organization for one in found if not one.is_over}
    context = frame(visit) | {
        "meetings": [told.meets(each) for each in own_page.meetings()],
        "codes": [Code(organization, file, own_picture(file)) for file, organization in at.items()],
        "groups": [_group(one, visit) for one in found],
    }
    return render(request, "own/group.html", context)


def _group(one: own_page.OwnGroup, visit: Visit) -> Group:
    words = said.words_of("absence_why")
    had = one.dosage
    return Group(
        name=one.name,
        about=told.in_language(one.curriculum, one.curriculum_es),
        says=dosage_said(had),
        more=" ".join(filter(None, [optional_said(had), to_come_said(had)])),
        is_complete=had.is_complete,
        is_over=one.is_over,
        missing=bool(had.missing) and not one.is_over,
        sessions=[session_line(each, words) for each in had.sessions if each.had or each.missed],
        phone=one.phone,
        organization=one.organization,
        wrong=visit.url("program_wrong", one.enrollment),
    )
