"""What the receiver says goes to whoever holds the person now, or covers for them; not to who sent it then."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from tests.cast import MONDAY
from tests.web.desk import Desk
from warmhandoff.custody import actions as custody
from warmhandoff.custody import moves
from warmhandoff.custody.models import Handover
from warmhandoff.foundation.models import ContactPoint, Message
from warmhandoff.network import absence
from warmhandoff.network import actions as network
from warmhandoff.network.models import User
from warmhandoff.network.reading import today
from warmhandoff.network.roles import Role
from warmhandoff.participants.models import Participant
from warmhandoff.referrals import actions
from warmhandoff.referrals.models import Referral
from warmhandoff.referrals.reading import who_answers

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora(c):
    user = User.objects.create_user("nora@eastgate.example", "Nora Ibáñez")
    with c.acting("marcus") as marcus:
        c.members["nora"] = network.add_member(
            user=user, organization=c.organizations["eastgate"], role=Role.CASE_MANAGER, by=marcus.actor
        )
    return c.members["nora"]


def given(c, rosa, to):
    with c.acting("marcus") as marcus:
        custody.assign(person_id=rosa.person_id, to=to, by=marcus.actor)


def away(c, who, cover):
    with c.acting(who) as member:
        absence.say_away(
            membership=member.membership, from_day=today(), until_day=today() + timedelta(days=4),
            cover=c.members[cover], by=member.actor,
        )  # fmt: skip


def told_of(c, referral) -> list[str]:
    """Whose mailboxes hear of it, newest last."""
    found = Message.objects.filter(subject_kind="referral", subject_id=referral.pk).order_by("id")
    return [ContactPoint.objects.get(pk=each.contact_point_id).value for each in found]


def answers(c, referral, who="vera"):
    with c.acting(who):
        return who_answers(Referral.objects.select_related("sender", "sender_membership").get(pk=referral.pk))


def mail_of(c, who) -> str:
    return c.members[who].user.email


def test_a_yes_goes_to_who_holds_them_now(c, asked, do, rosa, nora):
    given(c, rosa, nora)
    do("vera", actions.accept, asked, reply=actions.Reply("Vera"))
    assert answers(c, asked) == nora
    with c.acting("nora"):
        assert told_of(c, asked)[-1] == mail_of(c, "nora")


def test_a_question_goes_to_the_cover(c, asked, do, nora):
    away(c, "denise", "nora")
    do("vera", actions.ask, asked, text="When can they start?")
    assert answers(c, asked) == nora
    with c.acting("nora"):
        assert told_of(c, asked)[-1] == mail_of(c, "nora")


def test_of_somebody_in_the_queue_it_goes_to_its_lead(c, asked, do, rosa):
    given(c, rosa, c.queues["eastgate"])
    do("vera", actions.decline, asked, reason="full", detail="full_open")
    assert answers(c, asked) == c.members["marcus"]


def test_and_while_the_lead_is_away_to_their_cover(c, asked, rosa, nora):
    given(c, rosa, c.queues["eastgate"])
    away(c, "marcus", "nora")
    assert answers(c, asked) == nora


def test_a_transfer_that_was_accepted_is_told_to_who_offered_it(c, offered, do):
    """Nobody of ours holds them any more."""
    do("vera", actions.accept, offered, reply=actions.Reply("Vera"))
    assert answers(c, offered) == c.members["denise"]


def test_by_mail_too(c, mailed, rosa, nora):
    given(c, rosa, nora)
    with c.acting("nora"):
        assert who_answers(Referral.objects.get(pk=mailed.pk)) == nora


def test_a_stranger_learns_nobody(c, mailed, rosa):
    """The function answers the two sides alone."""
    with c.acting("ines"), connection.cursor() as cursor:
        cursor.execute("SELECT wh_referral_told(%s)", [mailed.pk])
        assert cursor.fetchone()[0] is None


def test_news_follows_too(c, asked, do, rosa, nora, settings):
    settings.DEMO = True
    given(c, rosa, nora)
    do("vera", actions.accept, asked, reply=actions.Reply("Vera"))
    assert "Valley Trades said yes" in Desk(c, "nora").get("/today/")
    assert "Valley Trades said yes" not in Desk(c, "denise").get("/today/")


def test_the_cover_reads_the_news(c, asked, do, nora, settings):
    settings.DEMO = True
    away(c, "denise", "nora")
    do("vera", actions.accept, asked, reply=actions.Reply("Vera"))
    assert "Valley Trades said yes" in Desk(c, "nora").get("/today/")
    assert "Valley Trades said yes" in Desk(c, "denise").get("/today/"), "she still holds them"
    desk = Desk(c, "nora")
    desk.at = MONDAY + timedelta(days=5)
    assert "Valley Trades said yes" not in desk.get("/today/")


def test_the_answer_to_a_question_about_a_person_goes_to_the_cover(c, asked, do, rosa, nora):
    """Valley asks to take Rosa over; its Vera goes away; the no goes to whoever covers her."""
    do("vera", actions.accept, asked, reply=actions.Reply("Vera"))
    user = User.objects.create_user("val@valley.example", "Val Ruiz")
    with c.acting("vera") as vera:
        c.members["val"] = network.add_member(
            user=user, organization=c.organizations["valley"], role=Role.LEAD, by=vera.actor
        )
        served = Participant.objects.get(person_id=rosa.person_id, organization_id=vera.organization_id)
        party = moves.request(
            file=served, asked=c.organizations["eastgate"], by=vera.actor, membership=vera.membership
        )
    away(c, "vera", "val")
    with c.acting("denise") as denise:
        moves.refuse(
            handover=Handover.objects.get(pk=party.handover_id), reason="goes_on_here", by=denise.actor
        )
    with c.acting("val"):
        newest = Message.objects.filter(subject_kind="handover").latest("id")
        assert ContactPoint.objects.get(pk=newest.contact_point_id).value == "val@valley.example"
