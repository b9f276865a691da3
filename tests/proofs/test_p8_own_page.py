"""P8 attacked at the person's own page: it gives a person theirs, across organizations, and to anybody else nothing at all."""

from __future__ import annotations

import json
from datetime import date, timedelta

import psycopg
import pytest
from django.db import connections, transaction
from django.test import Client

from tests import cast
from tests.cast import MONDAY
from tests.proofs.test_check_finds import LOOSE
from tests.proofs.test_p8_reads import EVERY_CLASS, POLICIED, counted, plainly
from tests.web.own.themself import Themself, with_mail
from warmhandoff.custody import actions as custody
from warmhandoff.custody import merging
from warmhandoff.custody.models import Link
from warmhandoff.foundation import clock, mail_links, promises, scoping
from warmhandoff.foundation.actors import participant_actor
from warmhandoff.foundation.errors import WrongState
from warmhandoff.participants import actions as participants
from warmhandoff.participants import own_links
from warmhandoff.participants.models import Contact, Reach
from warmhandoff.participants.own_page import OwnLink
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals import own_page, page_questions
from warmhandoff.referrals.models import Referral

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def c(settings, the_cast):
    settings.DEMO = True
    return the_cast


@pytest.fixture
def rosa(c):
    return Themself(c)


@pytest.fixture
def sam(c):
    """Somebody else of the same organization, held by the same member."""
    with c.acting("denise") as denise:
        file = cast.take_in(denise, cast.told("Samuel", "Osgood", birth_date=date(1988, 2, 3)))
        participants.write_down(file=file, about=("file", file.pk), text="Sam's own words.", by=denise.actor)
    with_mail(c, file, value="sam@mail.example")
    with c.acting("denise") as denise:
        link = own_links.mail_page(file=file, mailbox=own_links.mailboxes_of(file).get(), by=denise.actor)
        cast.refer(file, c.services["it"], denise)
    return file, link


def own(link, at=MONDAY):
    with clock.at(at):
        with scoping.acting_as(None):
            actor = participant_actor(link.pk)
        with scoping.acting_as(actor):
            return own_page.read()


def test_it_gives_theirs_and_nothing_of_anybody_else(c, rosa, sam):
    said = json.dumps(_raw(rosa.link))
    assert "Rosa" in said
    for other in ("Samuel", "Osgood", "Bright", "Sam's own words", "sam@mail"):
        assert other not in said
    assert "Bright" in json.dumps(_raw(sam[1]))


def _raw(link):
    with clock.at(MONDAY):
        with scoping.acting_as(None):
            actor = participant_actor(link.pk)
        with scoping.acting_as(actor), connections["default"].cursor() as cursor:
            cursor.execute("SELECT wh_own_page()::text")
            (found,) = cursor.fetchone()
    return json.loads(found) if found else None


def test_to_staff_to_a_link_to_the_system_and_to_nobody_it_gives_nothing(c, rosa):
    with c.acting("denise"):
        assert own_page.read() is None
    with scoping.acting_as(None):
        assert own_page.read() is None
    with plainly() as connection:
        assert connection.execute("SELECT wh_own_page()").fetchone() == (None,)
        actors = connection.execute("SELECT id, kind FROM foundation_actor").fetchall()
        for number, kind in [*actors, (0, "none"), (999_999, "none")]:
            for organization in ("", str(rosa.file.organization_id)):
                connection.execute(
                    "SELECT wh_enter(%s, %s, %s, 'service', '')", [organization, str(number), EVERY_CLASS]
                )
                found = connection.execute("SELECT wh_own_page()").fetchone()[0]
                assert (found is not None) == (kind == "participant"), kind


def test_who_acts_as_a_person_reads_no_table(c, rosa):
    """Deny by default: for no organization there is no row, whatever the classes; only the function gives theirs."""
    own(rosa.link)
    with plainly() as connection:
        actor = connection.execute("SELECT id FROM foundation_actor WHERE kind = 'participant'").fetchone()[0]
        connection.execute("SELECT wh_enter('', %s, %s, 'service', '')", [str(actor), EVERY_CLASS])
        assert not any(counted(connection, POLICIED).values())


def test_the_function_takes_nothing_to_choose_another(c, rosa):
    """It has no argument: whom it shows is whom the way in belongs to, and what helps it nobody may call."""
    with plainly() as connection:
        for helper in ("wh_guard_own_file()", "wh_guard_own_people()"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SELECT {helper}")
            connection.rollback()
        with pytest.raises(psycopg.errors.UndefinedFunction):
            connection.execute("SELECT wh_own_page(1)")


def test_a_way_in_of_anothers_can_not_be_given_to_a_file_of_ours(c, rosa, sam):
    """Harbor can't make a way into a person of Eastgate's: the row of who it is belongs to the file's organization."""
    with c.acting("ines") as ines:
        link = OwnLink.objects.create(
            kind="card", organization_id=ines.organization_id, dies_at=MONDAY + timedelta(days=9)
        )
    for organization, refused in (
        (rosa.file.organization_id, "row-level security"),
        (ines.organization_id, "ownaccess_file_and_organization"),
    ):
        with (
            pytest.raises(Exception, match=refused),
            c.acting("ines") as ines,
            connections["default"].cursor() as cursor,
        ):
            cursor.execute(
                "INSERT INTO participants_ownaccess (link_id, file_id, organization_id, person_id, given_by_id)"
                " VALUES (%s, %s, %s, %s, %s)",
                [link.pk, rosa.file.pk, organization, rosa.file.person_id, ines.actor.pk],
            )
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


# --- Tokens, codes, cards -----------------------------------------------------------------------------------------


def test_a_token_that_was_never_made_opens_nothing(c, rosa):
    client = Client()
    good = mail_links.token_of(rosa.link)
    for token in ("x", "1.1.aaaaaaaaaaaaaaaaaaaaaaaa", good[:-1] + ("A" if good[-1] != "A" else "B"),
                  mail_links.signed("answer", f"{rosa.link.pk}.1"), mail_links.signed("service", f"{rosa.link.pk}.1"),
                  mail_links.signed("own page at a kiosk", "999999")):  # fmt: skip
        answer = client.get(f"/me/{token}/")
        assert answer.status_code == 404, token
        assert b"Rosa" not in answer.content
    assert client.get(f"/a/{good}/").status_code == 404 and client.get(f"/s/{good}/").status_code == 404


def test_anothers_token_with_my_code_shows_nothing(c, rosa, sam):
    """Rosa's browser knows Rosa. With Sam's address it is a stranger's."""
    rosa.come_in()
    with clock.at(MONDAY):
        answer = rosa.client.get(f"/me/{mail_links.token_of(sam[1])}/")
    assert answer.status_code == 302 and answer.headers["Location"].endswith("/code/")
    for name, value in list(rosa.client.cookies.items()):
        rosa.client.cookies[name.replace(rosa.link.code, sam[1].code)] = value.value
    with clock.at(MONDAY):
        assert rosa.client.get(f"/me/{mail_links.token_of(sam[1])}/").status_code == 302, (
            "a key is one link's"
        )


def test_a_phone_shared_by_two(c, rosa, sam):
    """Both came in with the same phone: each address shows its own person, and leaving one forgets both."""
    rosa.come_in()
    other = Themself.__new__(Themself)
    other.cast, other.at, other.client, other.file, other.link = c, MONDAY, rosa.client, sam[0], sam[1]
    other.come_in()
    assert "Hi Rosa." in rosa.text() and "Samuel" not in rosa.text()
    assert "Hi Samuel." in other.text() and "Rosa" not in other.text()
    other.post("leave/")
    rosa.get("", 302)
    other.get("", 302)


def test_a_guessed_code_is_spent_after_five(c, rosa):
    rosa.press_on("code/", "code/send/")
    right = mail_links.digits_of(rosa.link.codes.latest("pk"))
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for _ in range(5):
        rosa.press_on("code/", "code/", 422, code=wrong)
    rosa.press_on("code/", "code/", 422, code=right)
    rosa.get("", 302)


def test_what_is_another_persons_can_not_be_acted_on(c, rosa, sam):
    rosa.come_in()
    with c.acting("denise"):
        consent = Referral.objects.select_related("consent").get(person_id=sam[0].person_id).consent
    rosa.get(f"stop/{consent.code}/", 404)
    rosa.post(f"stop/{consent.code}/", 404, form_key="00000000-0000-0000-0000-00000000000b")
    with c.acting("denise"):
        consent.refresh_from_db()
        assert consent.revoked_at is None


# --- Ways in that stop --------------------------------------------------------------------------------------------


def test_a_stopped_link_closes_also_where_the_page_is_open(c, rosa):
    rosa.come_in()
    with c.acting("denise") as denise:
        own_links.stop(access=own_links.of_file(rosa.file).get(), by=denise.actor)
    assert "This page is closed" in rosa.get("", 410)
    assert own(rosa.link) is None, "the database gives nothing either"
    rosa.post("wrong/", 410, about="other", words="x")


def test_a_mailbox_that_is_no_longer_safe_closes_it(c, rosa):
    """Somebody else reads that mailbox now: staff stop the address, and the page that its code opens is closed with it."""
    rosa.come_in()
    with c.acting("denise") as denise:
        reach = Reach.objects.get(file=rosa.file, contact_point=own_links.mailboxes_of(rosa.file).get())
        participants.stop_reach(reach=reach, by=denise.actor)
    rosa.get("", 410)
    assert own(rosa.link) is None


def test_a_link_that_is_too_old_gives_nothing(c, rosa):
    assert own(rosa.link, at=MONDAY + timedelta(days=89)) is not None
    assert own(rosa.link, at=MONDAY + timedelta(days=91)) is None


def test_who_asked_for_quiet_gets_no_mail(c, rosa):
    with c.acting("denise") as denise:
        participants.change_contact(file=rosa.file, told=cast.told(do_not_contact=True), by=denise.actor)
    with c.acting("denise", at=MONDAY + timedelta(hours=1)) as denise, pytest.raises(own_links.NotToBeMailed):
        own_links.mail_page(file=rosa.file, mailbox=own_links.mailboxes_of(rosa.file).get(), by=denise.actor)


def test_a_minor_gets_no_way_in(c):
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
    with_mail(c, file)
    with c.acting("denise") as denise:
        Contact.objects.filter(file=file).update(birth_date=date(2012, 1, 1), birth_date_unknown="")
        with pytest.raises(WrongState):
            own_links.mail_page(file=file, mailbox=own_links.mailboxes_of(file).get(), by=denise.actor)
        with pytest.raises(WrongState):
            own_links.print_card(file=file, language="en", by=denise.actor)
    assert not OwnLink.objects.exists()


# --- One human, several persons and files -------------------------------------------------------------------------


def test_each_file_that_is_kept_shows(c, rosa):
    with c.acting("denise") as denise:
        participants.open_need(file=rosa.file, code="HSG", by=denise.actor)
        referral = cast.refer(rosa.file, c.services["housing"], denise)
    with c.acting("ines") as ines:
        found = Referral.objects.get(pk=referral.pk)
        referrals.accept(referral=found, reply=referrals.Reply("Jo"), by=ines.actor)
    assert [file.organization for file in own(rosa.link).files] == [
        "Eastgate Community Partners",
        "Harbor Reentry",
    ]


def test_two_files_put_together_show_as_one_and_part_again(c, rosa):
    with c.acting("denise") as denise:
        twin = cast.take_in(denise, cast.told("Rosie", "Mendoza"), needs=("HSG",))
        cast.consent(twin, c.services["housing"], denise, refused=True)
    page = own(rosa.link)
    assert len(page.files) == 1 and not page.consents
    with c.acting("denise") as denise:
        link = merging.merge(keep=rosa.file, other=twin, by=denise.actor)
    page = own(rosa.link)
    assert len(page.files) == 2 and [one.recipients for one in page.consents] == [["Harbor Reentry"]]
    assert page.holder.who == "Denise Carter" and page.first_name == "Rosa"
    with c.acting("denise", at=MONDAY + timedelta(hours=1)) as denise:
        merging.unmerge(link=Link.objects.get(pk=link.pk), by=denise.actor)
    page = own(rosa.link, at=MONDAY + timedelta(hours=1))
    assert len(page.files) == 1 and not page.consents


def test_a_closed_person_still_sees_their_own(c, rosa):
    with c.acting("denise") as denise:
        custody.release(person_id=rosa.file.person_id, reason="needs_met", by=denise.actor)
    page = own(rosa.link)
    assert page.holder is None and page.home.name == "Eastgate Community Partners"
    rosa.come_in()
    said = rosa.text()
    assert "Nobody looks after you now. You can come back at any time." in said and "555-0100" in said


def test_nothing_that_staff_keep_for_themselves(c, rosa):
    """Notes of staff, tasks among staff, what was opened by whom: the page has none of it."""
    with c.acting("denise") as denise:
        participants.write_down(
            file=rosa.file,
            about=("file", rosa.file.pk),
            text="She seemed afraid of her brother.",
            by=denise.actor,
        )
    assert "afraid" not in json.dumps(_raw(rosa.link))


BREAKAGES = (
    "UPDATE participants_ownaccess SET person_id = (SELECT person_id FROM participants_participant WHERE id <> {file} LIMIT 1)",
    "DELETE FROM participants_ownaccess",
    "UPDATE participants_ownlink SET organization_id = {harbor}",
    "DELETE FROM participants_reach WHERE contact_point_id IN (SELECT mailbox_id FROM participants_ownlink)",
    "UPDATE participants_pagequestion SET consent_id = (SELECT min(id) FROM participants_consent)",
)


@pytest.mark.parametrize("statement", BREAKAGES)
def test_the_check_finds_a_way_in_that_leads_to_somebody_else(c, rosa, sam, statement):
    with c.acting("denise") as denise:
        need = participants.open_need(file=rosa.file, code="HSG", by=denise.actor)
        housing = c.services["housing"]
        page_questions.ask(
            file=rosa.file, service=housing, need=need, recipients=[housing.organization_id], parts=["name"],
            days=30, by=denise.actor, membership=denise.membership,
        )  # fmt: skip
    assert all(each.broken == 0 for each in promises.run() if each.promise == "P8")
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(LOOSE)
        cursor.execute(statement.format(file=rosa.file.pk, harbor=c.organizations["harbor"].pk))
        broken = {each.promise for each in promises.run() if each.broken}
        transaction.set_rollback(True, using="owner")
    assert broken == {"P8"}
