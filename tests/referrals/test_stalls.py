"""What has stalled: asked about once a week in one mail a mailbox, answered with a date, told to the navigators where nobody answers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests import cast
from tests.cast import MONDAY
from tests.standing import leaves_nothing
from warmhandoff.custody.reading import duties_for
from warmhandoff.foundation import clock, messages, scoping, timers
from warmhandoff.foundation.actors import mailbox_actor, system_actor
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import ContactPoint, Duty, Message, Timer
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.referrals import actions, stalls
from warmhandoff.referrals.actions import stalling
from warmhandoff.referrals.models import Referral, ReferralEvent, Stall, StallLink

DAY = timedelta(days=1)
# Two months on: a Tuesday morning, as the offices open.
ASKED = datetime(2027, 1, 26, 17, 0, tzinfo=UTC)
SEEN = date(2027, 1, 20)
NEXT = {"what_next": "next_session", "next_by": date(2027, 2, 9)}


@pytest.fixture
def served(c, mailed):
    """Sunrow, which has nobody who signs in, said yes in November, talked, and began."""
    for verb, more in ((actions.accept, {"reply": actions.Reply("Jo")}), (actions.engage, {})):
        with c.pressing(mailed) as (link, found):
            verb(referral=found, by=link, **more)
    return mailed


@pytest.fixture
def at_valley(c, asked, do):
    do("vera", actions.accept, asked, reply=actions.Reply("Vera"))
    do("vera", actions.record_contact, asked, channel="text")
    return asked


def at_work(c, key, at=ASKED):
    """The worker, as the system of an organization."""
    organization = c.organizations[key]
    with clock.at(at), scoping.acting_as(None):
        actor = system_actor(organization.pk)
    return clock.at(at), scoping.acting_as(actor, classes=timers.CLASSES_OF_THE_SYSTEM)


def fire_due(until):
    """What falls due, in order, each at its own time."""
    fired = 0
    while due := timers.due(until, limit=1):
        with clock.at(Timer.objects.get(pk=due[0]).due_at):
            fired += timers.fire(due[0])
    return fired


def stalled(c, key="sunrow", at=ASKED):
    now, acting = at_work(c, key, at)
    with now, acting:
        return [each.referral.pk for each in stalls.stalled_here()]


def ask(c, key="sunrow", at=ASKED):
    now, acting = at_work(c, key, at)
    with now, acting:
        return stalling.ask_how_it_goes(organization_id=c.organizations[key].pk)


def mails(notice="referrals.how_it_goes"):
    return Message.objects.filter(notice=notice)


def weekly(key, c):
    return Timer.objects.filter(subject_kind="stalls", subject_id=c.organizations[key].pk, step="ask_stalled")


def by_mailbox(c, referral, at=ASKED):
    """Whoever gave the code that went to the mailbox that was asked."""
    link = StallLink.objects.get(organization_id=referral.receiver_id)
    actor = mailbox_actor(link.mailbox_id, link.organization_id)
    return clock.at(at), scoping.acting_as(actor, classes=("contact", "needs", "narrative")), actor


def say(c, referral, verb=actions.confirm, at=ASKED, **more):
    now, acting, actor = by_mailbox(c, referral, at)
    with now, acting:
        found = Referral.objects.get(pk=referral.pk)
        return verb(referral=found, by=actor, **({"last_seen_on": SEEN, **NEXT} | more if verb is actions.confirm else more))  # fmt: skip


# --- What has stalled ---------------------------------------------------------------------------------------------


def test_what_began_stalls_after_the_last_rung_and_not_before(c, served):
    place = current_place()
    last = place.deadline("engaged_sender", MONDAY)
    assert stalled(c, at=last) == []
    assert stalled(c, at=last + timedelta(seconds=1)) == [served.pk]


def test_what_was_said_yes_to_and_has_not_begun(c, at_valley, mailed):
    with c.pressing(mailed) as (link, found):
        actions.accept(referral=found, reply=actions.Reply("Jo"), by=link)
    last = current_place().deadline("start_person", MONDAY)
    for key, referral in (("valley", at_valley), ("sunrow", mailed)):
        assert stalled(c, key, last) == []
        assert stalled(c, key, last + DAY) == [referral.pk]


def test_what_waits_for_an_answer_has_not_stalled(c, mailed):
    assert stalled(c) == []


def test_what_is_put_off_or_over_has_not_stalled(c, served, do):
    do("denise", actions.hold, served, at=ASKED - DAY, until=date(2027, 2, 20), reason="papers")
    assert stalled(c) == []


def test_a_word_about_how_it_stands_counts(c, served):
    with c.pressing(served, at=ASKED - 10 * DAY) as (link, found):
        actions.set_stage(referral=found, stage="halfway", by=link)
    assert stalled(c) == []


# --- One mail a week ----------------------------------------------------------------------------------------------


def test_a_yes_begins_the_weekly_asking_on_the_places_weekday(c, served):
    due_at = weekly("sunrow", c).get().due_at
    local = current_place().local(due_at)
    assert (local.strftime("%A %H:%M"), local.date()) == ("Tuesday 09:00", date(2026, 11, 24))
    assert not weekly("valley", c).exists(), "nothing was ever asked of them"


def test_each_later_yes_finds_the_weekly_question_waiting(c, served):
    before = list(weekly("sunrow", c).values())
    with c.acting("denise") as denise:
        ana = cast.take_in(denise, cast.told("Ana"))
        other = cast.refer(ana, c.services["solar"], denise)
    with c.pressing(other) as (link, found):
        actions.accept(referral=found, by=link, reply=actions.Reply("Jo"))
    assert list(weekly("sunrow", c).values()) == before
    assert Timer.objects.filter(subject_id=other.pk, step="contact_reminder", called_off_at=None).exists()


@pytest.mark.parametrize(
    ("now", "asks"),
    [
        (datetime(2026, 11, 24, 17, 0, tzinfo=UTC), date(2026, 12, 1)),  # the very moment: next week
        (datetime(2026, 12, 25, 20, 0, tzinfo=UTC), date(2026, 12, 29)),
        (datetime(2027, 3, 13, 20, 0, tzinfo=UTC), date(2027, 3, 16)),  # over the change of the clocks
    ],
)
def test_the_next_asking(now, asks):
    at = current_place().local(stalls.next_asking(now))
    assert (at.date(), at.hour) == (asks, 9)


def test_a_closed_day_is_asked_on_the_day_after(settings):
    settings.PLACE, settings.PLACES_DIR = "tidewater", settings.BASE_DIR / "tests/jurisdictions/places"
    # Thursday the 26th is closed there? The asking goes to the first business day from it.
    at = stalls.next_asking(datetime(2026, 11, 22, 20, 0, tzinfo=UTC))
    assert current_place().is_business_day(current_place().local(at).date())


def test_one_mail_a_week_without_a_word_about_anybody(c, served, mailoutbox):
    first = datetime(2027, 1, 5, 17, 0, tzinfo=UTC)  # the first Tuesday after it stalled
    fire_due(first - timedelta(seconds=1))
    assert not mails().exists()
    fire_due(first)
    with clock.at(first), scoping.acting_as(None):
        messages.deliver(mails().get().pk)
    (mail,) = mailoutbox
    assert mail.to == ["referrals@sunrow.example"]
    html = mail.alternatives[0].content
    for text in (mail.subject, mail.body, html):
        for secret in ("Rosa", "Mendoza", "Installer", "Eastgate", served.code):
            assert secret not in text
    assert "How does it go with 1 person?" in mail.subject
    assert "/g/" in mail.body and "Please answer by Tue, Jan 12" in mail.body


def test_each_week_once_however_often_the_job_runs(c, served):
    fire_due(ASKED)
    number = mails().count()
    assert number, "it has stalled for some weeks"
    fire_due(ASKED + 6 * DAY)
    assert mails().count() == number
    fire_due(ASKED + 7 * DAY)
    assert mails().count() == number + 1
    assert weekly("sunrow", c).filter(fired_at=None, called_off_at=None).count() == 1


def test_a_worker_that_was_down_for_weeks_asks_once(c, served):
    late = ASKED + 2 * DAY
    with clock.at(late):
        for timer_id in timers.due(late):
            timers.fire(timer_id)
            assert not timers.fire(timer_id), "a job that runs again does nothing"
    assert mails().count() == 1
    assert current_place().local(
        weekly("sunrow", c).get(fired_at=None, called_off_at=None).due_at
    ).date() == date(2027, 2, 2)


def test_all_of_a_mailbox_in_one_mail(c, served):
    with c.acting("denise") as denise:
        more = [
            cast.refer(cast.take_in(denise, cast.told(f"P{n}", "Reyes")), c.services["solar"], denise)
            for n in range(3)
        ]
    for referral in more:
        with c.pressing(referral) as (link, found):
            actions.accept(referral=found, reply=actions.Reply("Jo"), by=link)
    (link,) = ask(c)
    assert mails().count() == 1
    now, acting = at_work(c, "sunrow")
    with now, acting:
        assert stalls.asked_here(link).count() == 4


def test_where_no_mailbox_is_left_the_lead_is_asked_and_else_the_office_is_told(c, served, at_valley):
    for key in ("sunrow", "valley"):
        with clock.at(MONDAY), scoping.acting_as(None, organization_id=c.organizations[key].pk):
            ContactPoint.objects.filter(value=f"referrals@{key}.example").update(
                stopped_at=MONDAY, stopped_why="bounced"
            )
    (link,) = ask(c, "valley")
    assert link.mailbox_id == c.members["vera"].mail_id
    assert ask(c, "sunrow") == []
    fire_due(ASKED)
    told = mails("referrals.nobody_answered").filter(subject_id=c.organizations["sunrow"].pk)
    assert {each.contact_point_id for each in told} == {c.members["luz"].mail_id}


# --- What they say ------------------------------------------------------------------------------------------------


def test_it_goes_on_with_what_is_next_and_by_when(c, served, rosa):
    ask(c)
    say(c, served)
    with c.acting("denise", ASKED) as denise:
        said = ReferralEvent.objects.get(referral=served, kind="confirmed")
        assert (said.detail, said.last_seen_on, said.due_at) == (
            "next_session",
            SEEN,
            current_place().end_of(NEXT["next_by"]),
        )
        waits = Duty.objects.get(subject_id=served.pk, kind="follow_service", closed_at=None)
        assert waits.due_at == said.due_at
        assert [d.due_at for d in duties_for(denise.membership) if d.kind == "follow_service"] == [
            said.due_at
        ]
    assert stalled(c) == []
    # Its ladder begins anew on that day: about ten days after it, as between 30 and 40, it has stalled again.
    reminder = Timer.objects.get(
        subject_kind="referral",
        subject_id=served.pk,
        step="engaged_reminder",
        fired_at=None,
        called_off_at=None,
    )
    assert reminder.due_at == said.due_at
    assert stalled(c, at=said.due_at + 7 * DAY) == []
    assert stalled(c, at=said.due_at + 11 * DAY) == [served.pk]


def test_with_an_account_the_receiver_has_the_date_too(c, at_valley, do):
    do("vera", actions.confirm, at_valley, at=ASKED, **NEXT)
    with c.acting("vera", ASKED) as vera:
        (owed,) = [d for d in duties_for(vera.membership) if d.subject_id == at_valley.pk]
        assert (owed.kind, owed.due_at) == ("begin_service", current_place().end_of(NEXT["next_by"]))


def test_without_a_first_contact_the_promise_moves_with_it(c, asked, do, stands):
    do("vera", actions.accept, asked, reply=actions.Reply("Vera"))
    do("vera", actions.confirm, asked, at=ASKED, what_next="we_call", next_by=date(2027, 1, 28))
    with c.acting("denise", ASKED):
        assert stands(asked).contact_due_at == current_place().end_of(date(2027, 1, 28))
        assert Duty.objects.filter(subject_id=asked.pk, kind="await_contact", closed_at=None).count() == 1


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"last_seen_on": date(2027, 1, 27)}, "last_seen_on"),
        ({"last_seen_on": date(2026, 11, 22)}, "last_seen_on"),
        ({"last_seen_on": None}, "last_seen_on"),
        ({"what_next": "nothing_like_it"}, "what_next"),
        ({"next_by": date(2027, 1, 25)}, "next_by"),
        ({"next_by": date(2027, 2, 26)}, "next_by"),
    ],
)
def test_days_and_words_that_can_not_be(c, served, more, field):
    ask(c)
    with pytest.raises(BadValue) as refused:
        say(c, served, **more)
    assert refused.value.field == field
    assert stalled(c) == [served.pk]


def test_today_and_thirty_days_ahead_can_be(c, served):
    ask(c)
    say(c, served, last_seen_on=date(2027, 1, 26), next_by=date(2027, 1, 26))
    say(c, served, last_seen_on=date(2026, 11, 23), next_by=date(2027, 2, 25))


def test_said_again_the_same_day_it_is_said_right_and_nothing_is_lost(c, served):
    ask(c)
    say(c, served)
    say(c, served, at=ASKED + timedelta(hours=1), what_next="last_day")
    with c.acting("denise", ASKED + timedelta(hours=2)):
        first, second = ReferralEvent.objects.filter(referral=served, kind="confirmed").order_by("id")
        assert (first.detail, second.detail) == ("next_session", "last_day")
        assert (second.supersedes_id, second.reason) == (first.pk, "mistyped")
    say(c, served, at=ASKED + 2 * DAY)
    with c.acting("denise", ASKED + 3 * DAY):
        assert (
            ReferralEvent.objects.filter(referral=served, kind="confirmed").latest("id").supersedes_id is None
        )


def test_it_is_answered_once_said_and_asked_again_when_it_stalls_again(c, served):
    ask(c)
    say(c, served)
    now, acting = at_work(c, "sunrow")
    with now, acting:
        assert not stalls.asked_here().exists()
        assert stalls.answered_lately().count() == 1
    later = ASKED + 35 * DAY
    ask(c, at=later)
    now, acting = at_work(c, "sunrow", later)
    with now, acting:
        assert stalls.asked_here().count() == 1
        assert Stall.objects.filter(referral=served).count() == 2


def test_a_no_ends_it_in_the_machines_own_verbs(c, served, stands):
    ask(c)
    say(c, served, actions.end_early, reason="moved_away", last_seen_on=SEEN)
    with c.acting("denise", ASKED):
        assert stands(served).state == "ended_early"
        ended = ReferralEvent.objects.get(referral=served, kind="ended_early")
        assert (ended.detail, ended.last_seen_on) == ("moved_away", SEEN)
        assert Duty.objects.filter(subject_id=served.pk, kind="settle", closed_at=None).exists()
    now, acting = at_work(c, "sunrow")
    with now, acting:
        assert not stalls.asked_here().exists()


def test_lost_contact_keeps_its_own_rules(c, mailed, stands):
    with c.pressing(mailed) as (link, found):
        actions.accept(referral=found, reply=actions.Reply("Jo"), by=link)
    ask(c)
    with pytest.raises(actions.NotLostYet) as refused:
        say(c, mailed, actions.lose_contact)
    assert "0 of 5 tries" in refused.value.mend
    with c.acting("denise", ASKED):
        assert stands(mailed).state == "accepted"


def test_what_is_put_off_is_not_confirmed(c, served, do):
    ask(c)
    do("denise", actions.hold, served, at=ASKED, until=date(2027, 2, 20), reason="papers")
    with pytest.raises(WrongState):
        say(c, served, at=ASKED + timedelta(minutes=1))


@pytest.mark.parametrize("who", ["denise", "marcus", "ines", "vera", "luz", "adam"])
def test_only_the_receiver_says_how_it_goes(c, served, do, who):
    with pytest.raises((NotYours, WrongState, Referral.DoesNotExist)):
        do(who, actions.confirm, served, at=ASKED, last_seen_on=SEEN, **NEXT)


def test_a_mailbox_says_it_only_of_what_it_was_asked_about(c, served, at_valley):
    ask(c)
    mailbox = StallLink.objects.get().mailbox_id
    for organization_id in (c.organizations["sunrow"].pk, c.organizations["valley"].pk):
        with clock.at(ASKED), scoping.acting_as(None, organization_id=organization_id):
            actor = mailbox_actor(mailbox, organization_id)
        with clock.at(ASKED), scoping.acting_as(actor, classes=("contact", "needs")):
            for verb, more in ((actions.confirm, NEXT), (actions.end_early, {"reason": "moved_away"})):
                with pytest.raises((NotYours, Referral.DoesNotExist)):
                    verb(referral=Referral.objects.get(pk=at_valley.pk), by=actor, **more)


def test_before_it_was_asked_a_mailbox_says_nothing(c, served):
    mailbox = served.service.mailbox_id
    with clock.at(ASKED), scoping.acting_as(None, organization_id=served.receiver_id):
        actor = mailbox_actor(mailbox, served.receiver_id)
    with clock.at(ASKED), scoping.acting_as(actor, classes=("needs",)), pytest.raises(NotYours):
        actions.confirm(referral=Referral.objects.get(pk=served.pk), by=actor, last_seen_on=SEEN, **NEXT)


def test_half_of_it_never_stays(c, at_valley):
    def act():
        with c.acting("vera", ASKED) as vera:
            actions.confirm(referral=Referral.objects.get(pk=at_valley.pk), by=vera.actor, **NEXT)

    leaves_nothing(c, act, every=4, at=ASKED)


# --- Nobody answers -----------------------------------------------------------------------------------------------


def unanswered(c, at):
    with c.acting("luz", at):
        return [(each.organization.name, each.codes) for each in stalls.unanswered()]


def test_after_its_days_the_navigators_are_told_by_code(c, served):
    ask(c)
    due = current_place().business_days_after(ASKED, 5)
    assert unanswered(c, due - DAY) == []
    fire_due(due + DAY)
    assert unanswered(c, due + DAY) == [("Sunrow Solar School", [served.code])]
    told = mails("referrals.nobody_answered")
    assert {each.contact_point_id for each in told} == {c.members["luz"].mail_id}
    with clock.at(due + DAY), scoping.acting_as(None, organization_id=c.organizations["office"].pk):
        _mail, subject, text = messages.compose(messages.notice_of(told.latest("pk")), _luz(c))
    assert "Sunrow Solar School" in subject
    assert not [secret for secret in ("Rosa", "Mendoza", "Eastgate") if secret in subject + text]


def _luz(c):
    with scoping.acting_as(None, organization_id=c.organizations["office"].pk):
        return ContactPoint.objects.get(pk=c.members["luz"].mail_id)


def test_an_answer_takes_it_from_the_board(c, served):
    ask(c)
    later = current_place().business_days_after(ASKED, 5) + DAY
    fire_due(later)
    say(c, served, at=later, last_seen_on=SEEN, next_by=date(2027, 2, 9))
    assert unanswered(c, later) == []


@pytest.mark.parametrize("verb", ["complete", "end_early"])
def test_so_does_whatever_moves_it_on(c, served, verb):
    ask(c)
    later = current_place().business_days_after(ASKED, 5) + DAY
    with c.pressing(served, at=later) as (link, found):
        getattr(actions, verb)(
            referral=found, by=link, **({"reason": "moved_away"} if verb == "end_early" else {})
        )
    assert unanswered(c, later) == []


@pytest.mark.parametrize("who", ["denise", "vera", "ines", "paul"])
def test_nobody_else_reads_what_others_were_asked(c, served, who):
    ask(c)
    with c.acting(who, ASKED + 20 * DAY):
        assert not Stall.objects.exists()
        assert stalls.unanswered() == []


def test_a_mailbox_that_is_not_theirs_is_not_asked_again(c, served):
    (link,) = ask(c)
    now, acting, _actor = by_mailbox(c, served)
    with now, acting:
        assert actions.stall_mailbox_is_wrong(link=link)
        assert not actions.stall_mailbox_is_wrong(link=link)
    assert unanswered(c, ASKED + timedelta(minutes=1)) == [("Sunrow Solar School", [served.code])]
    assert ask(c, at=ASKED + 7 * DAY) == []


def test_a_closed_organization_is_asked_no_more(c, at_valley):
    with c.acting("adam", ASKED - DAY) as adam:
        actions.close_organization(organization=c.organizations["valley"], by=adam.actor)
    fire_due(ASKED + 7 * DAY)
    assert (
        not weekly("valley", c).filter(fired_at=None, called_off_at=None, due_at__gt=ASKED + 8 * DAY).exists()
    )
    assert (
        not mails().filter(organization_id=c.organizations["valley"].pk, queued_at__gte=ASKED - DAY).exists()
    )
