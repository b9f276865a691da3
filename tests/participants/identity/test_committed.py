"""What only shows once it is committed: an organization's limit, the check, and keys made anew."""

from __future__ import annotations

from datetime import date

import pytest

from tests import cast
from tests.cast import MONDAY, told
from warmhandoff.foundation import clock, promises
from warmhandoff.foundation.models import Actor
from warmhandoff.participants import actions
from warmhandoff.participants.identity import elsewhere, keeping, keys, known_elsewhere
from warmhandoff.participants.models import FileKey, KeyRules, NetworkLook

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
BORN = date(1984, 11, 2)


@pytest.fixture
def c(the_cast):
    return the_cast


def asked(c, file):
    with c.acting("denise") as denise:
        actions.write_event(file, "look_allowed", by=denise.actor)
    with c.acting("denise") as denise:
        return known_elsewhere(file=file, by=denise.actor)


def taken_in(c, who="denise"):
    with c.acting(who) as member:
        return cast.take_in(member, told("Guillermo", "Hernández Ríos", birth_date=BORN))


def broken():
    return [line for each in promises.run() for line in each.examples]


def test_a_hundred_times_a_day_for_an_organization(c):
    file = taken_in(c)
    taken_in(c, "ines")
    assert asked(c, file) is True
    somebody = Actor.objects.using("owner").create(
        kind="member", organization_id=file.organization_id, subject_id=9_999
    )
    looks = [
        NetworkLook(
            file_id=file.pk,
            organization_id=file.organization_id,
            by_id=somebody.pk,
            looked_at=MONDAY,
            found=False,
        )
        for _ in range(99)
    ]
    NetworkLook.objects.using("owner").bulk_create(looks)
    with pytest.raises(elsewhere.LookedEnough):
        asked(c, file)


def test_the_check_finds_a_look_without_a_yes_and_a_file_without_keys(c):
    file = taken_in(c)
    assert broken() == []
    with clock.at(MONDAY):
        NetworkLook.objects.using("owner").create(
            file_id=file.pk, organization_id=file.organization_id, by_id=file.opened_by_id, found=True
        )
    FileKey.objects.using("owner").filter(file_id=file.pk).delete()
    told_of = " ".join(broken())
    assert "a partner was asked for without the person's yes" in told_of
    assert "file that no key finds" in told_of


def test_keys_are_made_anew_where_the_rules_are_other_ones(c, monkeypatch):
    file = taken_in(c)
    taken_in(c, "ines")
    keeping.rebuild()
    before = set(FileKey.objects.using("owner").values_list("file_id", "key"))
    with c.acting("denise"):
        assert {each for each in before if each[0] == file.pk} == set(
            FileKey.objects.values_list("file_id", "key")
        )
    assert keeping.made_by_these_rules()
    monkeypatch.setattr(keys, "VERSION", keys.VERSION + 1)
    assert not keeping.made_by_these_rules()
    FileKey.objects.using("owner").all().delete()
    keeping.rebuild_after_migrate(None, using="owner")
    assert keeping.made_by_these_rules()
    assert KeyRules.objects.using("owner").count() == 1
    assert set(FileKey.objects.using("owner").values_list("file_id", "key")) == before
    FileKey.objects.using("owner").all().delete()
    keeping.rebuild_after_migrate(None, using="owner")  # the same rules: nothing is done
    assert not FileKey.objects.using("owner").exists()
