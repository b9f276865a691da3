"""A share of free text is of one referral's note, never of the whole file; a number that was stopped isn't handed on."""

from __future__ import annotations

import pytest

from tests import cast
from tests.referrals.test_loop import as_link
from warmhandoff.foundation import clock
from warmhandoff.foundation.models import ContactPoint
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Narrative, Participant, Reach
from warmhandoff.referrals import actions
from warmhandoff.referrals.models import Referral

pytestmark = pytest.mark.django_db(transaction=True)


def referred_with_a_note():
    everyone = cast.network()
    with everyone.acting("denise") as denise:
        file = cast.take_in(denise)
        participants.write_down(file=file, about=("file", file.pk), text="Only for us.", by=denise.actor)
        parts = ("name", "reach", "need", "note")
        consent = cast.consent(file, everyone.services["solar"], denise, parts=parts)
        referral = cast.refer(
            file, everyone.services["solar"], denise, consent=consent, note="Free on weekdays."
        )
    return everyone, file, referral


def accept(referral):
    frozen, acting, actor = as_link(referral)
    with frozen, acting:
        actions.accept(referral=Referral.objects.get(pk=referral.pk), reply=actions.Reply("Jo"), by=actor)
        own = Participant.objects.get(person_id=referral.person_id, organization_id=referral.receiver_id)
        texts = set(Narrative.objects.values_list("text", flat=True))
        return texts, Reach.objects.filter(file=own).count()


def test_the_receiver_reads_the_referrals_note_and_no_other_of_the_file():
    _, _, referral = referred_with_a_note()
    texts, reached = accept(referral)
    assert texts == {"Free on weekdays."}
    assert reached == 1


def test_a_way_that_was_stopped_is_not_handed_on():
    everyone, file, referral = referred_with_a_note()
    with everyone.acting("denise"):
        point = Reach.objects.get(file=file).contact_point_id
        ContactPoint.objects.filter(pk=point).update(stopped_at=clock.now(), stopped_why="bounced")
    assert accept(referral)[1] == 0
