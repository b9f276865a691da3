"""Who came to a meeting: said on a phone in a minute, from the sheet that people signed, or by the code that each brings along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from warmhandoff.foundation import clock, terms
from warmhandoff.foundation.codes import sort_key
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.jurisdictions.dates import full_day, moment
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.reading import name_of
from warmhandoff.network.roles import Permission
from warmhandoff.participants.correcting import Reason
from warmhandoff.participants.models import Participant
from warmhandoff.participants.reading import file_or_404
from warmhandoff.programs.actions import attendance as verbs
from warmhandoff.programs.actions.attendance import OPENS_BEFORE, Said
from warmhandoff.programs.models import Attendance, Meeting
from warmhandoff.programs.reading import groups as reading
from warmhandoff.programs.reading.attendance import Expected, Sheet, meetings_now, sheet_or_404
from warmhandoff.web import letters
from warmhandoff.web.forms import OneUseKeyForm
from warmhandoff.web.people.acts import shows_the_first_result
from warmhandoff.web.people.carry import picture
from warmhandoff.web.people.forms import PressForm
from warmhandoff.web.programs import groups_said as told
from warmhandoff.web.programs.groups import GET_OR_POST, who_of
from warmhandoff.web.site.access import requires

Mark, How = Attendance.Mark, Attendance.How
MARKS = (
    (Mark.PRESENT.value, gettext_lazy("Here")),
    (Mark.LATE.value, gettext_lazy("Late")),
    (Mark.ABSENT.value, gettext_lazy("Not here")),
)
NO_WORD = "no_word"
HOW = (
    (How.SEEN.value, gettext_lazy("I saw who came")),
    (How.SHEET.value, gettext_lazy("The sheet they signed")),
)
WRONG = (
    (Reason.WRONG_OUTCOME.value, gettext_lazy("It was otherwise")),
    (Reason.WRONG_PERSON.value, gettext_lazy("It was somebody else")),
    (Reason.MISTYPED.value, gettext_lazy("I pressed the wrong one")),
)


@dataclass(frozen=True)
class Row:
    """One person on the page: the fields about them, and what was said before."""

    mark: Any
    why: Any
    said: str


class AttendanceForm(OneUseKeyForm):
    """A row a person. Everybody is here until somebody says otherwise."""

    marks_optional = False

    how = forms.ChoiceField(label=gettext_lazy("How do you know?"), choices=HOW, widget=forms.RadioSelect)

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet = sheet
        self.people = {
            f"{member.code}-{session.number}": key for key, (member, session) in sheet.expected.items()
        }
        whys = _whys()
        for name, key in self.people.items():
            stands = sheet.stands.get(key)
            self.fields[f"{name}-mark"] = forms.ChoiceField(
                choices=MARKS, widget=forms.RadioSelect, initial=_mark(stands)
            )
            self.fields[f"{name}-why"] = forms.ChoiceField(choices=whys, required=False, initial=_why(stands))
        self.initial.setdefault("how", _how(sheet))
        if sheet.stands:
            self.fields["reason"] = forms.ChoiceField(
                label=gettext_lazy("If you change what was said: what was wrong?"),
                choices=[("", _("Nothing changes")), *WRONG],
                required=False,
            )

    def said(self) -> dict[Expected, Said]:
        """What the form says of each."""
        found = {}
        for name, key in self.people.items():
            mark, why = self.cleaned_data[f"{name}-mark"], self.cleaned_data[f"{name}-why"] or NO_WORD
            if mark == Mark.ABSENT and why == Mark.LEFT_EARLY:
                mark = Mark.LEFT_EARLY.value
            found[key] = Said(mark, why if mark == Mark.ABSENT else "")
        return found

    def rows(self, names: told.Names) -> list[Row]:
        """To be shown: each with the name of whom it is about, in their order."""
        called = {name: _called(self.sheet, key, names) for name, key in self.people.items()}
        return [
            self._row(name, called[name]) for name in sorted(called, key=lambda one: sort_key(called[one]))
        ]

    def _row(self, name: str, label: str) -> Row:
        # The fields as they are shown: what was refused has made them before anybody's name was read.
        mark, why = self[f"{name}-mark"], self[f"{name}-why"]
        mark.label = mark.field.label = label
        why.label = why.field.label = _("What was it, %(name)s?") % {"name": label}
        stands = self.sheet.stands.get(self.people[name])
        return Row(mark, why, _said_before(stands.how) if stands else "")


def _called(sheet: Sheet, key: Expected, names: told.Names) -> str:
    """Their name; with the session, where they make up for one."""
    member, session = sheet.expected[key]
    name = told.name_in(names, member.file)
    if sheet.meeting.make_up or member.cohort_id != sheet.meeting.cohort_id:
        return f"{name}, {told.session_name(session)}"
    return name


def _whys() -> list[tuple[str, Any]]:
    groups: dict[str, list[tuple[str, str]]] = {"unexcused": [], "excused": []}
    language = translation.get_language() or "en"
    for term in terms.in_force("absence_why"):
        groups[term.parent].append((term.code, term.in_language(language)))
    return [
        (_("Not excused"), groups["unexcused"]),
        (_("Excused"), groups["excused"]),
        (_("Here for a part"), [(Mark.LEFT_EARLY.value, _("Left before the end"))]),
    ]


def _mark(stands: Attendance | None) -> str:
    if stands is None:
        return Mark.PRESENT
    return Mark.ABSENT if stands.mark == Mark.LEFT_EARLY else stands.mark


def _why(stands: Attendance | None) -> str:
    if stands is None:
        return NO_WORD
    return Mark.LEFT_EARLY if stands.mark == Mark.LEFT_EARLY else stands.absence or NO_WORD


def _how(sheet: Sheet) -> str:
    said = {one.how for one in sheet.stands.values()}
    return How.SHEET if How.SHEET in said else How.SEEN


def _said_before(how: str) -> str:
    if how == How.OWN_CODE:
        return _("by their own code")
    return _("by the sheet they signed") if how == How.SHEET else ""


@require_http_methods(GET_OR_POST)
@requires(Permission.RUN_GROUPS)
def take(request: HttpRequest, code: str) -> HttpResponse:
    """Everybody is here; change who isn't; one press."""
    who = who_of(request)
    sheet = sheet_or_404(code, locked=request.method == "POST")
    form = AttendanceForm(request.POST or None, sheet=sheet)
    if form.is_bound and form.is_valid():

        def act() -> str:
            data = form.cleaned_data
            verbs.take(
                meeting=sheet.meeting, said=form.said(), by=who.actor, how=data["how"], reason=data.get("reason", ""),
                sheet=sheet,
            )  # fmt: skip
            return reverse("programs:attendance", args=[code]) + "?saved"

        try:
            return redirect(form.once(by=who.actor, act=act))
        except BadValue as error:
            form.refuse(error)
    names = told.names_for([member.file for member, _session in sheet.expected.values()])
    opens = sheet.meeting.starts_at - OPENS_BEFORE
    (line,) = told.meeting_lines([sheet.meeting])
    context = {
        "form": form,
        "meeting": sheet.meeting,
        "line": line,
        "rows": form.rows(names),
        "opens": moment(opens) if clock.now() < opens else "",
        "is_off": sheet.meeting.state == Meeting.State.CANCELLED,
        "is_held": sheet.meeting.state == Meeting.State.HELD,
        "by": _by(sheet),
        "counted": _counted(sheet),
        "saved": "saved" in request.GET and not form.is_bound,
    }
    return render(request, "programs/attendance.html", context, status=422 if form.is_bound else 200)


def _counted(sheet: Sheet) -> str:
    """`11 came, 1 didn’t.`"""
    missed = sum(one.mark == Mark.ABSENT for one in sheet.stands.values())
    number = len(sheet.stands) - missed
    came = ngettext("%(number)s came", "%(number)s came", number) % {"number": number}
    if not missed:
        return f"{came}."
    didnt = ngettext("%(number)s didn’t", "%(number)s didn’t", missed) % {"number": missed}
    return f"{came}, {didnt}."


def _by(sheet: Sheet) -> str:
    """Who said it last."""
    if sheet.meeting.state != Meeting.State.HELD or not sheet.stands:
        return ""
    last = max(sheet.stands.values(), key=lambda one: (one.recorded_at, one.pk))
    return name_of(last.by)


# --- The sheet that people sign -----------------------------------------------------------------------------------


@require_safe
@requires(Permission.RUN_GROUPS)
def paper(request: HttpRequest, code: str) -> HttpResponse:
    """A sheet to sign, tagged, with everybody's name; made when it is asked for and kept nowhere. It names no program."""
    sheet = sheet_or_404(code)
    if sheet.meeting.state == Meeting.State.CANCELLED:
        raise WrongState(_("This meeting was called off."), mend=_("Plan its session anew."))
    names = told.names_for([member.file for member, _session in sheet.expected.values()])
    answer = HttpResponse(letters.pdf("sign_in_sheet", _paper(sheet, names)), content_type="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="sign-in-sheet.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _paper(sheet: Sheet, names: told.Names) -> dict[str, Any]:
    meeting = sheet.meeting
    local = current_place().local(meeting.starts_at)
    leads = [meeting.cover] if meeting.cover else reading.leaders_of(meeting)
    people = {member.pk: member for member, _session in sheet.expected.values()}
    listed = sorted((_full_name(names, member.file) for member in people.values()), key=sort_key)
    return {
        "lang": (translation.get_language() or "en")[:2],
        "title": _("Sign-in sheet: %(group)s") % {"group": meeting.cohort.name},
        "lead": [f"{full_day(local.date())}, {told.at_said(meeting).split(', ')[-1]}", meeting.room],
        "session": told.session_name(meeting.template),
        "leads": _("Led by %(names)s") % {"names": ", ".join(each.user.name for each in leads)}
        if leads
        else "",
        "asks": _("Please sign beside your name. If you come later or leave before the end, write the time."),
        "columns": [_("Number"), _("Name"), _("Signature"), _("Time")],
        "people": listed,
        "kept": _("After the meeting, write down who came, and destroy this sheet as your rules say."),
        "missing_letters": _("Some letters of a name could not be printed; a question mark stands for each."),
    }


def _full_name(names: told.Names, file: Participant) -> str:
    listed = names.get(file.person_id)
    return listed.name if listed else _("Someone")


# --- Their own code -----------------------------------------------------------------------------------------------


def own_picture(code: str) -> SafeString:
    """Somebody's code, as whoever leads their group reads it with a phone: on paper, or on their own page."""
    return picture(settings.ROOT_URL + reverse("programs:here", args=[code]))


@require_safe
@requires(Permission.RUN_GROUPS)
def own_code(request: HttpRequest, code: str) -> HttpResponse:
    """To print or to photograph: the person shows it at the door. It opens nothing to whoever doesn't work here."""
    file = file_or_404(code)
    context = {
        "name": file.listing.short_name,
        "code": code,
        "picture": own_picture(code),
        "language": file.contact.language,
    }
    return render(request, "programs/own_code.html", context)


@require_http_methods(GET_OR_POST)
@requires(Permission.RUN_GROUPS)
@shows_the_first_result
def here(request: HttpRequest, code: str) -> HttpResponse:
    """What the code of a person opens on the phone of whoever leads their group: one press, and they are here."""
    who, file = who_of(request), file_or_404(code)
    found = meetings_now(file, OPENS_BEFORE)
    form = PressForm(request.POST or None)
    if form.is_bound and form.is_valid():
        chosen = next((one for one in found if one[0].code == request.POST.get("meeting")), None)
        if chosen is None:
            raise NotYours()

        def act() -> str:
            meeting, member = chosen
            verbs.came_by_code(meeting=meeting, member=member, by=who.actor)
            messages.success(request, _("%(name)s is here.") % {"name": file.listing.short_name})
            return reverse("programs:here", args=[code])

        return redirect(form.once(by=who.actor, act=act))
    lines = told.meeting_lines([meeting for meeting, _member in found])
    said = {
        meeting.pk: any(key[0] == member.pk for key in sheet_or_404(meeting.code).stands)
        for meeting, member in found
    }
    context = {
        "name": file.listing.short_name,
        "code": code,
        "press": form,
        "lines": [(line, said[line.meeting.pk]) for line in lines],
    }
    return render(request, "programs/here.html", context)
