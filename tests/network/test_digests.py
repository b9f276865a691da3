"""One mail a day with what needs somebody: what it says, to whom, on which days, and never twice or late."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.core import mail

from tests.cast import MONDAY, refer, take_in, told
from tests.mailbox import mail_server, run_jobs
from warmhandoff.foundation import clock, duties, messages, scoping
from warmhandoff.foundation.actors import system_actor
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.errors import BadValue, NotAllowed
from warmhandoff.foundation.models import ContactPoint, Duty, Message
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network import absence, digest_days, digests
from warmhandoff.network.models import Digest, MailChoice
from warmhandoff.network.tasks import sweep_digests
from warmhandoff.referrals import actions, notices
from warmhandoff.web.today.lines import KINDS

pytestmark = pytest.mark.django_db
Choice = digests.Choice


def local(day: int, hour: int, minute: int = 0, *, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=current_place().zone)


TUESDAY, WEDNESDAY = local(24, 8), local(25, 8)


@pytest.fixture
def cast(the_cast):
    return the_cast


def owe(c, who: str, kind: str, due: datetime, *, opened: datetime = MONDAY, by: str = "marcus") -> Duty:
    with c.acting(by, at=opened) as other:
        mine = c.members[who]
        return duties.open_duty(
            owner=Owner(mine.organization_id, membership_id=mine.pk), kind=kind, due_at=due, by=other.actor
        )


def news(c, who: str, notice=notices.AnswerHeard, at: datetime = MONDAY) -> Message:
    with c.acting("denise", at=at) as denise:
        referral = refer(take_in(denise), c.services["carpentry"], denise)
        mine = c.members[who]
        return messages.send(
            notice, to=mine.mail_id, organization_id=mine.organization_id, subject=("referral", referral.pk)
        )


def morning(at: datetime) -> int:
    """The sweep and all its jobs, at that moment. How many digests were sent."""
    before = len(mail.outbox)
    with clock.at(at):
        for organization_id in digest_days.where_undecided():
            digest_days.decide_all(organization_id)
        for message in Message.objects.filter(notice="network.digest", state="queued"):
            messages.deliver(message.pk)
    return len(mail.outbox) - before


def to(name: str, at: datetime) -> str:
    """The text of the one digest that this member gets at that moment; empty where they get none."""
    before = len(mail.outbox)
    morning(at)
    texts = [each.subject + "\n" + each.body for each in mail.outbox[before:] if name in each.to[0]]
    assert len(texts) <= 1
    return texts[0] if texts else ""


# --- What it says -------------------------------------------------------------------------------------------------


def test_it_counts_what_is_late_due_today_and_new_and_names_nobody(cast, settings):
    owe(cast, "denise", "call", local(23, 17))
    owe(cast, "denise", "call", local(20, 17), opened=MONDAY - timedelta(days=5))
    owe(cast, "denise", "settle", local(24, 17))
    owe(cast, "denise", "answer_question", local(25, 17))
    owe(cast, "denise", "meet", local(30, 17), opened=MONDAY - timedelta(days=3))
    text = to("denise", TUESDAY)
    assert text.startswith("Your day: 2 late, 1 due today, 1 new")
    for line in (
        "Call someone: 2, the first due Fri, Nov 20",
        "Decide what is next: 1, due Tue, Nov 24",
        "Answer a question: 1, due Wed, Nov 25",
        "Your next date after today is Wed, Nov 25.",
        f"{settings.ROOT_URL}/today/",
    ):
        assert line in text, line
    assert "Meet someone" not in text, "neither late nor due nor new"
    assert text.count("http") == 1, "one link"


def test_nothing_of_a_person_is_in_it(cast):
    with cast.acting("denise", at=MONDAY - timedelta(days=10)) as denise:
        file = take_in(denise, told("Rosaura", "Quetzalcalli"))
    text = to("denise", TUESDAY)
    assert "1 late" in text
    for marker in ("Rosaura", "Quetzalcalli", file.code, "WRK-TRN", "Job training", "555-0123"):
        assert marker not in text


def test_it_speaks_the_readers_language(cast):
    owe(cast, "denise", "call", local(23, 17))
    with clock.at(MONDAY), scoping.acting_as(system_actor(cast.members["denise"].organization_id)):
        ContactPoint.objects.filter(pk=cast.members["denise"].mail_id).update(language="es")
    text = to("denise", TUESDAY)
    assert "atrasad" in text and "late" not in text


def test_what_waits_for_somebody_else_is_told_when_it_is_late(cast):
    owe(cast, "denise", "await_answer", local(25, 17))
    assert to("denise", TUESDAY) == "" and to("denise", WEDNESDAY) == ""
    assert "A referral of yours without an answer: 1" in to("denise", local(30, 8))


def test_what_somebody_set_for_themself_is_no_news(cast):
    owe(cast, "denise", "meet", local(27, 17), by="denise")
    assert to("denise", TUESDAY) == ""


def test_nothing_needed_no_mail(cast):
    assert morning(TUESDAY) == 0
    assert not Message.objects.filter(notice="network.digest").exists()


def test_whoever_leads_the_queue_hears_of_it(cast):
    with cast.acting("marcus") as marcus:
        duties.open_duty(
            owner=Owner(marcus.organization_id, queue_id=cast.queues["eastgate"].pk),
            kind="answer_referral", due_at=local(24, 17), by=marcus.actor,
        )  # fmt: skip
    morning(TUESDAY)
    assert [each.to[0] for each in mail.outbox] == ["marcus@eastgate.example"]


def test_a_role_is_told_what_it_sees(cast):
    """A peer mentor sees no referrals on Today either."""
    with cast.acting("marcus") as marcus:
        tavo = cast.members["tavo"]
        duties.open_duty(
            owner=Owner(tavo.organization_id, membership_id=tavo.pk), kind="first_contact",
            due_at=local(24, 17), by=marcus.actor, subject=("referral", 1),
        )  # fmt: skip
    assert to("tavo", TUESDAY) == ""
    owe(cast, "tavo", "call", local(24, 17))
    with clock.at(TUESDAY):
        Digest.objects.update(day=date(2026, 11, 23))
    assert "1 due today" in to("tavo", TUESDAY)


def test_whoever_is_away_gets_none_and_the_cover_gets_theirs(cast):
    owe(cast, "denise", "call", local(24, 17))
    with cast.acting("denise") as denise:
        absence.say_away(
            membership=denise.membership, from_day=date(2026, 11, 23), until_day=date(2026, 11, 25),
            cover=cast.members["marcus"], by=denise.actor,
        )  # fmt: skip
    morning(TUESDAY)
    assert [each.to[0] for each in mail.outbox] == ["marcus@eastgate.example"]


# --- News ---------------------------------------------------------------------------------------------------------


def test_news_is_told_once_together_and_then_is_told(cast):
    first, second = news(cast, "denise"), news(cast, "denise")
    text = to("denise", TUESDAY)
    assert "2 to read" in text and "2 answers about referrals of yours" in text
    for message in (first, second):
        message.refresh_from_db()
        assert (message.state, message.sent_at) == ("sent", TUESDAY)
    assert to("denise", WEDNESDAY) == ""


def test_what_its_duty_tells_is_not_told_twice(cast):
    asked = news(cast, "denise", notices.QuestionAsked)
    owe(cast, "denise", "answer_question", local(25, 17))
    text = to("denise", TUESDAY)
    assert "Answer a question: 1" in text and "to read" not in text
    asked.refresh_from_db()
    assert asked.state == "sent"


def test_news_that_came_while_the_mail_was_down_is_told_too(cast, monkeypatch):
    owe(cast, "denise", "call", local(24, 17))
    with clock.at(TUESDAY):
        assert digest_days.decide_all(cast.members["denise"].organization_id) == 1
    late = news(cast, "denise", at=TUESDAY)
    with clock.at(TUESDAY + timedelta(hours=1)):
        messages.deliver(Message.objects.get(notice="network.digest").pk)
    assert "1 to read" in mail.outbox[-1].body
    late.refresh_from_db()
    assert late.state == "sent"


# --- Whose day, and when ------------------------------------------------------------------------------------------


def test_two_sweeps_and_a_restart_make_one(cast):
    owe(cast, "denise", "call", local(30, 17))
    assert [morning(TUESDAY + timedelta(minutes=n)) for n in (0, 1, 2, 60)] == [1, 0, 0, 0]


def test_what_begins_later_in_the_day_waits_for_tomorrow(cast):
    assert morning(TUESDAY) == 0
    owe(cast, "denise", "call", local(24, 17), opened=TUESDAY + timedelta(hours=1))
    assert morning(TUESDAY + timedelta(hours=2)) == 0
    assert "1 late" in to("denise", WEDNESDAY)


@pytest.mark.parametrize(
    "at", [local(24, 7, 59), local(24, 17), local(24, 21), local(26, 9), local(28, 9), local(29, 9)]
)
def test_not_before_the_morning_nor_after_the_offices_close_nor_on_closed_days(cast, at):
    owe(cast, "denise", "call", local(23, 17))
    assert morning(at) == 0
    assert not Digest.objects.exists()


def test_a_worker_down_for_three_days_then_up_sends_one_of_today(cast):
    owe(cast, "denise", "call", local(12, 17, month=1, year=2027), opened=local(4, 9, month=1, year=2027))
    assert "1 new" in to("denise", local(5, 8, month=1, year=2027))
    owe(cast, "denise", "meet", local(14, 17, month=1, year=2027), opened=local(5, 15, month=1, year=2027))
    text = to("denise", local(8, 14, 30, month=1, year=2027))
    assert "Fri, Jan 8" in text and "Meet someone: 1" in text, "new since the last one, days ago"
    assert morning(local(8, 15, month=1, year=2027)) == 0
    assert Message.objects.filter(notice="network.digest").count() == 2


def test_a_digest_whose_day_has_passed_is_not_sent(cast):
    owe(cast, "denise", "call", local(24, 17))
    with clock.at(TUESDAY):
        digest_days.decide_all(cast.members["denise"].organization_id)
    old = Message.objects.get(notice="network.digest")
    for at in (local(24, 17), local(24, 20, 5), WEDNESDAY):
        Message.objects.filter(pk=old.pk).update(state="queued")
        with clock.at(at):
            messages.deliver(old.pk)
        old.refresh_from_db()
        assert old.state == "stopped", at
    assert mail.outbox == []
    assert "1 late" in to("denise", WEDNESDAY), "that day has its own"


def test_what_was_seen_to_before_it_went_out_is_not_told(cast):
    duty = owe(cast, "denise", "call", local(24, 17))
    with clock.at(TUESDAY):
        digest_days.decide_all(cast.members["denise"].organization_id)
    with cast.acting("denise", at=TUESDAY) as denise:
        duties.close(Duty.objects.filter(pk=duty.pk), how=Duty.Closed.DONE, by=denise.actor)
    with clock.at(TUESDAY):
        messages.deliver(Message.objects.get(notice="network.digest").pk)
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("before", "on"),
    [(local(12, 8, month=3, year=2027), local(15, 8, month=3, year=2027)), (local(30, 8, month=10), local(2, 8))],
)  # fmt: skip
def test_over_the_days_on_which_the_clocks_change_each_day_has_one(cast, before, on):
    owe(cast, "denise", "call", before - timedelta(days=1), opened=before - timedelta(days=2))
    assert morning(before - timedelta(minutes=1)) == 0 and morning(before) == 1
    assert on - before != timedelta(days=3) or on.utcoffset() != before.utcoffset()
    assert morning(on - timedelta(minutes=1)) == 0 and morning(on) == 1
    assert morning(on + timedelta(hours=1)) == 0


def test_a_clock_set_back_sends_none_twice(cast):
    owe(cast, "denise", "call", local(20, 17), opened=MONDAY - timedelta(days=5))
    assert morning(WEDNESDAY) == 1
    assert morning(TUESDAY) == 0
    assert morning(WEDNESDAY + timedelta(hours=1)) == 0


def test_whoever_no_longer_works_there_gets_none(cast):
    news(cast, "denise")
    with clock.at(TUESDAY):
        digest_days.decide_all(cast.members["denise"].organization_id)
    with cast.acting("marcus", at=TUESDAY) as marcus:
        actions.close_membership(membership=cast.members["denise"], by=marcus.actor)
    with clock.at(TUESDAY):
        messages.deliver(Message.objects.get(notice="network.digest").pk)
    assert mail.outbox == [] and to("denise", WEDNESDAY) == ""


def test_where_no_mail_reaches_somebody_whoever_leads_hears_of_it_once(cast):
    owe(cast, "denise", "call", local(20, 17), opened=MONDAY - timedelta(days=5))
    for at in (TUESDAY, WEDNESDAY):
        with clock.at(at):
            digest_days.decide_all(cast.members["denise"].organization_id)
            messages.note_failure(Message.objects.filter(notice="network.digest").latest("id").pk, last=True)
    with cast.acting("marcus", at=WEDNESDAY):
        (duty,) = Duty.objects.filter(kind="staff_mail_failed", closed_at=None)
        assert duty.queue_id == cast.queues["eastgate"].pk
        assert (duty.subject_kind, duty.subject_id) == ("membership", cast.members["denise"].pk)
    assert "1 late" in to("denise", local(30, 8))
    with cast.acting("marcus", at=local(30, 9)):
        assert Duty.objects.get(pk=duty.pk).closed_how == "done", "a mail reached her"


def test_nobody_is_asked_about_the_mails_of_whoever_has_left(cast):
    owe(cast, "denise", "call", local(20, 17), opened=MONDAY - timedelta(days=5))
    with clock.at(TUESDAY):
        digest_days.decide_all(cast.members["denise"].organization_id)
        messages.note_failure(Message.objects.get(notice="network.digest").pk, last=True)
    with cast.acting("marcus", at=TUESDAY) as marcus:
        actions.close_membership(membership=cast.members["denise"], by=marcus.actor)
        assert not Duty.objects.filter(kind="staff_mail_failed", closed_at=None).exists()


# --- How somebody wants it ----------------------------------------------------------------------------------------


def choose(c, who: str, digest: str, at: datetime = MONDAY) -> bool:
    with c.acting(who, at=at) as member:
        return digests.choose(membership=member.membership, digest=digest, by=member.actor)


@pytest.mark.parametrize(
    ("choice", "on_a_new_day", "on_a_late_day"),
    [(Choice.DAILY, True, True), (Choice.PRESSING, False, True), (Choice.DUTIES, False, True)],
)
def test_a_choice_never_silences_what_is_late_or_due(cast, choice, on_a_new_day, on_a_late_day):
    choose(cast, "denise", choice)
    owe(cast, "denise", "call", local(25, 17))
    assert bool(to("denise", TUESDAY)) == on_a_new_day
    assert "1 due today" in to("denise", WEDNESDAY)
    assert ("1 late" in to("denise", local(30, 8))) == on_a_late_day


@pytest.mark.parametrize(("choice", "told_of_it"), [(Choice.PRESSING, True), (Choice.DUTIES, False)])
def test_who_wants_no_news_reads_it_on_today_alone(cast, choice, told_of_it):
    choose(cast, "denise", choice)
    message = news(cast, "denise")
    owe(cast, "denise", "call", local(24, 17))
    assert ("to read" in to("denise", TUESDAY)) == told_of_it
    message.refresh_from_db()
    assert message.state == "sent"


def test_news_of_a_day_without_a_digest_is_let_go(cast):
    choose(cast, "denise", Choice.PRESSING)
    message = news(cast, "denise")
    assert to("denise", TUESDAY) == ""
    message.refresh_from_db()
    assert message.state == "stopped"


def test_it_is_chosen_by_themself_alone_and_kept(cast):
    assert choose(cast, "denise", Choice.PRESSING)
    assert not choose(cast, "denise", Choice.PRESSING), "the same again is no choice"
    assert choose(cast, "denise", Choice.DAILY, at=TUESDAY)
    with cast.acting("denise", at=TUESDAY) as denise:
        assert [each.digest for each in digests.choices_of(denise.membership)] == ["daily", "pressing"]
        with pytest.raises(BadValue):
            digests.choose(membership=denise.membership, digest="never", by=denise.actor)
    with cast.acting("marcus") as marcus, pytest.raises(NotAllowed):
        digests.choose(membership=cast.members["denise"], digest=Choice.DUTIES, by=marcus.actor)


@pytest.mark.parametrize("stranger", ["marcus", "adam", "ines", "luz"])
def test_nobody_else_reads_what_somebody_chose(cast, stranger):
    choose(cast, "denise", Choice.PRESSING)
    with cast.acting(stranger):
        assert not MailChoice.objects.exists()


# --- Kinds --------------------------------------------------------------------------------------------------------


def test_each_kind_of_duty_has_its_words_and_waits_where_today_says_so():
    on_today = {code.partition(":")[0] for code in KINDS} - {"unknown"}
    named = duties.named_kinds()
    assert on_today == set(named)
    assert {code for code in KINDS if KINDS[code].waits and ":" not in code} == {
        code for code, kind in named.items() if kind.waits
    }


# --- Through the queue --------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_through_the_real_queue_each_member_gets_one(settings, the_cast):
    c = the_cast
    owe(c, "denise", "call", local(24, 17))
    owe(c, "ines", "call", local(24, 17), by="paul")
    with mail_server(settings) as box:
        for minutes in (0, 0, 1):
            sweep_digests.defer()
            run_jobs(at=TUESDAY + timedelta(minutes=minutes))
    assert sorted(each["To"] for each in box.received) == ["denise@eastgate.example", "ines@harbor.example"]
