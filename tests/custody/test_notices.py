"""What whoever is asked, and whoever asked, read in their mail: no word about a person, and no name of a partner who has none yet."""

from __future__ import annotations

from datetime import date

import pytest

from tests import cast
from tests.cast import told
from warmhandoff.custody import moves
from warmhandoff.custody.models import Handover
from warmhandoff.custody.notices import HandoverAnswered, HandoverAsked
from warmhandoff.foundation import messages
from warmhandoff.foundation.models import ContactPoint, Message
from warmhandoff.participants import actions as participants
from warmhandoff.participants.identity import known_elsewhere
from warmhandoff.participants.models import Participant
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Referral

MARKERS = ("Rosaura", "Quetzalcalli", "555-0123", "WRK-TRN", "marker-note", "reentry")


@pytest.fixture
def asked(c):
    with c.acting("denise") as denise:
        file = cast.take_in(denise, told("Rosaura", "Quetzalcalli"))
        referral = cast.refer(file, c.services["carpentry"], denise)
    with c.acting("vera") as vera:
        referrals.accept(
            referral=Referral.objects.get(pk=referral.pk), reply=referrals.Reply("Vera"), by=vera.actor
        )
        served = Participant.objects.get(person_id=file.person_id, organization_id=vera.organization_id)
        return moves.request(
            file=served, asked=c.organizations["eastgate"], by=vera.actor, membership=vera.membership,
            note="marker-note",
        )  # fmt: skip


def mail(c, who, notice, handover_id, language):
    with c.acting(who) as member:
        message = Message(
            notice=notice.name, subject_kind="handover", subject_id=handover_id, message_id="<1@x.example>",
            organization_id=member.organization_id,
        )  # fmt: skip
        point = ContactPoint(channel="email", value="somebody@x.example", language=language)
        return messages.compose(messages.notice_of(message), point)[0]


@pytest.mark.parametrize("notice", [HandoverAsked, HandoverAnswered])
def test_in_both_languages_and_nothing_about_a_person(c, asked, notice):
    who = "denise" if notice is HandoverAsked else "vera"
    both = {language: mail(c, who, notice, asked.handover_id, language) for language in ("en", "es")}
    for each in both.values():
        html = each.alternatives[0].content
        for text in (each.subject, each.body, html):
            assert text.strip() and "{{" not in text
            assert not [marker for marker in MARKERS if marker in text]
        assert f"/people/moves/{asked.code}/" in each.body and f"/people/moves/{asked.code}/" in html
        assert len(each.subject) < 80
    assert both["en"].subject != both["es"].subject
    lines = {line for line in both["en"].body.splitlines() if " " in line.strip() and line != "Warm Handoff"}
    assert not lines & set(both["es"].body.splitlines())
    assert "You get this because" in both["en"].body and "Questions?" in both["en"].body


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("transfer", "offers to hand someone over"),
        ("request", "asks your organization to hand someone over"),
        ("working_link", "know the same person"),
    ],
)
def test_it_says_what_is_asked(c, asked, kind, says):
    party = HandoverAsked(
        Message(subject_id=asked.handover_id, organization_id=c.organizations["eastgate"].pk)
    )
    with c.acting("denise"):
        found = party.party()
        found.kind = kind
        party.party = lambda: found  # type: ignore[method-assign]
        context = party.context("en")
    from django.template import Context, Engine

    text = (
        Engine.get_default().get_template(f"{party.template}.text").render(Context(context, autoescape=False))
    )
    assert says in text and "Valley Trades" in text


def test_a_partner_who_has_no_name_yet_is_not_named_in_the_answer(c):
    phone = participants.Way("voice", "(323) 555-0177")
    for who in ("ines", "denise"):
        with c.acting(who) as member:
            file = cast.take_in(member, told("Guillermo", "Ríos", birth_date=date(1984, 11, 2)))
            participants.add_way(file=file, way=phone, by=member.actor)
    with c.acting("denise") as denise:
        participants.write_event(file, "look_allowed", by=denise.actor)
        assert known_elsewhere(file=file, by=denise.actor)
        party = moves.request_known(file=file, by=denise.actor, membership=denise.membership)
    with c.acting("ines") as ines:
        moves.refuse(handover=Handover.objects.get(), reason="not_the_same", by=ines.actor)
    for language in ("en", "es"):
        body = mail(c, "denise", HandoverAnswered, party.handover_id, language).body
        assert "Harbor" not in body
    assert "a partner" in mail(c, "denise", HandoverAnswered, party.handover_id, "en").body


def test_what_was_answered_meanwhile_is_asked_of_nobody(c, asked):
    with c.acting("denise") as denise:
        message = Message(subject_id=asked.handover_id, organization_id=denise.organization_id)
        assert HandoverAsked(message).still_wanted()
        moves.refuse(handover=Handover.objects.get(), reason="not_now", by=denise.actor)
        assert not HandoverAsked(message).still_wanted()
