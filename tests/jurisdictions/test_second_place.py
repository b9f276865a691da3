"""The whole loop in a second place, from a file of its own: nothing of the first one is written anywhere else."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.db import connection

from tests import cast
from tests.cast import MONDAY
from tests.database import ROOT
from warmhandoff.custody.reading import custody_of
from warmhandoff.foundation import clock, messages, scoping
from warmhandoff.foundation.actors import link_actor
from warmhandoff.foundation.models import Message, Timer
from warmhandoff.jurisdictions.place import HERE, PlaceError, current_place, load
from warmhandoff.referrals import actions
from warmhandoff.referrals.models import AnswerLink, Referral

FOLDER = Path(__file__).parent / "places"


@pytest.fixture
def tidewater(settings):
    settings.PLACE, settings.PLACES_DIR = "tidewater", FOLDER
    return current_place()


def test_it_is_read_from_its_own_file(tidewater):
    assert (tidewater.name, tidewater.languages, tidewater.zone.key) == (
        "Tidewater",
        ("en",),
        "Pacific/Auckland",
    )
    assert tidewater.area("bay").en == "The Bay" and tidewater.area("south") is None
    assert load("los_angeles") is not tidewater and load("los_angeles").name == "Los Angeles County"


@pytest.mark.django_db
def test_the_loop_runs_by_its_calendar_and_under_its_names(tidewater):
    """Monday, 10:40 in Los Angeles is Tuesday, 7:40 there; Wednesday is its Founders' Day; Thanksgiving is not."""
    c = cast.network()
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        assert there(custody_of(file.person_id).next_step.due_at) == "Thu 2026-11-26 16:30"
        referral = cast.refer(file, c.services["solar"], denise)
        assert there(referral.answer_due_at) == "Mon 2026-11-30 16:30"
    expires = Timer.objects.get(step="answer_expires")
    assert there(expires.due_at) == "Mon 2026-12-07 16:30"
    with clock.at(MONDAY):  # where mails go out from 7:30 on
        messages.deliver(Message.objects.get(notice="referrals.received").pk)
    link = AnswerLink.objects.get()
    actor = link_actor(link.pk, link.organization_id)
    with clock.at(MONDAY), scoping.acting_as(actor, classes=("contact", "needs", "narrative")):
        accepted = actions.accept(
            referral=Referral.objects.get(pk=referral.pk), reply=actions.Reply("Jo"), by=actor
        )
        assert there(accepted.contact_due_at) == "Fri 2026-11-27 16:30"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    (sent,) = mail.outbox
    assert "Tidewater Handoff" in sent.from_email and "Los Angeles" not in sent.message().as_string()
    assert "Warm Handoff <" not in sent.from_email


def there(moment: datetime) -> str:
    return current_place().local(moment).strftime("%a %Y-%m-%d %H:%M")


def test_its_daylight_saving_time_is_its_own(tidewater):
    """Clocks there go back on Sunday, April 4, 2027."""
    before = tidewater.end_of(datetime(2027, 4, 2, tzinfo=UTC).date())
    after = tidewater.end_of(datetime(2027, 4, 5, tzinfo=UTC).date())
    assert after - before == timedelta(days=3, hours=1)


def test_no_places_name_is_in_the_code():
    names = re.compile(r"los.angeles|california|america/", re.IGNORECASE)
    allowed = {"warmhandoff/web/site/settings.py"}  # which place serves where nobody says
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "warmhandoff").rglob("*.py")
        if names.search(path.read_text("utf-8")) and str(path.relative_to(ROOT)) not in allowed
    ]
    assert found == []


# --- A file that is wrong -----------------------------------------------------------------------------------------


def test_a_place_that_is_not_there_names_those_that_are(tmp_path):
    with pytest.raises(PlaceError, match="los_angeles"):
        load("atlantis", HERE)


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ('time_zone = "Pacific/Auckland"', 'time_zone = "Pacific/Atlantis"', "Atlantis"),
        ('name = "Tidewater"', "name = ", "not valid TOML"),
        ('network = "Tidewater Handoff"', "", "network"),
        ('closes = "16:30"', 'closes = "half past four"', "half past four"),
        ("disposition = 4", "", "disposition"),
        ("disposition = 4", "disposition = 0", "disposition"),
        ("disposition = 4", "disposition = 40", "disposition"),
        ("disposition = 4", 'disposition = "4"', "disposition"),
        ("on = 2026-11-25", "", "on"),
        ("calendar_until = 2027-12-31", "", "calendar_until"),
    ],
)
def test_a_file_that_is_wrong_is_named_with_what_is_wrong(tmp_path, old, new, names):
    text = (FOLDER / "tidewater.toml").read_text()
    assert old in text
    (tmp_path / "tidewater.toml").write_text(text.replace(old, new, 1))
    with pytest.raises(PlaceError, match=names) as refused:
        load("tidewater", tmp_path)
    assert "tidewater.toml" in str(refused.value)
