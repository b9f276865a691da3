"""When a mail that can wait goes out: from 8 to 8 on business days where the place is, and not in its reader's quiet hours."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from tests.jurisdictions.test_second_place import FOLDER
from warmhandoff.jurisdictions.place import PlaceError, load

PLACE = load("los_angeles")
NIGHT = (time(21), time(9))


def local(day: int, hour: int, minute: int = 0, *, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=PLACE.zone)


@pytest.mark.parametrize(
    ("queued", "goes_out"),
    [
        (local(23, 10, 40), local(23, 10, 40)),  # Monday
        (local(23, 8), local(23, 8)),
        (local(23, 7, 59), local(23, 8)),
        (local(23, 19, 59), local(23, 19, 59)),
        (local(23, 20), local(24, 8)),
        (local(24, 2), local(24, 8)),
        (local(20, 21), local(23, 8)),  # Friday evening
        (local(21, 12), local(23, 8)),  # Saturday
        (local(25, 22), local(30, 8)),  # before Thanksgiving and the day after
        (local(31, 23, month=10), local(2, 8)),  # over the night on which the clocks go back
        (
            local(12, 20, 30, month=3, year=2027),
            local(15, 8, month=3, year=2027),
        ),  # and on which they go forward
    ],
)
def test_in_the_hours_of_mails(queued, goes_out):
    assert PLACE.mails_go_out(queued) == goes_out
    assert PLACE.mails_go_out(goes_out) == goes_out, "and then at once"


def test_what_is_about_this_very_day_goes_out_on_closed_days_too():
    assert PLACE.mails_go_out(local(22, 12), on_closed_days=True) == local(22, 12)
    assert PLACE.mails_go_out(local(22, 21), on_closed_days=True) == local(23, 8)


@pytest.mark.parametrize(
    ("quiet", "queued", "goes_out"),
    [
        (NIGHT, local(23, 8, 30), local(23, 9)),
        (NIGHT, local(23, 21), local(24, 9)),
        ((time(12), time(13, 30)), local(23, 12, 10), local(23, 13, 30)),
        ((time(12), time(13, 30)), local(23, 11), local(23, 11)),
        ((time(17), time(23)), local(23, 18), local(24, 8)),
        # Whoever sleeps by day: their own hours alone.
        ((time(7), time(20, 30)), local(23, 10), local(23, 20, 30)),
    ],
)
def test_not_in_their_own_quiet_hours(quiet, queued, goes_out):
    assert PLACE.mails_go_out(queued, quiet=quiet) == goes_out


def test_each_moment_of_a_year_leads_to_one_in_the_hours():
    moment = local(1, 0, month=1)
    while moment.year == 2026:
        at = PLACE.local(PLACE.mails_go_out(moment))
        assert at >= moment and PLACE.is_business_day(at.date()) and time(8) <= at.time() < time(20), moment
        moment += timedelta(hours=5, minutes=37)


@pytest.mark.parametrize(("old", "new"), [('end = "19:00"', 'end = "07:00"'), ("[mail_hours]", "[hours]")])
def test_a_place_without_hours_is_refused(tmp_path, old, new):
    text = (FOLDER / "tidewater.toml").read_text()
    assert old in text
    (tmp_path / "tidewater.toml").write_text(text.replace(old, new, 1))
    with pytest.raises(PlaceError, match="mail_hours"):
        load("tidewater", tmp_path)
