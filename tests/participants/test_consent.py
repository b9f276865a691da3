"""Consent: recorded as it was given or refused, shared no further than it goes, taken back at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests import cast
from tests.cast import MONDAY
from tests.standing import leaves_nothing
from warmhandoff.foundation.errors import BadValue
from warmhandoff.participants import actions, reading
from warmhandoff.participants.actions import Asked
from warmhandoff.participants.models import Consent, FileEvent, Share


@pytest.fixture
def rosa(c):
    with c.acting("denise") as denise:
        return cast.take_in(denise)


def asked(c, **more):
    values = {
        "recipients": [c.organizations["sunrow"].pk], "parts": ["name", "need"], "data_classes": ["needs", "contact"]
    }  # fmt: skip
    return Asked(**values | more)


def test_what_was_said_how_in_which_words_and_until_when(c, rosa):
    with c.acting("denise") as denise:
        consent = actions.record_consent(
            file=rosa, asked=asked(c, language="es", how="paper"), by=denise.actor
        )
        assert (consent.given_at, consent.expires_at) == (MONDAY, MONDAY + timedelta(days=180))
        assert (consent.data_classes, consent.language, consent.how) == (["contact", "needs"], "es", "paper")
        assert (
            consent.form_version == reading.consent_text("es").version == reading.consent_text("en").version
        )
        assert FileEvent.objects.filter(kind="consent_given", subject_id=consent.pk).count() == 1
        assert consent.is_live(MONDAY + timedelta(days=179)) and not consent.is_live(
            MONDAY + timedelta(days=180)
        )


def test_a_no_is_kept_and_shares_nothing(c, rosa):
    with c.acting("denise") as denise:
        refused = actions.record_consent(
            file=rosa, asked=asked(c, refused=True, recipients=[], parts=[], data_classes=[]), by=denise.actor
        )
        assert not refused.is_live(MONDAY) and FileEvent.objects.filter(kind="consent_refused").exists()
        with pytest.raises(actions.ConsentMissing):
            share(c, refused)
        assert actions.revoke_consent(consent=refused, by=denise.actor) == 0


def test_a_spoken_one_needs_a_witness(c, rosa):
    with c.acting("denise") as denise:
        with pytest.raises(BadValue, match="witness"):
            actions.record_consent(file=rosa, asked=asked(c, how="spoken"), by=denise.actor)
        heard = asked(c, how="spoken", witness_id=c.members["marcus"].pk)
        assert actions.record_consent(file=rosa, asked=heard, by=denise.actor).witness == c.members["marcus"]


@pytest.mark.parametrize("more", [{"recipients": []}, {"data_classes": []}, {"days": 0}, {"days": -3}])
def test_a_yes_names_whom_what_and_until_when(c, rosa, more):
    with c.acting("denise") as denise:
        with pytest.raises((IntegrityError, BadValue)), transaction.atomic():
            actions.record_consent(file=rosa, asked=asked(c, **more), by=denise.actor)
        assert not Consent.objects.exists()


def share(c, consent, recipient="sunrow", classes=("contact",)):
    return actions.share(
        consent=consent, recipient_id=c.organizations[recipient].pk, classes=classes, about=("referral", 1)
    )


def test_it_covers_whom_and_what_it_names_while_it_lasts(c, rosa):
    with c.acting("denise") as denise:
        consent = actions.record_consent(file=rosa, asked=asked(c), by=denise.actor)
        (one,) = share(c, consent)
        assert (one.basis, one.until, one.data_class) == ("consent", consent.expires_at, "contact")
        assert list(reading.live_shares(rosa)) == [one]
        with pytest.raises(actions.ConsentMissing):
            share(c, consent, recipient="harbor")
        with pytest.raises(actions.ConsentMissing, match="narrative"):
            share(c, consent, classes=("contact", "narrative"))
    with c.acting("denise", consent.expires_at):
        assert not reading.live_shares(rosa).exists()
        with pytest.raises(actions.ConsentMissing):
            share(c, consent)


def test_taken_back_it_shares_nothing_from_that_second(c, rosa):
    with c.acting("denise") as denise:
        consent = actions.record_consent(file=rosa, asked=asked(c), by=denise.actor)
        share(c, consent, classes=("contact", "needs"))
        assert actions.revoke_consent(consent=consent, by=denise.actor) == 2
        assert actions.revoke_consent(consent=consent, by=denise.actor) == 0
        assert not reading.live_shares(rosa).exists()
        assert set(Share.objects.values_list("revoked_at", flat=True)) == {MONDAY}
        with pytest.raises(actions.ConsentMissing):
            share(c, Consent.objects.get(pk=consent.pk))
        assert FileEvent.objects.filter(kind="consent_revoked").count() == 1


def test_a_failure_leaves_it_as_it_was(c, rosa):
    with c.acting("denise") as denise:
        consent = actions.record_consent(file=rosa, asked=asked(c), by=denise.actor)
        share(c, consent)

    def gives():
        with c.acting("denise") as denise:
            actions.record_consent(file=rosa, asked=asked(c), by=denise.actor)

    def takes_back():
        with c.acting("denise") as denise:
            actions.revoke_consent(consent=consent, by=denise.actor)

    leaves_nothing(c, gives)
    leaves_nothing(c, takes_back)
