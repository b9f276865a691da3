"""What a person's page costs where three years of programs stand behind it.

A few people are taken in three years ago and told by the real actions, each thing on the clock of its day: contacts and services
week by week, appointments and an hour with the coach each month, where they stand each quarter, three plans, a group of 31
sessions, two courses, a credential, and thirteen weeks of paid hours. Then their pages are asked for over HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from itertools import count
from typing import Any, Final

from django.db import connections

from warmhandoff.casework.actions import appointments, coaching, plan, services, standing
from warmhandoff.casework.models import Appointment, HopedOutcome, Plan
from warmhandoff.cli import visit
from warmhandoff.cli.benchmark import ground, pages
from warmhandoff.cli.benchmark.attendance import contract_of, version
from warmhandoff.cli.supervisor import Supervisor
from warmhandoff.custody import actions as custody
from warmhandoff.custody.protocol import AFTER_INTAKE, PLAN
from warmhandoff.custody.reading import duties_about
from warmhandoff.employers import actions as employers
from warmhandoff.employers.models import EmployerContact, Site
from warmhandoff.foundation import clock, scoping
from warmhandoff.foundation.duties import Owner
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.labor_market.models import Locality, Occupation
from warmhandoff.network import access
from warmhandoff.network.models import Membership
from warmhandoff.participants import actions as participants
from warmhandoff.programs.actions import attendance, enrollment, groups, hours, meetings, training, work
from warmhandoff.programs.models import Cohort, Enrollment, Meeting, PaidWork, Training
from warmhandoff.programs.reading.attendance import sheet_or_404
from warmhandoff.programs.scheduling import Slot

PEOPLE: Final = 6
WEEKS: Final = 3 * 52
WEEKS_OF_WORK: Final = 13
CHECK_IN: Final = "check_in"
Act = Callable[[], None]


def measure(supervisor: Supervisor, port: int, *, runs: int, people: int = PEOPLE) -> dict[str, Any]:
    busy = Membership.objects.select_related("user", "organization").get(pk=2)
    print(f"Telling three years of {people} people ...", flush=True)
    codes = told(busy, people)
    _is_past()
    session = visit.sign_in(busy.user)
    found = [
        pages.page_of("person with three years", "people:person", [(code,) for code in codes], session),
        pages.page_of(
            "the person’s program with three years", "people:program", [(code,) for code in codes], session
        ),
    ]
    return pages.over_http([each for each in found if each is not None], supervisor, port, runs)


def _is_past() -> None:
    """What was written over three years has long been counted and brought to the disk, as by the server's own upkeep."""
    connections["owner"].cursor().execute("ANALYZE")
    ground.settle()


def told(by: Membership, people: int) -> list[str]:
    """The codes of people whose three years `by` has written down."""
    story = _Story(access.member(by), people)
    for moment, act in story.moments():
        with (
            clock.at(moment),
            scoping.acting_as(story.by.actor, classes=story.by.classes),
        ):
            act()
    return [one.file.code for one in story.ones]


@dataclass
class _One:
    number: int
    file: Any = None
    enrolled: Any = None
    plan: Any = None
    course: Any = None
    work: Any = None


class _Story:
    """Everything by one case manager, at hours at which nothing else of the same day is."""

    def __init__(self, by: access.Member, people: int) -> None:
        self.by = by
        self.ones = [_One(number) for number in range(people)]
        today = clock.today(current_place().zone)
        self.first = today - timedelta(days=today.weekday(), weeks=WEEKS)
        self.cohort: Cohort | None = None
        self.site: tuple[Site, EmployerContact] | None = None
        self._order = count()

    def moments(self) -> Iterator[tuple[datetime, Act]]:
        happens = sorted(self._happens())
        yield from ((moment, act) for moment, _number, act in happens)

    # --- What happens when ------------------------------------------------------------------------------------------

    def _happens(self) -> Iterator[tuple[datetime, int, Act]]:
        for one in self.ones:
            yield self._at(0, 0, 9, partial(self.comes_in, one))
            for week in range(1, WEEKS):
                yield self._at(week, 1, 9, partial(self.is_seen, one))
            for month in range(1, WEEKS // 4):
                yield self._at(4 * month, 2, 9, partial(self.agrees_on_an_hour, one))
                yield self._at(4 * month, 3, 17, partial(self.came, one))
            for quarter in range(WEEKS // 13):
                yield self._at(13 * quarter, 3, 9, partial(self.is_rated, one))
            for year in range(3):
                yield self._at(52 * year + 1, 4, 9, partial(self.plans, one))
                yield self._at(52 * year + 45, 4, 9, partial(self.ends_plan, one))
            for begins in (26, 60):
                yield self._at(begins, 4, 11, partial(self.begins_course, one, begins))
                yield self._at(begins + 8, 4, 11, partial(self.ends_course, one))
            yield self._at(70, 0, 11, partial(self.begins_work, one))
            for week in range(WEEKS_OF_WORK):
                yield self._at(71 + week, 0, 12, partial(self.works, one, week))
            yield self._at(85, 0, 12, partial(self.ends_work, one))
            yield self._at(90, 0, 12, partial(self.completes, one))
        yield self._at(0, 1, 8, self.opens_group)
        for week in range(1, 26):
            for weekday in (0, 2):
                yield self._at(week, weekday, 18, self.says_who_came)
        yield self._at(69, 0, 8, self.asks_a_worksite)

    def _at(self, week: int, weekday: int, hour: int, act: Act) -> tuple[datetime, int, Act]:
        number = next(self._order)
        day = self.first + timedelta(weeks=week, days=weekday)
        at = datetime.combine(day, time(hour), current_place().zone).astimezone(UTC)
        return at + timedelta(seconds=number % 3000), number, act

    # --- Who they are -----------------------------------------------------------------------------------------------

    def comes_in(self, one: _One) -> None:
        one.file = custody.take_in(
            told=participants.Told("Rosa", f"Of Three Years {one.number}", language="es", area="south"),
            reach=[participants.Way("text", "555-0123")],
            needs=("WRK-TRN",),
            holder=Owner(self.by.organization_id, membership_id=self.by.membership.pk),
            by=self.by.actor,
            is_adult=True,
        )
        contract = contract_of(self.by, since=self.first)
        one.enrolled = enrollment.apply(file=one.file, contract=contract, by=self.by.actor)
        asked = enrollment.asked_of(contract, language="es")
        consent = participants.record_consent(file=one.file, asked=asked, by=self.by.actor)
        enrollment.enroll(enrollment=one.enrolled, consent=consent, by=self.by.actor)

    def is_seen(self, one: _One) -> None:
        participants.log_contact(file=one.file, how="call", by=self.by.actor)
        gave = services.Gave("case_management", self.by.membership, _today())
        services.give(file=one.file, gave=gave, by=self.by.actor)
        enrollment.were_served(files=[one.file.pk], on=_today(), by=self.by.actor)
        if _today().day <= 7:
            self._next(one)

    def _next(self, one: _One) -> None:
        """When they talk next, once a month."""
        planned = next(
            (
                duty
                for duty in duties_about(one.file.person_id)
                if duty.kind in (AFTER_INTAKE, PLAN, CHECK_IN)
            ),
            None,
        )
        custody.add_step(
            person_id=one.file.person_id, kind=CHECK_IN, due_at=clock.now() + timedelta(days=28),
            by=self.by.actor, instead_of=planned,
        )  # fmt: skip

    def agrees_on_an_hour(self, one: _One) -> None:
        tomorrow = datetime.combine(
            _today() + timedelta(days=1), time(9 + one.number), current_place().zone
        ).astimezone(UTC)
        when = appointments.When(tomorrow, timedelta(minutes=45), how="phone")
        appointments.make(file=one.file, when=when, about="plan", with_=self.by.membership, by=self.by.actor)

    def came(self, one: _One) -> None:
        appointments.keep(
            appointment=Appointment.objects.filter(file=one.file).latest("starts_at"), by=self.by.actor
        )
        coaching.coach(
            file=one.file, parts=["clarify_goals"], minutes=45, on=_today(), staff=self.by.membership, by=self.by.actor
        )  # fmt: skip

    def is_rated(self, one: _One) -> None:
        levels: dict[str, int | str] = {"work": 1 + (_today().month % 5), "money": 2, "housing": 3}
        standing.rate(file=one.file, levels=levels, by=self.by.actor)

    def plans(self, one: _One) -> None:
        one.plan = plan.begin_plan(file=one.file, review_on=_today() + timedelta(days=60), by=self.by.actor)
        plan.set_goal(
            plan=one.plan, domain="work", words="A steady job close to home.", outcomes=["job_started"], by=self.by.actor
        )  # fmt: skip

    def ends_plan(self, one: _One) -> None:
        hoped = HopedOutcome.objects.filter(goal__plan=one.plan).values_list("pk", flat=True)
        plan.end_plan(
            plan=Plan.objects.get(pk=one.plan.pk), scores=dict.fromkeys(hoped, "partly"), by=self.by.actor
        )

    # --- The group --------------------------------------------------------------------------------------------------

    def opens_group(self) -> None:
        self.cohort = groups.open_group(
            contract=self.ones[0].enrolled.contract,
            version=version(),
            name="Of three years",
            room="Room 3",
            starts_on=_today() + timedelta(days=1),
            sizes=groups.Sizes(2, max(2, len(self.ones))),
            slots=[Slot(0, time(14), 60), Slot(2, time(14), 60)],
            facilitators=[self.by.membership],
            by=self.by.actor,
        )
        for one in self.ones:
            groups.join(cohort=self.cohort, enrollment=_fresh(one.enrolled), by=self.by.actor)
        meetings.schedule(cohort=self.cohort, by=self.by.actor)

    def says_who_came(self) -> None:
        due = Meeting.objects.filter(
            cohort=self.cohort, state=Meeting.State.PLANNED, starts_at__lte=clock.now()
        )
        for meeting in due.order_by("starts_at"):
            sheet = sheet_or_404(meeting.code, locked=True)
            said = {key: attendance.Said() for key in sheet.expected}
            attendance.take(meeting=sheet.meeting, said=said, by=self.by.actor, sheet=sheet)

    # --- Training and work ------------------------------------------------------------------------------------------

    def begins_course(self, one: _One, number: int) -> None:
        course = training.Course(self.by.membership.organization, f"Course {number}", "occupational")
        one.course = training.plan_training(
            enrollment=_fresh(one.enrolled), course=course, by=self.by.actor,
            planned_from=_today(), planned_to=_today() + timedelta(weeks=8),
        )  # fmt: skip
        training.start_training(training=one.course, on=_today(), by=self.by.actor)

    def ends_course(self, one: _One) -> None:
        course = Training.objects.get(pk=one.course.pk)
        training.complete_training(training=course, on=_today(), by=self.by.actor)
        earned = training.Earned("certificate", course.course, course.provider.name, _today(), "seen")
        training.record_credential(
            enrollment=_fresh(one.enrolled), training=course, earned=earned, by=self.by.actor
        )

    def asks_a_worksite(self) -> None:
        employer = employers.add_employer(name="Ocampo Print Works", by=self.by.actor)
        # Where a least wage is known, whatever the place.
        locality = Locality.objects.filter(has_addresses=True, floors__industry="").order_by("id").first()
        if locality is None:
            raise RuntimeError("No place of this network has addresses and a least wage.")
        address = employers.Address("1200 Palm Street", locality)
        asked = employers.Asked("Joan Ocampo", "Shift lead", "555-0177", "joan@ocampo.example")
        self.site = (
            employers.add_site(employer=employer, told=address, by=self.by.actor),
            employers.add_contact(employer=employer, told=asked, by=self.by.actor),
        )

    def begins_work(self, one: _One) -> None:
        if self.site is None:
            return
        site, supervisor = self.site
        one.work = work.plan_work(
            enrollment=_fresh(one.enrolled),
            place=work.Place(site, site.employer, supervisor, "pwe", Occupation.objects.get(soc="51-5112")),
            planned=work.Planned(_today(), _today() + timedelta(weeks=WEEKS_OF_WORK), 520),
            hourly=Decimal("24.50"),
            by=self.by.actor,
        )
        work.introduce(work=one.work, agrees=True, how="spoken", name="Rosa M.", by=self.by.actor)
        work.start_work(work=one.work, on=_today(), by=self.by.actor)

    def works(self, one: _One, week: int) -> None:
        monday = self.first + timedelta(weeks=70 + week)
        found = PaidWork.objects.get(pk=one.work.pk)
        days = [Decimal(8 if weekday < 5 else 0) for weekday in range(7)]
        hours.write_hours(work=found, week=monday, hours=days, by=self.by.actor)

    def ends_work(self, one: _One) -> None:
        work.complete_work(work=PaidWork.objects.get(pk=one.work.pk), on=_today(), by=self.by.actor)

    def completes(self, one: _One) -> None:
        """The program; what they are given afterwards goes on."""
        enrollment.complete(enrollment=_fresh(one.enrolled), by=self.by.actor)


def _fresh(enrolled: Enrollment) -> Enrollment:
    return Enrollment.objects.select_related("file", "contract").get(pk=enrolled.pk)


def _today() -> date:
    return clock.today(current_place().zone)
