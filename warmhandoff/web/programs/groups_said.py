"""Groups, meetings and sessions in the words of a page."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from warmhandoff.directory.words import WEEKDAYS
from warmhandoff.foundation import clock
from warmhandoff.jurisdictions.dates import full_day, hour, short_day
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants.models import Listing, Participant
from warmhandoff.participants.reading import names_of
from warmhandoff.programs.models import (
    Cohort,
    CohortMember,
    CohortStaff,
    Curriculum,
    Meeting,
    MeetingEvent,
    SessionTemplate,
)
from warmhandoff.programs.reading import groups as reading
from warmhandoff.programs.scheduling import Slot
from warmhandoff.web.programs.groups_forms import KINDS
from warmhandoff.web.today import said

Names = dict[uuid.UUID, Listing]


def names_for(files: Iterable[Participant]) -> Names:
    """What people of these files are called, where whoever looks reads it."""
    people = [file.person_id for file in files]
    return names_of(people) if people else {}


def name_in(names: Names, file: Participant) -> str:
    listed = names.get(file.person_id)
    return listed.short_name if listed else _("Someone")


def curriculum_name(curriculum: Curriculum) -> str:
    return curriculum.name_es if (get_language() or "en").startswith("es") else curriculum.name


def session_title(session: SessionTemplate) -> str:
    spanish = (get_language() or "en").startswith("es")
    return (session.title_es or session.title) if spanish else session.title


def session_name(session: SessionTemplate | None) -> str:
    """`Session 7: Asking for help`, `Session 7`; a make-up without one is for several."""
    if session is None:
        return _("Several sessions")
    title = session_title(session)
    if title:
        return _("Session %(number)s: %(title)s") % {"number": session.number, "title": title}
    return _("Session %(number)s") % {"number": session.number}


def kind_of(session: SessionTemplate | None) -> str:
    """`skill, required`."""
    if session is None:
        return ""
    kind = said.inside(str(KINDS[SessionTemplate.Kind(session.kind)]))
    return _("%(kind)s, required") % {"kind": kind} if session.required else kind


def day_said(on: date) -> str:
    """`Tue, Dec 1`, `Tue, Jan 5, 2027`: of a plan the weekday counts, also where the year is another."""
    if on.year == said.today().year:
        return short_day(on)
    return str(
        formats.date_format(on, pgettext("a day of another year, with its weekday, short", "D, M j, Y"))
    )


def at_said(meeting: Meeting) -> str:
    """`Tue, Dec 1, 4 pm to 5:30 pm`."""
    place = current_place()
    begins, ends = place.local(meeting.starts_at), place.local(meeting.ends_at)
    return _("%(day)s, %(begins)s to %(ends)s") % {
        "day": day_said(begins.date()),
        "begins": hour(begins),
        "ends": hour(ends),
    }


def slots_said(slots: Sequence[Slot]) -> str:
    """`Tuesday, 4 pm and Thursday, 4 pm`."""
    week = sorted(slots, key=lambda slot: (slot.weekday, slot.begins))
    return said.together(
        [
            _("%(day)s, %(hour)s") % {"day": capfirst(str(WEEKDAYS[one.weekday])), "hour": hour(one.begins)}
            for one in week
        ]
    )


def people_said(number: int, most: int) -> str:
    return ngettext("%(number)s of %(most)s place taken", "%(number)s of %(most)s places taken", most) % {
        "number": number,
        "most": most,
    }


@dataclass(frozen=True)
class GroupLine:
    """One group in the list."""

    cohort: Cohort
    about: str
    leads: str
    next_said: str
    people: str
    progress: str
    few: bool
    mine: bool


def group_lines(cohorts: Iterable[Cohort], membership_id: int) -> list[GroupLine]:
    """Those that the reader leads come first."""
    found = [_group_line(cohort, membership_id) for cohort in cohorts]
    return sorted(found, key=lambda line: not line.mine)


def _group_line(cohort: Cohort, membership_id: int) -> GroupLine:
    rows = [row for row in cohort.staff.all() if row.membership.is_active]
    leads = [row.membership.user.name for row in rows if row.part == CohortStaff.Part.FACILITATOR]
    size: int = cohort.size  # type: ignore[attr-defined]  # `groups_of`
    next_at = cohort.next_at  # type: ignore[attr-defined]
    return GroupLine(
        cohort=cohort,
        about=curriculum_name(cohort.version.curriculum),
        leads=said.together(leads) or _("Nobody leads it"),
        next_said=_("Next: %(day)s, %(hour)s")
        % {"day": day_said(current_place().day_of(next_at)), "hour": hour(current_place().local(next_at))}
        if next_at
        else _("Nothing planned"),
        people=people_said(size, cohort.max_size),
        progress=_("%(held)s of %(planned)s sessions held")
        % {"held": cohort.held, "planned": cohort.planned},  # type: ignore[attr-defined]
        few=size < cohort.min_size,
        mine=any(row.membership_id == membership_id for row in rows),
    )


@dataclass(frozen=True)
class MeetingLine:
    """One meeting of a group's plan."""

    meeting: Meeting
    day: str
    at: str
    name: str
    kind: str
    state: str
    changed: str
    cover: str
    on_holiday: bool
    is_past: bool
    clash: str = ""

    @property
    def inside(self) -> str:
        """Its session as it stands inside a sentence."""
        return said.inside(self.name)


def meeting_lines(
    meetings: Sequence[Meeting], clashes: Mapping[int, reading.Clash] | None = None
) -> list[MeetingLine]:
    events, words = reading.moved(meetings), said.words_of("meeting_moved_why")
    closed, now = {one.pk for one in reading.on_closed_days(meetings)}, clock.now()
    return [
        MeetingLine(
            meeting=one,
            day=day_said(current_place().day_of(one.starts_at)),
            at=at_said(one),
            name=session_name(one.template),
            kind=_("make-up") if one.make_up else kind_of(one.template),
            state=one.state,
            changed=_changed(events.get(one.pk), words),
            cover=_("%(name)s leads it") % {"name": one.cover.user.name} if one.cover else "",
            on_holiday=one.pk in closed,
            is_past=one.ends_at < now,
            clash=_clash((clashes or {}).get(one.pk)),
        )
        for one in meetings
    ]


def _clash(clash: reading.Clash | None) -> str:
    """`Mornings meets then too, led by Denise Carter.`"""
    if clash is None:
        return ""
    if clash.leader:
        return _("%(other)s meets then too, led by %(name)s as well.") % {
            "other": clash.other,
            "name": clash.leader,
        }
    return _("%(other)s meets then too, in the same room.") % {"other": clash.other}


def _changed(event: MeetingEvent | None, words: said.Words) -> str:
    """`Was Thu, Nov 26. The room isn't free.`"""
    if event is None:
        return ""
    why = words.of("meeting_moved_why", event.why)
    if event.kind == MeetingEvent.Kind.CANCELLED or event.was_at is None:
        return _("Called off. %(why)s.") % {"why": why}
    was = current_place().local(event.was_at)
    return _("Was %(day)s, %(hour)s. %(why)s.") % {
        "day": day_said(was.date()),
        "hour": hour(was),
        "why": why,
    }


@dataclass(frozen=True)
class MemberLine:
    member: CohortMember
    name: str
    code: str
    since: str


def member_lines(members: Sequence[CohortMember]) -> list[MemberLine]:
    names = names_for(one.file for one in members)
    found = [
        MemberLine(
            one,
            name_in(names, one.file),
            one.file.code,
            _("since %(day)s") % {"day": short_day(one.joined_on)},
        )
        for one in members
    ]
    return sorted(found, key=lambda line: line.name)


def planned_said(meetings: Sequence[Meeting]) -> str:
    """`31 sessions are planned, from November 24, 2026 to March 11, 2027, past 8 holidays.`"""
    place = current_place()
    first, last = (place.day_of(one.starts_at) for one in (meetings[0], meetings[-1]))
    holidays = _holidays_passed(first, last)
    sessions = ngettext("%(number)s session is planned", "%(number)s sessions are planned", len(meetings)) % {
        "number": len(meetings)
    }
    past = ngettext("past %(number)s holiday", "past %(number)s holidays", holidays) % {"number": holidays}
    words = (
        _("%(sessions)s, from %(first)s to %(last)s, %(past)s.")
        if holidays
        else _("%(sessions)s, from %(first)s to %(last)s.")
    )
    return words % {"sessions": sessions, "first": full_day(first), "last": full_day(last), "past": past}


def _holidays_passed(first: date, last: date) -> int:
    return sum(first <= day <= last for day in current_place().closed_days)


def choice_of(session: SessionTemplate) -> tuple[str, Any]:
    return str(session.number), session_name(session)
