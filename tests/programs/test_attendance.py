"""Who came: said of everybody at once, corrected by who may, and what follows for whoever missed two in a row."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from tests.programs.groups import group, joined
from tests.standing import _network, as_at_commit, c, leaves_nothing  # noqa: F401
from warmhandoff.cli.benchmark import statements
from warmhandoff.custody import actions as custody
from warmhandoff.foundation import duties, terms
from warmhandoff.foundation.errors import BadValue, NotAllowed, NotYours, WrongState
from warmhandoff.programs.actions import attendance as verbs
from warmhandoff.programs.actions import groups, meetings
from warmhandoff.programs.actions.attendance import Said
from warmhandoff.programs.models import Attendance, Cohort, CohortMember, Enrollment, Meeting
from warmhandoff.programs.reading.attendance import standing_at
from warmhandoff.programs.reading.dosage import dosage_of

ABSENT = Said("absent", "no_word")
SICK = Said("absent", "sick")
HERE = Said()


@pytest.fixture
def cohort(c):  # noqa: F811
    """A group of three, its sessions planned."""
    with c.acting("marcus") as marcus:
        made = group(c, marcus)
        joined(c, marcus, made, "Rosa", "Ana", "Luis")
        meetings.schedule(cohort=made, by=marcus.actor)
        return made


def after(c, cohort: Cohort, number: int) -> tuple[Meeting, datetime]:  # noqa: F811
    """The meeting of session `number`, and the moment at its end."""
    with c.acting("marcus"):
        meeting = cohort.meetings.get(template__number=number)
        return meeting, meeting.ends_at


def everyone(cohort: Cohort, meeting: Meeting, said: Said = HERE, **others: Said) -> dict:
    """All of the group the same, but those called otherwise."""
    found = cohort.members.select_related("file__contact").all()
    return {
        (member.pk, meeting.template_id): others.get(member.file.contact.first_name, said) for member in found
    }


def member(cohort: Cohort, name: str) -> CohortMember:
    return cohort.members.select_related("file", "enrollment", "cohort").get(file__contact__first_name=name)


def owed(one: CohortMember) -> list[str]:
    return [duty.kind for duty in duties.open_about((verbs.SUBJECT, one.pk))]


def take(c, cohort, number, who="marcus", said=HERE, reason="", how="seen", later=timedelta(0), **others):  # noqa: F811
    meeting, moment = after(c, cohort, number)
    with c.acting(who, at=moment + later) as by:
        return verbs.take(
            meeting=meeting,
            said=everyone(cohort, meeting, said, **others),
            by=by.actor,
            reason=reason,
            how=how,
        )


def test_all_came_but_one(c, cohort):  # noqa: F811
    taken = take(c, cohort, 1, Ana=SICK)
    assert (taken.came, taken.missed, taken.corrected) == (2, 1, 0)
    with c.acting("marcus"):
        meeting = cohort.meetings.get(template__number=1)
        assert meeting.state == "held"
        said = {one.member.file.contact.first_name: one for one in standing_at(meeting).values()}
        assert {name: (one.mark, one.absence, one.excused) for name, one in said.items()} == {
            "Rosa": ("present", "", None), "Ana": ("absent", "sick", True), "Luis": ("present", "", None),
        }  # fmt: skip
        # Who came has begun in the program; who didn't has not.
        states = {
            one.file.contact.first_name: one.state
            for one in Enrollment.objects.select_related("file__contact")
        }
        assert states == {"Rosa": "active", "Ana": "enrolled", "Luis": "active"}


def test_each_reason_is_a_word_in_both_languages_and_says_whether_it_excuses(c):  # noqa: F811
    found = terms.in_force("absence_why")
    assert len(found) == 20 and {term.parent for term in found} == {"excused", "unexcused"}
    assert all(term.en and term.es and term.en != term.es for term in found)
    # Peer mentors and the agency read them: none may tell of a court, a jail or treatment.
    told = " ".join(term.en + term.es for term in found).lower()
    for word in (
        "court",
        "jail",
        "probation",
        "parole",
        "treatment",
        "arrest",
        "corte",
        "cárcel",
        "tribunal",
    ):
        assert word not in told


@pytest.mark.parametrize("reason", ["", "never heard of it"])
def test_who_is_absent_has_a_reason(c, cohort, reason):  # noqa: F811
    with pytest.raises(BadValue):
        take(c, cohort, 1, Ana=Said("absent", reason))
    with c.acting("marcus"):
        assert not Attendance.objects.exists()
        assert cohort.meetings.get(template__number=1).state == "planned"


def test_the_same_twice_is_once_and_otherwise_is_a_correction(c, cohort):  # noqa: F811
    take(c, cohort, 1, Ana=ABSENT)
    take(c, cohort, 1, Ana=ABSENT)
    with c.acting("marcus"):
        assert Attendance.objects.count() == 3
    with pytest.raises(BadValue) as refused:
        take(c, cohort, 1, Ana=SICK)
    assert refused.value.field == "reason"
    taken = take(c, cohort, 1, Ana=SICK, reason="mistyped", later=timedelta(hours=1))
    assert taken.corrected == 1
    with c.acting("marcus"):
        assert Attendance.objects.count() == 4
        meeting = cohort.meetings.get(template__number=1)
        now = standing_at(meeting)[(member(cohort, "Ana").pk, meeting.template_id)]
        assert (now.absence, now.reason, now.supersedes.absence) == ("sick", "mistyped", "no_word")


def test_only_who_said_it_or_a_lead_corrects(c, cohort):  # noqa: F811
    take(c, cohort, 1, who="marcus", Ana=ABSENT)
    with pytest.raises(NotAllowed):
        take(c, cohort, 1, who="denise", Ana=SICK, reason="mistyped")
    take(c, cohort, 2, who="denise", Ana=ABSENT)
    take(c, cohort, 2, who="marcus", Ana=SICK, reason="mistyped")


def test_not_before_it_begins_and_not_of_a_stranger(c, cohort):  # noqa: F811
    meeting, _ = after(c, cohort, 1)
    with c.acting("marcus", at=meeting.starts_at - timedelta(hours=2)) as marcus, pytest.raises(WrongState):
        verbs.take(meeting=meeting, said=everyone(cohort, meeting), by=marcus.actor)
    with c.acting("ines", at=meeting.ends_at) as ines:
        assert not Attendance.objects.exists()
        with pytest.raises(NotYours):
            verbs.take(meeting=meeting, said={}, by=ines.actor)


def test_nobody_is_said_who_is_not_expected(c, cohort):  # noqa: F811
    meeting, moment = after(c, cohort, 1)
    with c.acting("marcus", at=moment) as marcus, pytest.raises(NotYours):
        verbs.take(meeting=meeting, said={(10**9, meeting.template_id): HERE}, by=marcus.actor)


def test_who_joined_later_was_not_there_before(c, cohort):  # noqa: F811
    """Attendance before the enrollment, or before they belonged to the group, is nobody's."""
    meeting, _ = after(c, cohort, 1)
    _, later = after(c, cohort, 3)
    with c.acting("marcus", at=later) as marcus:
        (new,) = joined(c, marcus, cohort, "Nora")
        with pytest.raises(NotYours):
            verbs.take(meeting=meeting, said={(new.pk, meeting.template_id): HERE}, by=marcus.actor)


def test_a_meeting_that_was_called_off_has_nobody(c, cohort):  # noqa: F811
    meeting, moment = after(c, cohort, 1)
    with c.acting("marcus") as marcus:
        meetings.cancel(meeting=meeting, why="weather", by=marcus.actor)
    with c.acting("marcus", at=moment) as marcus, pytest.raises(WrongState):
        verbs.take(meeting=meeting, said=everyone(cohort, meeting), by=marcus.actor)


# --- Two in a row -------------------------------------------------------------------------------------------------


def test_two_in_a_row_are_on_the_holders_list_until_they_come(c, cohort):  # noqa: F811
    take(c, cohort, 1, Ana=SICK)
    with c.acting("marcus"):
        assert owed(member(cohort, "Ana")) == []
    take(c, cohort, 2, Ana=ABSENT, who="denise")
    with c.acting("marcus"):
        ana = member(cohort, "Ana")
        assert owed(ana) == ["missed_twice"]
        duty = duties.open_about((verbs.SUBJECT, ana.pk)).get()
        assert (duty.membership_id, duty.person_id) == (c.members["marcus"].pk, ana.file.person_id)
        assert owed(member(cohort, "Rosa")) == []
    take(c, cohort, 3)
    with c.acting("marcus"):
        assert owed(member(cohort, "Ana")) == []
        assert custody.holds(ana.file.person_id)


def test_who_was_talked_with_comes_up_again_after_the_next(c, cohort):  # noqa: F811
    take(c, cohort, 1, Ana=ABSENT)
    take(c, cohort, 2, Ana=ABSENT)
    _, moment = after(c, cohort, 2)
    with c.acting("marcus", at=moment) as marcus:
        verbs.talked(member=member(cohort, "Ana"), by=marcus.actor)
        assert owed(member(cohort, "Ana")) == []
    with c.acting("ines", at=moment) as ines, pytest.raises((NotYours, CohortMember.DoesNotExist)):
        verbs.talked(member=member(cohort, "Ana"), by=ines.actor)
    take(c, cohort, 3, Ana=ABSENT)
    with c.acting("marcus"):
        assert owed(member(cohort, "Ana")) == ["missed_twice"]


def test_one_that_was_said_wrongly_is_off_the_list(c, cohort):  # noqa: F811
    take(c, cohort, 1, Ana=ABSENT)
    take(c, cohort, 2, Ana=ABSENT)
    take(c, cohort, 2, reason="wrong_outcome", later=timedelta(hours=1))
    with c.acting("marcus"):
        assert owed(member(cohort, "Ana")) == []


def test_who_leaves_the_group_is_off_the_list(c, cohort):  # noqa: F811
    take(c, cohort, 1, Ana=ABSENT)
    take(c, cohort, 2, Ana=ABSENT)
    _, moment = after(c, cohort, 2)
    with c.acting("marcus", at=moment) as marcus:
        groups.leave(member=member(cohort, "Ana"), why="work", by=marcus.actor)
        assert owed(member(cohort, "Ana")) == []


# --- Their own code, and a sheet ----------------------------------------------------------------------------------


def test_who_shows_their_code_is_here_and_the_rest_is_still_to_be_said(c, cohort):  # noqa: F811
    meeting, _ = after(c, cohort, 1)
    with c.acting("tavo", at=meeting.starts_at - timedelta(minutes=10)) as tavo:
        ana = member(cohort, "Ana")
        verbs.came_by_code(meeting=meeting, member=ana, by=tavo.actor)
        verbs.came_by_code(meeting=meeting, member=ana, by=tavo.actor)
        one = standing_at(meeting)[(ana.pk, meeting.template_id)]
        assert (one.how, one.mark) == ("own_code", "present")
        assert Attendance.objects.count() == 1
        meeting.refresh_from_db()
        assert meeting.state == "planned"
    take(c, cohort, 1, how="sheet", Luis=ABSENT)
    with c.acting("marcus"):
        how = {one.member.file.contact.first_name: one.how for one in standing_at(meeting).values()}
        assert how == {"Ana": "own_code", "Rosa": "sheet", "Luis": "sheet"}


def test_the_code_of_somebody_of_another_group(c, cohort):  # noqa: F811
    meeting, _ = after(c, cohort, 1)
    with c.acting("marcus") as marcus:
        other = group(c, marcus, name="Evening group")
        (nora,) = joined(c, marcus, other, "Nora")
    with c.acting("marcus", at=meeting.starts_at) as marcus, pytest.raises(NotYours):
        verbs.came_by_code(meeting=meeting, member=nora, by=marcus.actor)


# --- Dosage -------------------------------------------------------------------------------------------------------


def test_it_is_complete_by_what_was_had_and_make_ups_count(c, cohort):  # noqa: F811
    """Twenty are required. Ana misses 7 and 12: 18 of 20. At a make-up she has both: 20 of 20."""
    for number in range(1, 21):
        take(c, cohort, number, Ana=ABSENT if number in (7, 12) else HERE)
    with c.acting("marcus"):
        ana, rosa = dosage_of(member(cohort, "Ana")), dosage_of(member(cohort, "Rosa"))
        assert (ana.had, ana.of, ana.missing, ana.is_complete) == (18, 20, [7, 12], False)
        assert (rosa.had, rosa.is_complete, rosa.optional, len(rosa.sessions)) == (20, True, 0, 31)
    _, moment = after(c, cohort, 20)
    with c.acting("marcus", at=moment) as marcus:
        local = (moment + timedelta(days=3)).date()
        beside = make_up_day(cohort, local, marcus)
        ana = member(cohort, "Ana")
        seventh, twelfth = (cohort.version.sessions.get(number=number) for number in (7, 12))
        for session in (seventh, twelfth):
            meetings.ask_to_make_up(meeting=beside, member=ana, session=session, by=marcus.actor)
    with c.acting("marcus", at=beside.ends_at) as marcus:
        said = {(ana.pk, seventh.pk): HERE, (ana.pk, twelfth.pk): Said("late")}
        verbs.take(meeting=beside, said=said, by=marcus.actor)
        made_up = dosage_of(member(cohort, "Ana"))
        assert (made_up.had, made_up.missing, made_up.is_complete) == (20, [], True)
        assert [one.template.number for one in made_up.sessions if one.had and one.had.made_up] == [7, 12]


def make_up_day(cohort: Cohort, day, by) -> Meeting:
    """A make-up on the first day from then that is open."""
    for more in range(7):
        try:
            return meetings.plan_make_up(
                cohort=cohort, on=day + timedelta(days=more), begins=time(18), by=by.actor
            )
        except BadValue:
            continue
    raise AssertionError


def test_who_left_before_its_end_makes_up_for_it_and_who_came_late_needn_t(c, cohort):  # noqa: F811
    take(c, cohort, 1, Ana=Said("left_early"), Luis=Said("late"))
    with c.acting("marcus"):
        assert dosage_of(member(cohort, "Ana")).missing == [1]
        assert dosage_of(member(cohort, "Luis")).had == 1
        assert dosage_of(member(cohort, "Luis")).to_come == list(range(2, 21))


def test_what_was_corrected_counts_as_it_stands_now(c, cohort):  # noqa: F811
    take(c, cohort, 1, Ana=ABSENT)
    take(c, cohort, 1, reason="wrong_person", later=timedelta(hours=1))
    with c.acting("marcus"):
        assert dosage_of(member(cohort, "Ana")).missing == []


# --- It holds -----------------------------------------------------------------------------------------------------


def test_what_breaks_halfway_leaves_nothing(c, cohort):  # noqa: F811
    take(c, cohort, 1, Ana=ABSENT)
    meeting, moment = after(c, cohort, 2)
    with c.acting("marcus", at=moment) as marcus:
        said = everyone(cohort, meeting, Ana=ABSENT)
        assert (
            leaves_nothing(c, lambda: verbs.take(meeting=meeting, said=said, by=marcus.actor), at=moment) >= 4
        )


def test_a_group_of_thirty_is_said_in_few_statements(c):  # noqa: F811
    """However many they are: who came is written in one, and each of the rest is asked once for all."""
    with c.acting("marcus") as marcus:
        made = group(c, marcus, most=40)
        joined(c, marcus, made, *(f"P{number}" for number in range(30)))
        meetings.schedule(cohort=made, by=marcus.actor)
        as_at_commit()
    meeting, moment = after(c, made, 1)
    with c.acting("marcus", at=moment) as marcus:
        said = everyone(made, meeting, P3=SICK, P7=ABSENT, P20=Said("late"))
        with statements.heard() as heard:
            verbs.take(meeting=meeting, said=said, by=marcus.actor)
        # Everybody who came has begun with it: five more than later.
        assert statements.counted(heard) <= 14
        assert Attendance.objects.filter(meeting=meeting).count() == 30
        assert Enrollment.objects.filter(state="active", active_on=date(2026, 11, 24)).count() == 28
