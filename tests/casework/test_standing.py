"""The needs scale and what is ready for work."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cast import MONDAY
from tests.standing import leaves_nothing
from warmhandoff.casework.actions.standing import correct_rating, mark_ready, rate
from warmhandoff.casework.models import Rating, Ready
from warmhandoff.casework.reading.standing import checklist, ready_now, scale_of
from warmhandoff.foundation import terms
from warmhandoff.foundation.errors import BadValue, NotAllowed, NotYours, WrongState
from warmhandoff.foundation.models import AccessLog, Term
from warmhandoff.participants.correcting import Reason
from warmhandoff.participants.models import Paper

LATER = MONDAY + timedelta(days=60)


def rated(c, rosa, name="denise", at=None, **levels):
    with c.acting(name, at) as member:
        return rate(file=rosa, levels=levels, by=member.actor)


def scale(c, rosa, name="denise", at=None):
    with c.acting(name, at) as member:
        return {stands.domain.code: stands for stands in scale_of(rosa, by=member.actor)}


@pytest.mark.django_db
def test_each_domain_has_five_anchors_in_both_languages_and_an_outcome():
    for domain in terms.in_force("scale_domain"):
        anchors = Term.objects.filter(vocabulary="scale_anchor", parent=domain.code)
        assert [anchor.code for anchor in anchors.order_by("position")] == [
            f"{domain.code}_{level}" for level in range(1, 6)
        ]
        assert all(anchor.en and anchor.es and anchor.en != anchor.es for anchor in anchors)
        assert Term.objects.filter(vocabulary="plan_outcome", parent=domain.code).exists(), domain.code


def test_where_somebody_stands_and_how_far_they_came(c, rosa):
    rated(c, rosa, housing=1, work="prefers_not")
    rated(c, rosa, at=LATER, housing=3)
    found = scale(c, rosa, at=LATER)
    assert (found["housing"].now.level, found["housing"].first.level, found["housing"].change) == (3, 1, 2)
    assert found["work"].now.unknown == "prefers_not" and found["work"].change == 0
    assert found["money"].now is None


@pytest.mark.parametrize(
    "wrong", [{}, {"housing": 0}, {"housing": 6}, {"housing": "not_asked"}, {"weather": 3}]
)
def test_what_is_not_on_the_scale_is_refused(c, rosa, wrong):
    with pytest.raises(BadValue):
        rated(c, rosa, **wrong)


def test_tomorrow_is_refused(c, rosa):
    with c.acting("denise") as denise, pytest.raises(BadValue):
        rate(file=rosa, levels={"work": 2}, by=denise.actor, on=MONDAY.date() + timedelta(days=1))


def test_a_rating_is_said_right(c, rosa):
    (rating,) = rated(c, rosa, housing=1)
    with c.acting("denise") as denise:
        correct_rating(rating=rating, level=4, reason=Reason.MISTYPED, by=denise.actor)
        with pytest.raises(WrongState):
            correct_rating(rating=rating, level=5, reason=Reason.MISTYPED, by=denise.actor)
    found = scale(c, rosa)["housing"]
    assert (found.now.level, found.first) == (4, None)


def test_saying_the_same_is_no_correction_and_a_colleague_may_not(c, rosa):
    (rating,) = rated(c, rosa, name="marcus", housing=1)
    with c.acting("marcus") as marcus, pytest.raises(BadValue):
        correct_rating(rating=rating, level=1, reason=Reason.MISTYPED, by=marcus.actor)
    with c.acting("denise") as denise, pytest.raises(NotAllowed):
        correct_rating(rating=rating, level=2, reason=Reason.MISTYPED, by=denise.actor)


def test_who_reads_which_domain(c, rosa):
    """A peer mentor reads no domain; opening health is written down; a stranger sees nothing."""
    rated(c, rosa, housing=2, health=1)
    assert "health" in scale(c, rosa)
    with c.acting("denise"):
        assert AccessLog.objects.get().data_classes == ["health"]
    assert scale(c, rosa, "tavo") == {}
    with c.acting("ines") as ines:
        assert not Rating.objects.exists()
        with pytest.raises(NotYours):
            rate(file=rosa, levels={"work": 2}, by=ines.actor)


# --- Ready for work -----------------------------------------------------------------------------------------------


def marked(c, rosa, name="denise", **standings):
    with c.acting(name) as member:
        return mark_ready(file=rosa, standings=standings, by=member.actor)


def test_what_is_there_and_what_is_missing(c, rosa):
    assert marked(c, rosa, resume="has", clothing="not_needed", bank_account="hasnt") == 3
    with c.acting("denise") as denise:
        said = {item.code: standing for item, standing in checklist(rosa, by=denise.actor)}
    assert len(said) == 9
    assert (said["resume"], said["clothing"], said["bank_account"], said["photo_id"]) == (
        "has",
        "not_needed",
        "hasnt",
        "",
    )
    assert said["phone"] == "has" and said["email"] == ""  # as the ways to reach them say


def test_papers_are_kept_where_papers_stand(c, rosa):
    marked(c, rosa, photo_id="on_the_way")
    with c.acting("denise"):
        assert Paper.objects.get(file=rosa, kind="photo_id").standing == "on_the_way"
        assert not Ready.objects.exists()
        assert ready_now(rosa)["photo_id"] == "on_the_way"


def test_only_what_differs_is_kept(c, rosa):
    assert marked(c, rosa, resume="hasnt") == 1
    assert marked(c, rosa, resume="hasnt") == 0
    assert marked(c, rosa, resume="has") == 1
    with c.acting("denise"):
        assert list(Ready.objects.values_list("standing", flat=True)) == ["hasnt", "has"]


@pytest.mark.parametrize(
    "wrong", [{"phone": "has"}, {"wings": "has"}, {"resume": "maybe"}, {"photo_id": "not_needed"}]
)
def test_what_is_said_elsewhere_or_nowhere_is_refused(c, rosa, wrong):
    with pytest.raises(BadValue):
        marked(c, rosa, **wrong)


def test_the_letter_about_the_past_is_of_the_class_justice(c, rosa):
    marked(c, rosa, disclosure_letter="has")
    with c.acting("tavo") as tavo:
        assert [item.code for item, _ in checklist(rosa, by=tavo.actor)] == ["phone", "email"]
        assert not Ready.objects.exists()
    with c.acting("ines") as ines, pytest.raises(NotYours):
        mark_ready(file=rosa, standings={"resume": "has"}, by=ines.actor)


def test_rolled_back_leaves_nothing(c, rosa):
    def act():
        with c.acting("denise") as denise:
            rate(file=rosa, levels={"work": 2, "law": 1}, by=denise.actor)
            mark_ready(file=rosa, standings={"resume": "has", "photo_id": "has"}, by=denise.actor)

    leaves_nothing(c, act)
