"""Asking a service: the sender goes on holding, the receiver is told nothing that names anybody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import cast
from tests.cast import MONDAY
from tests.standing import everything, leaves_nothing
from warmhandoff.custody import actions as custody
from warmhandoff.custody.models import Handover
from warmhandoff.custody.reading import custody_of, duties_for
from warmhandoff.directory.models import Service
from warmhandoff.foundation.errors import NotYours
from warmhandoff.foundation.models import Message, Timer
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Organization
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Contact, Narrative, Need, Participant, Person, Share
from warmhandoff.referrals import actions
from warmhandoff.referrals.models import AnswerLink, Referral, ReferralEvent, ReferralParty
from warmhandoff.referrals.protocol import CLIMBED_IN


def send(c, member, file, service="solar", consent=None, **more):
    asked = service
    if isinstance(service, str):
        asked = Service.objects.select_related("organization").get(pk=c.services[service].pk)
    need = more.get("need") or Need.objects.get(file=file, code=asked.service_code, closed_on=None)
    values = {
        "file": file, "service": asked, "need": need, "by": member.actor, "membership": member.membership,
        "consent": consent or cast.consent(file, asked, member),
    }  # fmt: skip
    return actions.send(**values | more)


def test_the_sender_waits_and_goes_on_holding(c, rosa):
    with c.acting("denise") as denise:
        referral = send(c, denise, rosa)
        place = current_place()
        assert (referral.state, referral.answer_due_at) == ("sent", place.deadline("answer", MONDAY))
        assert custody_of(rosa.person_id).membership == denise.membership
        (waiting,) = duties_for(denise.membership)
        assert (waiting.kind, waiting.due_at, waiting.holds_release) == (
            "await_answer",
            referral.answer_due_at,
            True,
        )
        assert ReferralEvent.objects.get(referral=referral).kind == "sent"
        ladder = Timer.objects.filter(subject_kind="referral", subject_id=referral.pk)
        assert {t.step: t.due_at for t in ladder} == {
            rung.step: place.deadline(rung.after, MONDAY) for rung in CLIMBED_IN["sent"]
        }


def test_the_mailbox_gets_a_link_and_the_receiver_sees_codes_alone(c, rosa):
    with c.acting("denise") as denise:
        referral = send(c, denise, rosa)
        link = AnswerLink.objects.get(referral=referral)
        message = Message.objects.get(notice="referrals.received")
        assert (message.contact_point_id, message.subject_id) == (c.services["solar"].mailbox_id, link.pk)
    with c.pressing(referral) as (_, seen):
        assert (seen.need_code, seen.language, seen.area) == ("WRK-TRN", "es", "south")
        for model in (Participant, Contact, Person, Need, Narrative, Share):
            assert not model.objects.exists(), model
        assert ReferralParty.objects.get().side == "receiver"


def test_where_someone_signs_in_they_owe_the_answer(c, rosa):
    with c.acting("denise") as denise:
        referral = send(c, denise, rosa, "carpentry")
    with c.acting("vera") as vera:
        (duty,) = duties_for(vera.membership)
        assert (duty.kind, duty.due_at, duty.subject_id) == (
            "answer_referral",
            referral.answer_due_at,
            referral.pk,
        )
        assert duty.person_id is None, "whom it is about isn't theirs to know yet"


def test_a_note_stands_with_the_sender_until_they_say_yes(c, rosa):
    with c.acting("denise") as denise:
        agreed = cast.consent(rosa, c.services["carpentry"], denise, parts=("name", "need", "note"))
        referral = send(c, denise, rosa, "carpentry", consent=agreed, note="Afraid of heights.")
        assert Narrative.objects.get(about_id=referral.pk).text == "Afraid of heights."
        silent = cast.take_in(denise, cast.told("Ana"))
        unasked = send(c, denise, silent, "carpentry", note="Not agreed to.")
        assert not Narrative.objects.filter(about_id=unasked.pk, about_kind="referral").exists()
    with c.acting("vera"):
        assert not Narrative.objects.exists()


def test_the_same_question_is_not_asked_twice(c, rosa):
    with c.acting("denise") as denise:
        send(c, denise, rosa)
        before = everything(c)
        with pytest.raises(actions.AlreadyAsked):
            send(c, denise, rosa, consent=rosa.consents.get())
        assert everything(c) == before


def test_whoever_took_them_over_knows_what_is_open_and_asks_no_place_twice(c, rosa, mailed, offered, do):
    do("vera", actions.accept, offered, reply=actions.Reply("Vera"))
    with c.acting("vera") as vera:
        theirs = Participant.objects.get(person_id=rosa.person_id, organization_id=vera.organization_id)
        with pytest.raises(actions.AlreadyAsked) as told:
            cast.refer(theirs, c.services["solar"], vera)
        assert told.value.facts["referral"] == mailed.code


def test_what_another_organization_asks_for_its_own_person_is_neither_refused_nor_told(c, rosa, mailed):
    """The same human, held as another person elsewhere: what is open there can't be learned by asking here."""
    with c.acting("ines") as ines:
        again = cast.take_in(ines, cast.told("Rosa", "Mendoza"))
        assert cast.refer(again, c.services["solar"], ines).state == "sent"


def consents(c, denise, rosa):
    """Consents that don't cover it, by why."""
    solar, housing = c.services["solar"], c.services["housing"]
    ana = cast.take_in(denise, cast.told("Ana"))
    record = participants.record_consent
    whole = {
        "recipients": [solar.organization_id],
        "parts": ["name", "need"],
        "data_classes": ["contact", "needs"],
    }
    yield "refused", record(file=rosa, asked=participants.Asked(**whole, refused=True), by=denise.actor)
    yield "someone else's", cast.consent(ana, solar, denise)
    yield (
        "for another organization",
        record(
            file=rosa,
            asked=participants.Asked(**whole | {"recipients": [housing.organization_id]}),
            by=denise.actor,
        ),
    )
    yield (
        "without the need's class",
        record(file=rosa, asked=participants.Asked(**whole | {"data_classes": ["contact"]}), by=denise.actor),
    )
    yield (
        "without the note's class",
        record(
            file=rosa,
            asked=participants.Asked(**whole | {"parts": ["name", "need", "note"]}),
            by=denise.actor,
        ),
    )
    revoked = cast.consent(rosa, solar, denise)
    participants.revoke_consent(consent=revoked, by=denise.actor)
    yield "taken back, the page was older", revoked


def test_not_without_a_consent_that_covers_it(c, rosa):
    with c.acting("denise") as denise:
        for why, consent in consents(c, denise, rosa):
            before = everything(c)
            with pytest.raises(participants.ConsentMissing):
                send(c, denise, rosa, consent=consent)
            assert everything(c) == before, why
        expiring = cast.consent(rosa, c.services["solar"], denise, days=1)
    with c.acting("denise", MONDAY + timedelta(days=1)) as denise, pytest.raises(participants.ConsentMissing):
        send(c, denise, rosa, consent=expiring)


def test_a_refusal_is_written_down_and_changes_nothing_else(c, rosa):
    with c.acting("denise") as denise:
        custody_before = custody_of(rosa.person_id)
        cast.consent(rosa, c.services["solar"], denise, refused=True)
        assert rosa.events.filter(kind="consent_refused").exists()
        assert custody_of(rosa.person_id) == custody_before and not Referral.objects.exists()


def test_only_of_ones_own_person_need_and_in_ones_own_name(c, rosa):
    with c.acting("denise") as denise:
        other = cast.take_in(denise, cast.told("Ana"))
        with pytest.raises(NotYours):
            send(c, denise, rosa, need=Need.objects.get(file=other))
        with pytest.raises(NotYours):
            send(c, denise, rosa, membership=c.members["ines"])
        consent = cast.consent(rosa, c.services["solar"], denise)
    with c.acting("ines") as ines, pytest.raises(custody.NotHeld):
        send(c, ines, rosa, consent=consent, need=Need(file=rosa, code="WRK-TRN"))
    with c.acting("denise") as denise:
        custody.release(person_id=rosa.person_id, reason="needs_met", by=denise.actor)
        with pytest.raises(custody.NotHeld):
            send(c, denise, rosa, consent=consent)


def test_not_to_one_who_can_not_be_asked(c, rosa):
    with c.acting("denise") as denise:
        agreed = cast.consent(rosa, c.services["solar"], denise)
        own = c.organizations["eastgate"]
        listed = Organization.objects.create(name="Listed Only", kinds=["cbo"], standing="listed")
        for change in ({"active": False}, {"mailbox": None}, {"organization": own}, {"organization": listed}):
            service = Service.objects.select_related("organization").get(pk=c.services["solar"].pk)
            for key, value in change.items():
                setattr(service, key, value)
            before = everything(c)
            with pytest.raises(actions.CannotReceive):
                send(c, denise, rosa, consent=agreed, service=service, need=Need.objects.get(file=rosa))
            assert everything(c) == before


def test_a_transfer_is_an_offer_to_a_queue_with_a_lead(c, rosa):
    with c.acting("denise") as denise:
        with pytest.raises(actions.CannotTransfer):
            send(c, denise, rosa, "solar", mode="transfer")
        referral = send(c, denise, rosa, "carpentry", mode="transfer")
        handover = Handover.objects.get()
        assert (handover.state, handover.to_queue, referral.handover) == (
            "offered",
            c.queues["valley"],
            handover,
        )
        assert custody_of(rosa.person_id).organization_id == denise.organization_id


def test_a_failure_leaves_nothing(c, rosa):
    def act():
        with c.acting("denise") as denise:
            send(c, denise, rosa, "carpentry", mode="transfer")

    assert leaves_nothing(c, act, every=3) >= 4
