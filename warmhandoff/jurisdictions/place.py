"""A place and its calendar."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from warmhandoff.foundation.codes import sort_key
from warmhandoff.jurisdictions import labor

HERE = Path(__file__).parent / "places"


# What somebody may wait for, in business days. Those that date a duty keep it within the thirty days of a next step, holidays
# included; none is longer.
DEADLINES = (
    "next_step", "seen", "seen_lead", "answer", "answer_lead", "answer_sender", "answer_person", "answer_expires",
    "question", "question_lead", "question_sender", "question_expires", "review_lead", "review_sender", "review_expires",
    "first_contact", "first_contact_lead", "first_contact_sender", "first_contact_person", "first_contact_decides",
    "start", "start_lead", "start_sender", "start_person", "disposition", "disposition_lead", "disposition_office",
)  # fmt: skip
LONGEST_DEADLINE = 20
# And what is asked every so many days of the calendar, on a business day at their end or before it.
CHECK_INS = ("engaged", "engaged_lead", "engaged_sender")
LONGEST_CHECK_IN = 30
# How far ahead something may be put off, in days; a place may set less, never more.
PUT_OFF = ("hold", "waitlist")
LONGEST_PUT_OFF = 90
LONGEST_IN_THE_DIRECTORY = 365
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
LONGEST_UNANSWERED = 10
# A clock that stands for less than this is as if it had run, where its day would change.
AN_HOUR = timedelta(hours=1)
# No place is closed longer than that at a stretch.
_LONGEST_CLOSED = 60


class PlaceError(Exception):
    """A place's file is wrong: names the file, the key and the mend."""


@dataclass(frozen=True)
class Area:
    """A part of the place. `also` are other names under which documents speak of it, or of somewhere in it."""

    code: str
    en: str
    es: str
    also: tuple[str, ...] = ()

    def in_language(self, language: str) -> str:
        return self.es if language.startswith("es") else self.en


@dataclass(frozen=True)
class PublicNames:
    """What the system is called to the network, to participants, and to employers (where nothing may hint at justice)."""

    network: str
    participants: str
    employers: str


@dataclass(frozen=True)
class YouthContact:
    """Whom to call, with the young person beside you, where somebody is under 18, and from which day until which.

    `verified_on`: when somebody last held the number against its source; None: nobody has, and the page says so.
    """

    name: str
    phone: str
    en: str
    es: str
    source: str
    valid_from: date
    valid_until: date | None = None
    verified_on: date | None = None

    def in_language(self, language: str) -> str:
        return self.es if language.startswith("es") else self.en

    def stands_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True)
class Intake:
    """What intake knows of this place: where its ZIP codes lie, what people ask for most, who helps who is under 18."""

    usual_needs: tuple[str, ...] = ()
    area_of_zip: dict[str, str] = field(default_factory=dict)
    youth: tuple[YouthContact, ...] = ()

    def youth_on(self, day: date) -> list[YouthContact]:
        """Whom to call on that day, those first whose number somebody has verified."""
        return sorted((one for one in self.youth if one.stands_on(day)), key=lambda one: not one.verified_on)


@dataclass(frozen=True)
class DirectoryDays:
    """How long a word about a service's room holds, and how many days before its end its mailbox is asked again."""

    room_holds: int
    asks_again_before: int
    link_lives: int


@dataclass(frozen=True)
class MailHours:
    """Between which hours mails go out that can wait; the daily digest goes out when they begin."""

    begin: time
    end: time


@dataclass(frozen=True)
class StallDays:
    """On which weekday (Monday is 0) organizations are asked about what has stalled, and after how many business days the
    network's office hears that nobody answered."""

    asks_on: int
    unanswered: int
    link_lives: int


@dataclass(frozen=True)
class SecondLooks:
    """At which noes the network's office looks once more, by the most exact word that was said, and within how many business
    days. Whoever holds the person may ask for a look at any no."""

    reasons: frozenset[str]
    due: int


@dataclass(frozen=True)
class Source:
    """Where values of the place come from, and when somebody last held them against it; None: nobody has yet."""

    says: str
    verified_on: date | None = None


@dataclass(frozen=True)
class Place:
    code: str
    name: str
    zone: ZoneInfo
    languages: tuple[str, ...]
    names: PublicNames
    areas: tuple[Area, ...]
    opens: time
    closes: time
    mail_hours: MailHours
    closed_days: frozenset[date]
    calendar_until: date
    deadlines: dict[str, int]
    check_ins: dict[str, int]
    put_off: dict[str, int]
    directory: DirectoryDays
    stalls: StallDays
    second_looks: SecondLooks
    intake: Intake = field(default_factory=Intake)
    labor: labor.Labor = field(default_factory=labor.Labor)
    # By the section of the file that they stand behind.
    sources: dict[str, Source] = field(default_factory=dict)

    def is_business_day(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.closed_days

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def day_of(self, moment: datetime) -> date:
        return self.local(moment).date()

    def business_days_after(self, moment: datetime, days: int) -> datetime:
        """The end of office hours on the `days`-th business day after the day of `moment`.

        The day itself doesn't count; a moment on a closed day or after hours counts as the next business day.
        Returns an aware UTC datetime; 17:00 stays 17:00 over a change of daylight-saving time.
        """
        local = self.local(moment)
        day = local.date()
        if self.is_business_day(day) and local.time() >= self.closes:
            day += timedelta(days=1)
        while not self.is_business_day(day):
            day += timedelta(days=1)
        for _ in range(days):
            day += timedelta(days=1)
            while not self.is_business_day(day):
                day += timedelta(days=1)
        return self.end_of(day)

    def business_days_between(self, first: date, last: date) -> int:
        """How many business days lie after `first` up to and including `last`; 0 where `last` is not later."""
        days = max((last - first).days, 0)
        weeks, left = divmod(days, 7)
        weekdays = 5 * weeks + sum((last.weekday() - n) % 7 < 5 for n in range(left))
        return weekdays - sum(first < day <= last and day.weekday() < 5 for day in self.closed_days)

    def office_time(self, begins: datetime, ends: datetime) -> timedelta:
        """How long the offices are open between two moments; nothing where the second isn't later."""
        total, day, last = timedelta(), self.day_of(begins), self.day_of(ends)
        while day <= last:
            if self.is_business_day(day):
                overlap = min(ends, self.end_of(day)) - max(begins, self.start_of(day))
                total += max(overlap, timedelta())
            day += timedelta(days=1)
        return total

    def goes_on(self, due: datetime, *, stopped: datetime, now: datetime) -> datetime:
        """When something is due whose clock stopped and goes on now: after exactly what was left of it.

        Counted in office hours, so that neither a weekend nor a holiday in between takes or gives anything; and to the second, so
        that nobody gains by stopping it again and again. A stop of minutes moves nothing to another day, where an hour or more
        is left.
        """
        left = self.office_time(stopped, due)
        moved = self._after_office_time(now, left)
        stood = self.office_time(stopped, now)
        if stood < AN_HOUR <= left - stood and self.day_of(moved) != self.day_of(due):
            return due
        return moved

    def _after_office_time(self, moment: datetime, left: timedelta) -> datetime:
        day = self.day_of(moment)
        while True:
            begins = max(moment, self.start_of(day))
            here = self.end_of(day) - begins
            if self.is_business_day(day) and here > timedelta():
                if left <= here:
                    return begins + left
                left -= here
            day += timedelta(days=1)

    def mails_go_out(
        self, moment: datetime, *, on_closed_days: bool = False, quiet: tuple[time, time] | None = None
    ) -> datetime:
        """The first moment, from `moment` on, at which a mail that can wait goes out.

        In the hours of mails, on a business day, and not in its reader's own quiet hours (from, until; over midnight too). Where
        those leave nothing of a day, they alone count: a mail then goes out as they end.
        """
        local = self.local(moment)
        for day in (local.date() + timedelta(days=n) for n in range(_LONGEST_CLOSED)):
            if not (on_closed_days or self.is_business_day(day)):
                continue
            for begin, end in self._when_mails_go(quiet):
                if moment < datetime.combine(day, end, self.zone):
                    return max(moment, datetime.combine(day, begin, self.zone).astimezone(UTC))
        raise PlaceError(f"{self.code}.toml: no open day within {_LONGEST_CLOSED} days of {local.date()}.")

    def _when_mails_go(self, quiet: tuple[time, time] | None) -> list[tuple[time, time]]:
        """The hours of mails without somebody's own quiet hours, as parts of a day."""
        begin, end = self.mail_hours.begin, self.mail_hours.end
        if quiet is None:
            return [(begin, end)]
        since, until = quiet
        if since < until:
            parts = [(begin, min(end, since)), (max(begin, until), end)]
        else:
            parts = [(max(begin, until), min(end, since))]
        return [part for part in parts if part[0] < part[1]] or [(until, time.max)]

    def morning_of(self, day: date) -> datetime:
        """When mails begin to go out on `day`, as UTC."""
        return datetime.combine(day, self.mail_hours.begin, self.zone).astimezone(UTC)

    def start_of(self, day: date) -> datetime:
        """Opening time on `day`, as UTC."""
        return datetime.combine(day, self.opens, self.zone).astimezone(UTC)

    def latest_day(self, what: str, since: datetime) -> date:
        """Until when something may be put off: the last business day within the place's limit."""
        day = self.day_of(since) + timedelta(days=self.put_off[what])
        while not self.is_business_day(day):
            day -= timedelta(days=1)
        return day

    def end_of(self, day: date) -> datetime:
        """Closing time on `day`, as UTC."""
        return datetime.combine(day, self.closes, self.zone).astimezone(UTC)

    def deadline(self, name: str, moment: datetime) -> datetime:
        """The end of the waiting called `name`, begun at `moment`, by the place's file."""
        return self.end_of_waiting(name, moment, self.waits[name])

    @property
    def waits(self) -> dict[str, int]:
        """How long each waiting lasts here, by its name."""
        return self.deadlines | self.check_ins

    def end_of_waiting(self, name: str, moment: datetime, number: int) -> datetime:
        """The same with a number of somebody else's: business days, or days for what is asked now and then."""
        if name not in CHECK_INS:
            return self.business_days_after(moment, number)
        day = self.day_of(moment) + timedelta(days=number)
        while not self.is_business_day(day):
            day -= timedelta(days=1)
        return self.end_of(day)

    def area(self, code: str) -> Area | None:
        return next((a for a in self.areas if a.code == code), None)

    def area_of_zip(self, zip_code: str) -> str:
        """The area in which a ZIP code lies; empty where the place doesn't say. ZIP+4 is as good as five digits."""
        return self.intake.area_of_zip.get(zip_code.strip()[:5], "")

    def is_verified(self, section: str) -> bool:
        """Whether somebody has held the values of this section against their source."""
        source = self.sources.get(section)
        return source is not None and source.verified_on is not None

    def area_called(self, name: str) -> Area | None:
        """The area that people call so; None where the name is the whole place's, or nobody's."""
        wanted = sort_key(name)
        return next((a for a in self.areas if wanted in {sort_key(n) for n in (a.en, a.es, *a.also)}), None)


def current_place() -> Place:
    """The place this deployment serves."""
    return load(settings.PLACE, settings.PLACES_DIR)


@cache
def load(code: str, folder: Path = HERE) -> Place:
    path = folder / f"{code}.toml"
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = ", ".join(sorted(p.stem for p in folder.glob("*.toml")))
        raise PlaceError(f"There is no place '{code}'. Set WARMHANDOFF_PLACE to one of: {known}.") from None
    except tomllib.TOMLDecodeError as error:
        raise PlaceError(f"{path.name} is not valid TOML: {error}") from error
    try:
        return _read(code, raw)
    except (KeyError, ValueError, TypeError) as error:
        raise PlaceError(
            f"{path.name}: {error} is missing or wrong; compare it with another place's file."
        ) from error


def _read(code: str, raw: dict[str, Any]) -> Place:
    return Place(
        code=code,
        name=raw["name"],
        zone=ZoneInfo(raw["time_zone"]),
        languages=tuple(raw["languages"]),
        names=PublicNames(**raw["public_names"]),
        areas=tuple(Area(**{**area, "also": tuple(area.get("also", ()))}) for area in raw["areas"]),
        opens=time.fromisoformat(raw["office_hours"]["opens"]),
        closes=time.fromisoformat(raw["office_hours"]["closes"]),
        mail_hours=_mail_hours(raw["mail_hours"]),
        closed_days=frozenset(day["on"] for day in raw["closed_days"]),
        calendar_until=raw["calendar_until"],
        deadlines=_deadlines(raw["deadlines_in_business_days"]),
        check_ins=_check_ins(raw["check_ins_in_days"]),
        put_off=_put_off(raw["put_off_in_days"]),
        directory=_directory(raw["directory_in_days"]),
        stalls=_stalls(raw["stalls"]),
        second_looks=_second_looks(raw["second_looks"]),
        intake=_intake(raw.get("intake", {}), {area["code"] for area in raw["areas"]}),
        labor=labor.read(raw.get("labor_market", {})),
        sources={section: Source(**source) for section, source in raw.get("sources", {}).items()},
    )


def _intake(raw: dict[str, Any], areas: set[str]) -> Intake:
    """A place may say nothing of it. A ZIP code lies in one area that the place has."""
    area_of_zip: dict[str, str] = {}
    for area, codes in raw.get("zip_codes", {}).items():
        if area not in areas:
            raise ValueError(f"intake.zip_codes.{area} (no such area)")
        for code in codes:
            if code in area_of_zip or not (len(code) == 5 and code.isdigit()):
                raise ValueError(f"intake.zip_codes.{area}: {code} (five digits, once)")
            area_of_zip[code] = area
    return Intake(
        usual_needs=tuple(raw.get("usual_needs", ())),
        area_of_zip=area_of_zip,
        youth=tuple(YouthContact(**each) for each in raw.get("under_18", ())),
    )


def _mail_hours(raw: dict[str, Any]) -> MailHours:
    hours = MailHours(*(time.fromisoformat(raw[name]) for name in ("begin", "end")))
    if hours.begin >= hours.end:
        raise ValueError("mail_hours.end (later than begin)")
    return hours


def _second_looks(raw: dict[str, Any]) -> SecondLooks:
    if type(raw["due"]) is not int or not 0 < raw["due"] <= LONGEST_DEADLINE:
        raise ValueError(f"second_looks.due (1 to {LONGEST_DEADLINE})")
    return SecondLooks(reasons=frozenset(raw["reasons"]), due=raw["due"])


def _stalls(raw: dict[str, Any]) -> StallDays:
    """Asked on a day that can be a business day; and heard of before the next but one mail."""
    if raw["asks_on"] not in WEEKDAYS:
        raise ValueError(f"stalls.asks_on ({', '.join(WEEKDAYS)})")
    days = StallDays(**{**raw, "asks_on": WEEKDAYS.index(raw["asks_on"])})
    if type(days.unanswered) is not int or not 0 < days.unanswered <= LONGEST_UNANSWERED:
        raise ValueError(f"stalls.unanswered (1 to {LONGEST_UNANSWERED})")
    if type(days.link_lives) is not int or not 0 < days.link_lives <= LONGEST_IN_THE_DIRECTORY:
        raise ValueError(f"stalls.link_lives (1 to {LONGEST_IN_THE_DIRECTORY})")
    return days


def _directory(raw: dict[str, Any]) -> DirectoryDays:
    """Each at least a day, and asked before the word has lapsed."""
    days = DirectoryDays(**raw)
    for name, length in raw.items():
        if type(length) is not int or not 0 < length <= LONGEST_IN_THE_DIRECTORY:
            raise ValueError(f"directory_in_days.{name} (1 to {LONGEST_IN_THE_DIRECTORY})")
    if days.asks_again_before >= days.room_holds:
        raise ValueError("directory_in_days.asks_again_before (less than room_holds)")
    return days


def _deadlines(raw: dict[str, Any]) -> dict[str, int]:
    """Every wait has its length: found out when the file is read, and not when somebody waits."""
    missing = [name for name in DEADLINES if name not in raw]
    if missing:
        raise KeyError(f"deadlines_in_business_days.{missing[0]}")
    wrong = [name for name, days in raw.items() if type(days) is not int or not 0 < days <= LONGEST_DEADLINE]
    if wrong:
        raise ValueError(f"deadlines_in_business_days.{wrong[0]} (1 to {LONGEST_DEADLINE})")
    return dict(raw)


def _check_ins(raw: dict[str, Any]) -> dict[str, int]:
    """The first dates a duty, and is within the thirty days of a next step; each of the others comes no earlier."""
    missing = [name for name in CHECK_INS if name not in raw]
    if missing:
        raise KeyError(f"check_ins_in_days.{missing[0]}")
    least = 7  # shorter than a week of holidays, it might end before it began
    for name in CHECK_INS:
        if type(raw[name]) is not int or raw[name] < least:
            raise ValueError(f"check_ins_in_days.{name} ({least} or more)")
        least = raw[name]
    if raw["engaged"] > LONGEST_CHECK_IN:
        raise ValueError(f"check_ins_in_days.engaged (up to {LONGEST_CHECK_IN})")
    return dict(raw)


def _put_off(raw: dict[str, Any]) -> dict[str, int]:
    missing = [name for name in PUT_OFF if name not in raw]
    if missing:
        raise KeyError(f"put_off_in_days.{missing[0]}")
    wrong = [name for name, days in raw.items() if type(days) is not int or not 0 < days <= LONGEST_PUT_OFF]
    if wrong:
        raise ValueError(f"put_off_in_days.{wrong[0]} (1 to {LONGEST_PUT_OFF})")
    return dict(raw)
