"""Tells one group, from the day the first of them comes in to the day the last of them goes: each thing on the clock of its day.

What would lie ahead of the story's last day isn't told, so that whoever is still under way is under way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Final, TypeVar

from warmhandoff.casework.actions import coaching, plan, services, standing
from warmhandoff.casework.models import HopedOutcome, Plan
from warmhandoff.custody import actions as custody
from warmhandoff.custody.protocol import AFTER_INTAKE, PLAN
from warmhandoff.custody.reading import duties_about
from warmhandoff.demo.days import business_day
from warmhandoff.demo.network import Network
from warmhandoff.demo.sector import ground
from warmhandoff.demo.sector.drawn import ASK, Group, Someone
from warmhandoff.foundation import clock
from warmhandoff.foundation.duties import Owner
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.labor_market.models import Occupation
from warmhandoff.network import access
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Participant
from warmhandoff.programs.actions import (
    attendance,
    eligibility,
    enrollment,
    groups,
    hours,
    meetings,
    training,
    work,
)
from warmhandoff.programs.models import (
    Cohort,
    CohortMember,
    Curriculum,
    Enrollment,
    Meeting,
    PaidWork,
    Training,
)
from warmhandoff.programs.reading.attendance import Expected, sheet_or_404
from warmhandoff.programs.scheduling import Slot

CURRICULUM: Final = "cbi"
FOUR_DAYS: Final = tuple(Slot(weekday, time(10), 90) for weekday in range(4))
COURSES: Final = (
    ("sunrow", "Solar installer", "occupational", "47-2231"),
    ("valley", "Carpentry basics", "occupational", "47-2031"),
    ("bright", "IT support", "occupational", "15-1232"),
    ("kitchen", "Line cook", "apprenticeship", "35-2014"),
)  # fmt: skip
WORK_AS: Final = "51-5112"
WEEKS_OF_COURSE, WEEKS_OF_WORK = 8, 6
HOURS_A_DAY: Final = Decimal(5)
MISSED: Final = 5  # the session that one of each group makes up for
MANAGED_EVERY: Final = 28  # days
# Of whoever is still here, also the next step is kept up.
STILL: Final = timedelta(days=60)
CHECK_IN: Final = "check_in"
EXCUSED: Final = ("work", "school", "transport", "housing")
WANTS: Final = (
    "A steady job close to home.",
    "To learn a trade that pays the rent.",
    "To be done with temp agencies.",
    "Work where the hours fit around the children.",
    "To get the license back and drive to work.",
)

Happens = Callable[[], None]
T = TypeVar("T")


@dataclass
class One:
    """One of the group, while it is told."""

    number: int
    someone: Someone
    file: Participant | None = None
    enrolled: Enrollment | None = None
    takes_part: bool = False
    member: CohortMember | None = None
    course: Training | None = None
    work: PaidWork | None = None


@dataclass
class Telling:
    network: Network
    group: Group
    cohort: Cohort | None = None
    happens: list[tuple[datetime, int, Happens]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lot = Random(1_000 + self.group.number)  # noqa: S311
        self.zone = current_place().zone
        monday = self.network.days.last - timedelta(
            days=self.network.days.last.weekday(), weeks=self.group.weeks_ago
        )
        self.starts = business_day(monday - timedelta(days=1), 1)
        self.ones = [One(number, someone) for number, someone in enumerate(self.group.people)]
        # Five weeks of four meetings, and a few days more where the place is closed.
        self.over = business_day(self.starts, 28)
        self._plan()

    def moments(self) -> Iterator[tuple[datetime, Happens]]:
        """All that happened until the story's last day, in its order."""
        for moment, _number, act in sorted(self.happens, key=lambda each: each[:2]):
            if moment < self.network.days.now:
                yield moment, act

    # --- What happens when ------------------------------------------------------------------------------------------

    def _plan(self) -> None:
        self._on(business_day(self.starts, -8), "16:30", self.open_group)
        for one in self.ones:
            self._plan_one(one)
        # From the Monday of that week: a group that begins on a Tuesday, after a holiday, meets on Mondays too.
        monday = self.starts - timedelta(days=self.starts.weekday())
        for day in range(8 * 7):
            self._on(monday + timedelta(days=day), "11:40", self.say_who_came)
        self._on(business_day(self.over, 1), "15:00", self.make_up)
        self._on(business_day(self.over, 1), "18:10", self.say_who_came)
        self._on(business_day(self.over, 3), "16:00", self.end_group)
        for month in range(7):
            self._on(self.starts + timedelta(days=MANAGED_EVERY * month - 6), "16:45", self.manage)

    def _plan_one(self, one: One) -> None:
        fate, at = one.someone.fate, f"{9 + one.number // 6:02d}:{one.number % 6}5"
        comes = business_day(self.starts, -one.someone.comes_before)
        self._on(comes, at, lambda: self.comes_in(one))
        self._on(business_day(comes, 3), at, lambda: self.decides(one))
        if not fate.eligible:
            self._on(business_day(comes, 6), at, lambda: self.goes(one, "person_stopped"))
            return
        self._on(business_day(comes, 5), at, lambda: self.sits_down(one))
        if fate.in_group:
            self._on(business_day(self.starts, -1), at, lambda: self.joins(one))
        begins = business_day(self.over, 4)
        if fate.trains == "course":
            self._course(one, begins, at)
        elif fate.trains == "work":
            self._work(one, begins, at)
        ends = business_day(begins, 5 * (WEEKS_OF_COURSE + 3) + one.number)
        if fate.completes:
            self._on(ends, at, lambda: self.completes(one))
            self._on(business_day(ends, 10), at, lambda: self.goes(one, "needs_met"))
        else:
            # By the program's rule after 90 days without a service; else when they say so.
            leaves = ends if fate.why_left != enrollment.NO_SERVICE else ends + timedelta(days=210)
            if fate.is_forgotten:
                leaves = _next_clearing(leaves)
            self._on(leaves, at, lambda: self.leaves(one))
            self._on(business_day(leaves, 4), at, lambda: self.goes(one, "unreachable"))

    def _course(self, one: One, begins: date, at: str) -> None:
        ends = begins + timedelta(weeks=WEEKS_OF_COURSE)
        self._on(begins, at, lambda: self.plans_course(one, ends))
        self._on(business_day(begins, 4), at, lambda: self.starts_course(one))
        self._on(business_day(ends, 1), at, lambda: self.ends_course(one))
        if one.someone.fate.credential:
            self._on(business_day(ends, 7), at, lambda: self.earns(one))

    def _work(self, one: One, begins: date, at: str) -> None:
        monday = begins + timedelta(days=7 - begins.weekday())
        self._on(begins, at, lambda: self.plans_work(one, monday))
        self._on(monday, at, lambda: self.starts_work(one))
        for week in range(WEEKS_OF_WORK if one.someone.fate.done else 2):
            first = monday + timedelta(weeks=week)
            self._on(business_day(first + timedelta(days=6), 1), at, partial(self.works, one, first))
        self._on(monday + timedelta(weeks=WEEKS_OF_WORK, days=1), at, lambda: self.ends_work(one))

    def _on(self, day: date, at: str, act: Happens) -> None:
        moment = datetime.combine(day, time.fromisoformat(at), self.zone).astimezone(UTC)
        self.happens.append((moment, len(self.happens), act))

    # --- Who does it ------------------------------------------------------------------------------------------------

    @contextmanager
    def _manager(self) -> Iterator[access.Member]:
        with self.network.acting(self.group.by) as member:
            yield member

    @contextmanager
    def _lead(self) -> Iterator[access.Member]:
        with self.network.acting(self.group.lead) as member:
            yield member

    # --- Intake and enrollment --------------------------------------------------------------------------------------

    def comes_in(self, one: One) -> None:
        with self._manager() as member:
            one.file = custody.take_in(
                told=one.someone.told,
                reach=one.someone.reach,
                needs=("WRK-TRN",),
                holder=Owner(member.organization_id, membership_id=member.membership.pk),
                by=member.actor,
                is_adult=True,
            )
            contract = ground.contract_of(self.network, self.group.house)
            one.enrolled = enrollment.apply(file=one.file, contract=contract, by=member.actor)
            self._shown(one, "of_age", "document", member)
            self._shown(
                one, "justice_history", self.lot.choice(("document", "agency")), member, limb=one.someone.limb
            )

    def decides(self, one: One) -> None:
        file, enrolled = _there(one.file), _there(one.enrolled)
        with self._manager() as member:
            self._shown(one, "behavioral_health", "self", member, holds=one.someone.fate.eligible)
            if not one.someone.fate.eligible:
                enrollment.exit(enrollment=_fresh(enrolled), reason="not_eligible", by=member.actor)
                return
            asked = enrollment.asked_of(enrolled.contract, language=one.someone.told.language)
            consent = participants.record_consent(file=file, asked=asked, by=member.actor)
            one.enrolled = enrollment.enroll(enrollment=_fresh(enrolled), consent=consent, by=member.actor)
            one.takes_part = True

    def _shown(
        self, one: One, shown: str, method: str, member: access.Member, *, holds: bool = True, limb: str = ""
    ) -> None:
        said = eligibility.Said(
            holds, method, limb=limb, agency=self.network.houses["second"] if method == "agency" else None
        )
        eligibility.verify(file=_there(one.file), shown=shown, said=said, by=member.actor)

    def sits_down(self, one: One) -> None:
        """Where they stand, what they want, and what would tell that it was reached."""
        file = _there(one.file)
        with self._manager() as member:
            levels: dict[str, int | str] = {
                "work": self.lot.choice((1, 1, 2, 2, 3)), "money": self.lot.choice((1, 2, 2, 3)),
                "housing": self.lot.choice((1, 2, 3, 3, 4, 5)), "transport": self.lot.choice((1, 2, 3, 4)),
            }  # fmt: skip
            standing.rate(file=file, levels=levels, by=member.actor)
            begun = plan.begin_plan(file=file, review_on=_today() + timedelta(days=60), by=member.actor)
            plan.set_goal(
                plan=begun, domain="work", words=self.lot.choice(WANTS), by=member.actor,
                outcomes=self.lot.choice((["job_started"], ["paid_experience"], ["job_started", "better_pay"])),
            )  # fmt: skip
            self._next(file, member)

    def _next(self, file: Participant, member: access.Member) -> None:
        """When they talk next: in three weeks or four."""
        planned = next(
            (duty for duty in duties_about(file.person_id) if duty.kind in (AFTER_INTAKE, PLAN, CHECK_IN)),
            None,
        )
        custody.add_step(
            person_id=file.person_id, kind=CHECK_IN, due_at=_in_days(self.lot.randint(18, 24)), by=member.actor, instead_of=planned
        )  # fmt: skip

    # --- The group --------------------------------------------------------------------------------------------------

    def open_group(self) -> None:
        with self._manager() as member:
            version = Curriculum.objects.get(slug=CURRICULUM, organization=None).versions.latest("valid_from")
            self.cohort = groups.open_group(
                contract=ground.contract_of(self.network, self.group.house),
                version=version,
                name=self.group.name,
                room=self.lot.choice(("Room 2", "The long room", "Upstairs")),
                starts_on=self.starts,
                sizes=groups.Sizes(2, ASK),
                slots=FOUR_DAYS,
                facilitators=[member.membership],
                covers=[self.network.staff[self.group.lead]],
                by=member.actor,
            )
            meetings.schedule(cohort=self.cohort, by=member.actor, optional=False)

    def joins(self, one: One) -> None:
        if self.cohort is None or not one.takes_part:
            return
        with self._manager() as member:
            one.member = groups.join(
                cohort=self.cohort, enrollment=_fresh(_there(one.enrolled)), by=member.actor
            )

    def say_who_came(self) -> None:
        """The meeting of this hour, where there is one: everybody's in one go."""
        if self.cohort is None:
            return
        now = clock.now()
        with self._manager() as member:
            due = self.cohort.meetings.filter(
                state=Meeting.State.PLANNED, starts_at__lte=now, starts_at__gte=now - timedelta(hours=3)
            )
            for meeting in due:
                sheet = sheet_or_404(meeting.code, locked=True)
                said = {key: self._came(key, meeting) for key in sheet.expected}
                if said:
                    attendance.take(meeting=meeting, said=said, by=member.actor, sheet=sheet)

    def _came(self, key: Expected, meeting: Meeting) -> attendance.Said:
        one = next(each for each in self.ones if each.member is not None and each.member.pk == key[0])
        if meeting.make_up:
            return attendance.Said()
        number = meeting.template.number if meeting.template is not None else 0
        if one.someone.fate.group_done:
            # One of each group misses a session, and makes up for it.
            if number == MISSED and one.number == self.group.number % ASK:
                return attendance.Said("absent", self.lot.choice(EXCUSED))
            return attendance.Said("late" if self.lot.random() < 0.06 else "present")
        stays_until = 3 + (7 * one.number + self.group.number) % 14
        if number > stays_until:
            return attendance.Said("absent", "no_word")
        return (
            attendance.Said("absent", self.lot.choice(EXCUSED))
            if self.lot.random() < 0.1
            else attendance.Said()
        )

    def make_up(self) -> None:
        """Who missed a session, and came to all others, has it once more."""
        missed = next((each for each in self.ones if each.number == self.group.number % ASK), None)
        if (
            self.cohort is None
            or missed is None
            or missed.member is None
            or not missed.someone.fate.group_done
        ):
            return
        with self._manager() as member:
            session = self.cohort.version.sessions.get(number=MISSED)
            meeting = meetings.plan_make_up(
                cohort=self.cohort, on=_today(), begins=time(16, 30), session=session, by=member.actor
            )
            meetings.ask_to_make_up(meeting=meeting, member=missed.member, session=session, by=member.actor)

    def end_group(self) -> None:
        if self.cohort is None:
            return
        with self._manager() as member:
            for meeting in self.cohort.meetings.filter(state=Meeting.State.PLANNED):
                meetings.cancel(meeting=meeting, why="too_few", by=member.actor)
            groups.end_group(cohort=self.cohort, by=member.actor)

    # --- Month by month ---------------------------------------------------------------------------------------------

    def manage(self) -> None:
        """Everybody who takes part and is managed had an hour of it; some had an hour with the coach."""
        managed = [one for one in self.ones if one.someone.fate.managed and one.takes_part]
        # Whoever leaves without a word isn't there any more after a while.
        gone = [
            one
            for one in managed
            if one.someone.fate.why_left in (enrollment.NO_SERVICE, "lost_contact") and _today() > self.over
        ]
        there = [one for one in managed if one not in gone]
        if not there:
            return
        with self._manager() as member:
            gave = services.Gave("case_management", member.membership, _today())
            services.give_many(files=[_there(one.file) for one in there], gave=gave, by=member.actor)
            enrollment.were_served(files=[_there(one.file).pk for one in there], on=_today(), by=member.actor)
            if self.network.days.now - clock.now() < STILL:
                for one in there:
                    self._next(_there(one.file), member)
            for one in there[:: max(1, len(there) // 2)]:
                coaching.coach(
                    file=_there(one.file), parts=["clarify_goals"], minutes=45, on=_today(), staff=member.membership, by=member.actor
                )  # fmt: skip

    # --- Training and work ------------------------------------------------------------------------------------------

    def plans_course(self, one: One, ends: date) -> None:
        if not one.takes_part:
            return
        house, name, kind, soc = COURSES[(one.number + self.group.number) % len(COURSES)]
        with self._manager() as member:
            one.course = training.plan_training(
                enrollment=_fresh(_there(one.enrolled)),
                course=training.Course(
                    self.network.houses[house], name, kind, Occupation.objects.filter(soc=soc).first()
                ),
                planned_from=business_day(_today(), 4),
                planned_to=ends,
                by=member.actor,
            )

    def starts_course(self, one: One) -> None:
        if one.course is not None:
            with self._manager() as member:
                one.course = training.start_training(training=one.course, on=_today(), by=member.actor)

    def ends_course(self, one: One) -> None:
        if one.course is None:
            return
        with self._manager() as member:
            if one.someone.fate.done:
                one.course = training.complete_training(training=one.course, on=_today(), by=member.actor)
            else:
                training.leave_training(
                    training=one.course, on=_today(), reason="missed_too_much", by=member.actor
                )

    def earns(self, one: One) -> None:
        if one.course is None:
            return
        with self._manager() as member:
            training.record_credential(
                enrollment=_fresh(_there(one.enrolled)),
                training=one.course,
                earned=training.Earned(
                    "certificate",
                    one.course.course,
                    one.course.provider.name,
                    _today(),
                    self.lot.choice(("seen", "provider")),
                ),
                by=member.actor,
            )

    def plans_work(self, one: One, monday: date) -> None:
        if not one.takes_part:
            return
        with self._manager() as member:
            site, supervisor = ground.workplace(member, one.number)
            one.work = work.plan_work(
                enrollment=_fresh(_there(one.enrolled)),
                place=work.Place(site, site.employer, supervisor, self.lot.choice(("pwe", "tse")), Occupation.objects.filter(soc=WORK_AS).first()),
                planned=work.Planned(monday, monday + timedelta(weeks=WEEKS_OF_WORK, days=-3), int(WEEKS_OF_WORK * 5 * HOURS_A_DAY)),
                hourly=Decimal(self.lot.choice(("18.00", "18.50", "19.25", "20.00", "21.00"))),
                by=member.actor,
            )  # fmt: skip
            work.introduce(
                work=one.work, agrees=True, how="spoken", name=one.someone.told.first_name, by=member.actor
            )

    def starts_work(self, one: One) -> None:
        if one.work is not None:
            with self._manager() as member:
                one.work = work.start_work(work=one.work, on=_today(), by=member.actor)

    def works(self, one: One, week: date) -> None:
        """The hours of a week, written down by the manager and said to be right by the lead, who has the signed paper."""
        if one.work is None:
            return
        place = current_place()
        days = [week + timedelta(days=n) for n in range(7)]
        with self._manager() as member:
            sheet = hours.write_hours(
                work=one.work, week=week, by=member.actor,
                hours=[HOURS_A_DAY if place.is_business_day(day) else Decimal(0) for day in days],
            )  # fmt: skip
        with self._lead() as lead:
            hours.approve(sheet=sheet, by=lead.actor)

    def ends_work(self, one: One) -> None:
        if one.work is None:
            return
        with self._manager() as member:
            last = business_day(_today(), -1)
            if one.someone.fate.done:
                work.complete_work(work=one.work, on=last, by=member.actor)
            else:
                work.leave_work(work=one.work, on=last, reason="not_for_them", by=member.actor)

    # --- The end ----------------------------------------------------------------------------------------------------

    def completes(self, one: One) -> None:
        if not one.takes_part:
            return
        with self._manager() as member:
            enrollment.complete(enrollment=_fresh(_there(one.enrolled)), by=member.actor)
            one.takes_part = False
            self._end_plan(one, member, ("achieved", "achieved", "partly"))

    def leaves(self, one: One) -> None:
        if not one.takes_part:
            return
        with self._manager() as member:
            enrolled, why = _fresh(_there(one.enrolled)), one.someone.fate.why_left
            if why == enrollment.NO_SERVICE and enrollment.out_since(enrolled) is None:
                why = "lost_contact"
            enrollment.exit(enrollment=enrolled, reason=why, by=member.actor)
            one.takes_part = False
            self._end_plan(one, member, ("not", "partly"))

    def _end_plan(self, one: One, member: access.Member, results: tuple[str, ...]) -> None:
        open_plan = Plan.objects.filter(file=one.file, ended_on__isnull=True).first()
        if open_plan is not None:
            hoped = HopedOutcome.objects.filter(goal__plan=open_plan)
            plan.end_plan(
                plan=open_plan, scores={each.pk: self.lot.choice(results) for each in hoped}, by=member.actor
            )

    def goes(self, one: One, reason: str) -> None:
        """Nothing holds them here any more."""
        if one.file is None:
            return
        with self._manager() as member:
            for step in duties_about(one.file.person_id):
                if step.holds_release:
                    return
            custody.release(person_id=one.file.person_id, reason=reason, by=member.actor)


def _today() -> date:
    return clock.today(current_place().zone)


def _next_clearing(day: date) -> date:
    """Before the half-year's report, whoever left and was forgotten is written down: the first clearing 90 days or more after `day`."""
    since = day + timedelta(days=90)
    clearings = (date(since.year + year, month, 8) for year in (0, 1) for month in (1, 7))
    return business_day(next(each for each in clearings if each >= since), 1)


def _in_days(days: int) -> datetime:
    """Five in the afternoon, so many days on."""
    place = current_place()
    return place.end_of(business_day(_today() + timedelta(days=days - 1), 1))


def _fresh(enrolled: Enrollment) -> Enrollment:
    enrolled.refresh_from_db()
    return enrolled


def _there(found: T | None) -> T:
    if found is None:
        raise LookupError("It was not told yet.")
    return found
