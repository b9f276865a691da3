"""Whether a partner knows somebody: yes or no after the person's yes, logged, so often a day; and to a curious employee nothing.

The neighbor is held by Harbor. Denise, at Eastgate, types what she knows of them.
"""

from __future__ import annotations

import time
from datetime import date, timedelta
from statistics import median

import pytest
from django.db import DatabaseError, connection, transaction

from tests.cast import MONDAY, told
from warmhandoff.custody import actions as custody
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.errors import NotYours
from warmhandoff.participants import actions
from warmhandoff.participants.identity import alike, asking, elsewhere, finding, known_elsewhere
from warmhandoff.participants.models import FileEvent, FileKey, NetworkLook

BORN = date(1984, 11, 2)
NEIGHBOR = told("Guillermo", "Hernández Ríos", birth_date=BORN)
SAME_PHONE = actions.Way("voice", "(323) 555-0177")


def take_in(member, person, phone=None):
    return custody.take_in(
        told=person,
        reach=[phone] if phone else [],
        needs=(),
        holder=Owner(member.organization_id, membership_id=member.membership.pk),
        by=member.actor,
        is_adult=True,
    )


@pytest.fixture
def neighbor(c):
    with c.acting("ines") as ines:
        return take_in(ines, NEIGHBOR, SAME_PHONE)


def ask(c, file, who="denise", allowed="look_allowed"):
    with c.acting(who) as member:
        if allowed:
            actions.write_event(file, allowed, by=member.actor)
        return known_elsewhere(file=file, by=member.actor)


def taken_in(c, person, phone=SAME_PHONE, who="denise"):
    with c.acting(who) as member:
        return take_in(member, person, phone)


# --- What it answers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "person",
    [
        NEIGHBOR,
        told("Memo", "Hernandez", birth_date=BORN),
        told("Bill", "Rios Ernandes", birth_date=date(1984, 2, 11)),
    ],
)
def test_yes_where_name_birth_date_and_phone_are_the_same_as_people_tell_them(c, neighbor, person):
    assert ask(c, taken_in(c, person)) is True


@pytest.mark.parametrize(
    ("person", "phone"),
    [
        (told("Guillermo", "Hernández", birth_date=date(1984, 11, 3)), SAME_PHONE),
        (told("Guillermo", "Castillo", birth_date=BORN), SAME_PHONE),
        (told("Ernesto", "Hernández Ríos", birth_date=BORN), SAME_PHONE),
        (NEIGHBOR, actions.Way("voice", "323-555-0178")),
    ],
)
def test_no_where_one_of_the_three_is_another(c, neighbor, person, phone):
    assert ask(c, taken_in(c, person, phone)) is False


def test_no_once_nobody_holds_them_any_more(c, neighbor):
    file = taken_in(c, NEIGHBOR)
    assert ask(c, file) is True
    with c.acting("ines") as ines:
        custody.release(person_id=neighbor.person_id, reason="moved_away", by=ines.actor)
    assert ask(c, file) is False


def test_no_about_ones_own_other_file_and_about_the_same_person_elsewhere(c):
    file = taken_in(c, NEIGHBOR)
    taken_in(c, NEIGHBOR)
    assert ask(c, file) is False


def test_the_answer_is_kept_for_the_page(c, neighbor):
    file = taken_in(c, NEIGHBOR)
    with c.acting("denise"):
        assert elsewhere.was_known_elsewhere(file) is None
    ask(c, file)
    with c.acting("denise"):
        assert elsewhere.was_known_elsewhere(file) is True


# --- When it isn't asked ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["", "look_refused"])
def test_nothing_without_the_persons_yes(c, neighbor, said):
    file = taken_in(c, NEIGHBOR)
    with pytest.raises(elsewhere.NotAsked):
        ask(c, file, allowed=said)
    with c.acting("denise"):
        assert not NetworkLook.objects.exists()


def test_a_later_no_counts(c, neighbor):
    file = taken_in(c, NEIGHBOR)
    assert ask(c, file) is True
    with pytest.raises(elsewhere.NotAsked):
        ask(c, file, allowed="look_refused")


@pytest.mark.parametrize(
    "person", [told("Guillermo", "", birth_date=BORN), told("Guillermo", "Hernández Ríos")]
)
def test_it_takes_name_birth_date_and_one_more_thing(c, neighbor, person):
    with pytest.raises(elsewhere.TooLittleKnown):
        ask(c, taken_in(c, person))


def test_it_takes_a_phone_or_mail(c, neighbor):
    with pytest.raises(elsewhere.TooLittleKnown):
        ask(c, taken_in(c, NEIGHBOR, phone=None))


def test_not_of_another_organizations_file_nor_in_anothers_name(c, neighbor):
    with c.acting("denise") as denise, pytest.raises(NotYours):
        known_elsewhere(file=neighbor, by=denise.actor)
    file = taken_in(c, NEIGHBOR)
    with c.acting("ines") as ines:
        somebody_else = ines.actor
    with c.acting("denise") as denise:
        actions.write_event(file, "look_allowed", by=denise.actor)
    with c.acting("denise"), pytest.raises(NotYours):
        known_elsewhere(file=file, by=somebody_else)


def test_not_by_who_reads_no_contact_nor_without_anybody_acting(c, neighbor):
    with c.acting("luz") as luz:
        take_in(luz, told("Ana", "Office"))
    with c.acting("adam") as adam:
        refused("SELECT wh_known_elsewhere(%s, %s)", [neighbor.pk, adam.actor.pk])
    with transaction.atomic():
        refused("SELECT wh_known_elsewhere(%s, %s)", [neighbor.pk, 1])


# --- Logged, and so often a day -----------------------------------------------------------------------------------


def test_each_question_is_written_down_with_who_asked(c, neighbor):
    file = taken_in(c, NEIGHBOR)
    ask(c, file)
    with c.acting("denise") as denise:
        (look,) = NetworkLook.objects.all()
        assert (look.file_id, look.by_id, look.found, look.looked_at) == (
            file.pk, denise.actor.pk, True, MONDAY,
        )  # fmt: skip
    with c.acting("ines"):
        assert not NetworkLook.objects.exists()


def test_twenty_times_a_day_for_a_member_whoever_it_is_about(c, neighbor):
    file = taken_in(c, NEIGHBOR)
    other = taken_in(c, told("Nobody", "Known", birth_date=BORN))
    for number in range(20):
        ask(c, file if number % 2 else other)
    for each in (file, other):
        with pytest.raises(elsewhere.LookedEnough):
            ask(c, each)
    with c.acting("marcus") as marcus:
        assert known_elsewhere(file=file, by=marcus.actor) is True  # a colleague may go on
    with c.acting("denise", at=MONDAY + timedelta(hours=25)) as denise:
        assert known_elsewhere(file=file, by=denise.actor) is True


# --- A curious employee -------------------------------------------------------------------------------------------


def test_typing_a_neighbors_name_gives_nothing(c, neighbor):
    """Not in what is found, nor in what is alike, nor in any table that they may read."""
    with c.acting("denise"):
        for text in (
            "Guillermo Hernández Ríos",
            "Hernandez 11/2/1984",
            "323 555 0177",
            "Memo",
            neighbor.code,
        ):
            assert finding.found(asking.asked(text)) == []
        assert alike(told=NEIGHBOR, reach=[SAME_PHONE]) == []
        assert FileKey.objects.count() == 0
        assert NetworkLook.objects.count() == 0


def test_their_keys_can_be_neither_read_nor_named(c, neighbor):
    file = taken_in(c, NEIGHBOR)
    with c.acting("ines"):
        theirs = list(FileKey.objects.values_list("organization_id", "file_id", "key"))
    with c.acting("denise") as denise:
        mine = set(FileKey.objects.values_list("file_id", flat=True))
        assert mine == {file.pk}
        organization, other, key = theirs[0]
        insert = "INSERT INTO participants_filekey (organization_id, file_id, key) VALUES (%s, %s, %s)"
        refused(insert, [organization, other, key])
        # That such a file exists isn't told either: theirs and one that nobody has are refused alike.
        said = {refused(insert, [denise.organization_id, each, key], now=True) for each in (other, 10**9)}
        assert len(said) == 1
        refused("SELECT * FROM wh_guard_known_people(%s)", [file.pk])
        refused("INSERT INTO participants_networklook (file_id, organization_id, by_id, found)"
                " VALUES (%s, %s, %s, true)", [file.pk, denise.organization_id, denise.actor.pk])  # fmt: skip


def test_refusals_are_the_same_whoever_is_known(c, neighbor):
    """Without a yes, with too little, and over the limit: the neighbor and somebody who doesn't exist, word by word."""
    nobody = told("Xiomara", "Quisquiliam", birth_date=BORN)
    words = []
    for person in (NEIGHBOR, nobody):
        file = taken_in(c, person)
        with pytest.raises(elsewhere.NotAsked) as refusal:
            ask(c, file, allowed="")
        words.append(str(refusal.value))
    assert words[0] == words[1]


def test_a_yes_takes_no_longer_than_a_no(c, neighbor):
    """Beyond noise: the medians lie closer together than the times of one answer are spread."""
    known, unknown = taken_in(c, NEIGHBOR), taken_in(c, told("Xiomara", "Zúñiga", birth_date=BORN))
    times = {known.pk: [], unknown.pk: []}
    for _ in range(8):
        for file in (known, unknown):
            began = time.perf_counter()
            ask(c, file)
            times[file.pk].append(time.perf_counter() - began)
    yes, no = times[known.pk], times[unknown.pk]
    assert abs(median(yes) - median(no)) <= max(max(yes) - min(yes), max(no) - min(no))
    assert min(*yes, *no) >= elsewhere.ANSWERS_AFTER


def refused(statement, values, *, now=False):
    """The statement is refused; with `now`, what the database says of it where keys are looked up at once."""
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        if now:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return (error.value.__cause__.sqlstate, error.value.__cause__.diag.constraint_name)


def test_the_answer_never_stands_in_an_event(c, neighbor):
    """Events are read by more than the log is: they say that it was asked about, at most."""
    file = taken_in(c, NEIGHBOR)
    ask(c, file)
    with c.acting("denise"):
        kinds = set(FileEvent.objects.filter(file=file).values_list("kind", flat=True))
    assert kinds == {"taken_in", "look_allowed"}
