"""The desks for directory, organization, administration and invitation in a real browser: wide, narrow, in each state."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import Page

from tests.cast import Cast, take_in, told
from tests.house.pages import assert_page_ok
from tests.web.desk import Desk
from warmhandoff.directory import actions as directory
from warmhandoff.directory.eligibility import Kind, Rule
from warmhandoff.directory.models import Service, ServiceChange
from warmhandoff.directory.protocol import SAY_ROOM, SERVICE
from warmhandoff.exchange.csv import partners
from warmhandoff.foundation import mail_links, scoping
from warmhandoff.foundation.actors import operator_actor
from warmhandoff.foundation.duties import Owner, open_duty
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network import account_mails, actions
from warmhandoff.network.invitations import token_of
from warmhandoff.network.models import AccountMail, Agreement, Membership, Organization, Queue, User
from warmhandoff.network.roles import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]

PICTURES = django_settings.VAR_DIR / "pictures"
DATA = Path(__file__).resolve().parents[3] / "data" / "la_partners.csv"
NOW = datetime.now(UTC)


@pytest.fixture
def cast(settings, the_cast) -> Cast:
    settings.DEMO = True
    found = the_cast
    Membership.objects.update(started_at=datetime(2026, 1, 5, 18, tzinfo=UTC))
    Service.objects.filter(pk=found.services["carpentry"].pk).update(
        room="full",
        seats=None,
        full_until=date(2099, 3, 3),
        room_as_of=current_place().day_of(NOW),
        verified_on=date(2026, 11, 2),
    )
    Service.objects.filter(pk=found.services["housing"].pk).update(room_as_of=date(2026, 1, 5))
    with found.acting("paul", at=NOW) as paul:
        describe_housing(found, paul)
    return found


def describe_housing(found: Cast, paul) -> None:
    """Everything that a service can say, once."""
    service = Service.objects.get(pk=found.services["housing"].pk)
    told = replace(
        directory.said_of(service),
        about="Somebody looks for a room with you, calls landlords, and goes along to see it.",
        about_es="Alguien busca un cuarto con usted, llama a los dueños y va con usted a verlo.",
        criteria=[
            Rule(Kind.AGE, at_least=18),
            Rule(Kind.DOCUMENT, ("photo_id",), can_follow=True),
            Rule(Kind.GENDER, ("woman",)),
        ],
        serves=("south", "east"), cost="free",
    )  # fmt: skip
    operator = operator_actor(service.organization_id)
    with scoping.acting_as(operator):
        directory.change_service(service=service, told=told, by=operator)
    week = [directory.Open(day, time(9), time(17)) for day in range(5)]
    directory.add_place(
        service=service,
        told=directory.ToldPlace(
            address="1200 Harbor Way, San Pedro", name="Back door, second floor", area="south", phone="213-555-0100",
            getting_there="Bus 40, stop Harbor and 12th.", getting_there_es="Autobús 40, parada Harbor y 12.",
            access=("step_free", "children"), hours=[*week, directory.Open(5, time(18), time(2))],
        ),
        by=paul.actor,
    )  # fmt: skip


def look(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})
    assert_page_ok(page)


def sign_in(page: Page, live_server, desk: Desk) -> None:
    page.context.add_cookies(
        [{"name": "sessionid", "value": desk.client.cookies["sessionid"].value, "url": live_server.url}]
    )


def press(page: Page, words: str) -> None:
    page.click(f"main button:has-text('{words}')")


def test_directory(live_server, page, cast, capsys):
    partners.run(DATA)
    sign_in(page, live_server, Desk(cast, "paul"))
    page.goto(f"{live_server.url}/directory/")
    look(page, "directory")
    page.select_option("[name=service_code]", "WRK-TRN")
    press(page, "Find")
    look(page, "directory-found")
    page.goto(f"{live_server.url}/directory/?text=nothing")
    look(page, "directory-none")
    page.goto(f"{live_server.url}/directory/{cast.services['housing'].code}/")
    look(page, "directory-service")
    listed = Service.objects.filter(organization__name="Chrysalis").first()
    page.goto(f"{live_server.url}/directory/{listed.code}/")
    look(page, "directory-listed")


def test_directory_in_spanish_and_empty(live_server, page, cast):
    sign_in(page, live_server, Desk(cast, "paul"))
    page.context.add_cookies([{"name": "django_language", "value": "es", "url": live_server.url}])
    page.goto(f"{live_server.url}/directory/")
    look(page, "directory-es")
    Service.objects.update(active=False)
    page.goto(f"{live_server.url}/directory/")
    look(page, "directory-empty")


def test_organization(live_server, page, cast):
    long = User.objects.create_user(
        "maximiliana.wolfeschlegelsteinhausen@harbor.example",
        "Maximiliana Wolfeschlegelsteinhausenbergerdorff",
    )
    with cast.acting("paul") as paul:
        actions.add_member(
            user=long, organization=cast.organizations["harbor"], role=Role.LEAD, by=paul.actor
        )
    sign_in(page, live_server, Desk(cast, "paul"))
    page.goto(f"{live_server.url}/organization/")
    press_link(page, "Invite a colleague")
    press(page, "Send the invitation")
    look(page, "organization-invite-errors")
    page.fill("[name=name]", "Jo Park")
    page.fill("[name=email]", "jo@harbor.example")
    page.check("text=Peer mentor")
    press(page, "Send the invitation")
    look(page, "organization")
    press(page, "Take back")
    look(page, "organization-taken-back")
    page.goto(f"{live_server.url}/organization/queue/")
    look(page, "organization-appoint")
    page.goto(f"{live_server.url}/organization/roles/")
    look(page, "organization-roles")


def press_link(page: Page, words: str) -> None:
    page.click(f"main a:has-text('{words}')")


def test_an_organization_that_has_nothing_yet(live_server, page, cast):
    Queue.objects.filter(organization=cast.organizations["eastgate"]).update(lead=None)
    Membership.objects.filter(pk=cast.members["marcus"].pk).update(role=Role.LEAD)
    Agreement.objects.filter(organization=cast.organizations["eastgate"]).update(ends_on=date(2026, 11, 20))
    sign_in(page, live_server, Desk(cast, "marcus"))
    page.goto(f"{live_server.url}/organization/")
    look(page, "organization-empty")
    page.goto(f"{live_server.url}/organization/people/{cast.members['denise'].code}/close/")
    look(page, "organization-close-without-lead")
    Membership.objects.filter(pk=cast.members["marcus"].pk).update(role=Role.NETWORK_ADMINISTRATOR)
    page.goto(f"{live_server.url}/organization/queue/")
    look(page, "organization-appoint-nobody")


def test_services(live_server, page, cast):
    sign_in(page, live_server, Desk(cast, "paul"))
    page.goto(f"{live_server.url}/organization/services/add/")
    look(page, "service-add")
    page.fill("[name=age_from]", "1000")
    press(page, "Save")
    look(page, "service-errors")
    address = f"{live_server.url}/organization/services/{cast.services['housing'].code}/"
    page.goto(address)
    look(page, "service")
    page.click("summary:has-text('Full until a day')")
    page.fill("[name=full_until_day]", "31")
    page.select_option("[name=full_until_month]", "2")
    press(page, "No, we are full")
    look(page, "service-room-errors")
    page.goto(address)
    press(page, "Waitlist only")
    page.wait_for_selector("text=The directory says so as of now")
    look(page, "service-room-said")
    page.goto(f"{address}words/")
    look(page, "service-words")
    page.fill("[name=name]", "Housing and rent help")
    press(page, "Save")
    page.wait_for_selector("text=Your change waits")
    page.click("summary:has-text('Who said what')")
    look(page, "service-waits")
    page.goto(f"{address}places/add/")
    look(page, "service-place-add")
    page.fill("[name=opens_0]", "09:00")
    press(page, "Save")
    look(page, "service-place-errors")
    page.goto(f"{address}places/{cast.services['housing'].locations.get().code}/")
    look(page, "service-place")
    sign_in(page, live_server, Desk(cast, "luz"))
    page.goto(f"{live_server.url}/directory/changes/")
    look(page, "changes")
    press_link(page, "Housing help")
    look(page, "change")
    press(page, "Send back with this note")
    look(page, "change-errors")
    page.fill("[name=note]", "Which rent help is it?")
    press(page, "Send back with this note")
    page.wait_for_selector("text=Sent back with your note")
    look(page, "changes-none")
    page.goto(f"{live_server.url}/directory/changes/{ServiceChange.objects.get(state='sent_back').code}/")
    look(page, "change-decided")
    sign_in(page, live_server, Desk(cast, "paul"))
    page.goto(address)
    look(page, "service-sent-back")


def test_a_new_service_is_marked_and_its_lead_is_asked_for_room(live_server, page, cast):
    with cast.acting("paul") as paul:
        told = directory.Told(
            name="Rent help", name_es="Ayuda con la renta", service_code="HSG", languages=("es",)
        )
        new = directory.add_service(organization=cast.organizations["harbor"], told=told, by=paul.actor)
        open_duty(
            owner=Owner(cast.organizations["harbor"].pk, queue_id=cast.queues["harbor"].pk), kind=SAY_ROOM,
            due_at=datetime.now(UTC), by=paul.actor, subject=(SERVICE, new.pk), detail=new.code,
        )  # fmt: skip
    sign_in(page, live_server, Desk(cast, "paul"))
    page.goto(f"{live_server.url}/directory/?text=rent")
    look(page, "directory-new")
    page.goto(f"{live_server.url}/directory/{new.code}/")
    look(page, "directory-new-service")
    page.goto(f"{live_server.url}/today/")
    look(page, "today-room")


def test_a_sheet_for_a_person(live_server, page, cast):
    sign_in(page, live_server, Desk(cast, "denise"))
    for language in ("en", "es"):
        page.goto(f"{live_server.url}/directory/{cast.services['housing'].code}/print/?lang={language}")
        look(page, f"directory-sheet-{language}")
    page.emulate_media(media="print")
    page.screenshot(path=PICTURES / "directory-sheet-printed.png", full_page=True)
    page.emulate_media(media="screen")
    page.goto(f"{live_server.url}/directory/{cast.services['it'].code}/print/")
    look(page, "directory-sheet-bare")


def test_behind_the_mailed_link(live_server, page, cast):
    with cast.acting("denise", at=NOW):
        service = Service.objects.select_related("organization").get(pk=cast.services["housing"].pk)
        link = directory.ask_the_mailbox(service=service)
    address = f"{live_server.url}/s/{mail_links.token_of(link)}/"
    page.goto(address)
    look(page, "owner")
    page.goto(f"{address}?lang=es")
    look(page, "owner-es")
    page.goto(address)
    press(page, "No, we are full")
    page.wait_for_selector("text=The directory says so as of now")
    look(page, "owner-said")
    page.goto(address)
    press(page, "Yes, all of it is still true")
    page.wait_for_selector("text=all of this is true today")
    press_link(page, "No, change something")
    look(page, "owner-code")
    press(page, "Send the code")
    page.fill("[name=code]", "000000")
    press(page, "Go on")
    look(page, "owner-code-wrong")
    page.fill("[name=code]", mail_links.digits_of(link.codes.get()))
    press(page, "Go on")
    page.wait_for_selector("[name=mailbox]")
    look(page, "owner-words")
    page.fill("[name=name]", "")
    press(page, "Save")
    look(page, "owner-words-errors")
    page.goto(f"{address}places/add/")
    look(page, "owner-place")
    page.goto(f"{address}wrong-mailbox/")
    look(page, "owner-wrong")
    press(page, "Stop this link")
    look(page, "owner-stopped")
    page.goto(f"{live_server.url}/s/1.1.forged/")
    look(page, "owner-forged")


def test_closing_an_account(live_server, page, cast):
    with cast.acting("ines", at=NOW) as ines:
        for first, last in (("Rosa", "Mendoza"), ("Ana", "Zapata"), ("Luis", "Álvarez")):
            take_in(ines, told(first, last))
    nora = User.objects.create_user("nora@harbor.example", "Nora Ibáñez")
    with cast.acting("paul") as paul:
        nora = actions.add_member(
            user=nora, organization=cast.organizations["harbor"], role=Role.LEAD, by=paul.actor
        )
    sign_in(page, live_server, Desk(user=nora.user))
    page.goto(f"{live_server.url}/organization/people/{cast.members['paul'].code}/close/")
    look(page, "close-account-last-lead")
    page.goto(f"{live_server.url}/organization/people/{cast.members['ines'].code}/close/")
    look(page, "close-account")
    press(page, "Close the account")
    assert "3 people Inés Álvarez held are in the queue now, Paul Okafor answering: 0 lost." in page.content()
    look(page, "close-account-done")


def test_administration(live_server, page, cast):
    with cast.acting("denise", at=NOW) as denise:
        for n in range(23):
            take_in(denise, told(f"Ana{n}", "Zapata"))
    listed = Organization.objects.create(name="Chrysalis", kinds=["cbo"], standing="listed", source="000")
    sign_in(page, live_server, Desk(cast, "adam"))
    page.goto(f"{live_server.url}/administration/")
    press_link(page, "Add an organization")
    press(page, "Add it")
    look(page, "administration-add-errors")
    page.fill("[name=name]", "Casa Ñandú")
    page.check("text=Community organization")
    press(page, "Add it")
    look(page, "administration-new")
    new = page.url
    page.goto(f"{new}agreement/")
    press(page, "Record the agreement")
    look(page, "administration-sign-errors")
    page.goto(f"{new}invite/")
    look(page, "administration-invite")
    page.fill("[name=name]", "Pilar Ñúñez")
    page.fill("[name=email]", "pilar@casa.example")
    press(page, "Send the invitation")
    look(page, "administration-invited")
    page.goto(f"{new}close/")
    look(page, "administration-close-refused")
    page.goto(f"{live_server.url}/administration/{listed.code}/")
    look(page, "administration-listed")
    page.goto(f"{live_server.url}/administration/")
    look(page, "administration")
    eastgate = cast.organizations["eastgate"].code
    page.goto(f"{live_server.url}/administration/{eastgate}/")
    look(page, "administration-organization")
    page.goto(f"{live_server.url}/administration/{eastgate}/close/")
    look(page, "administration-close")
    press(page, "Close it")
    said = " ".join(page.inner_text("main").split())
    assert "Closed. Its 23 people are held by Network Office, Luz Ortega answering: 0 lost." in said
    look(page, "administration-closed")


def test_invitation(live_server, page, cast):
    with cast.acting("marcus", at=NOW) as marcus:
        invitation = actions.invite(
            organization=cast.organizations["eastgate"],
            email="jo@eastgate.example",
            name="Jo Park",
            role="case_manager",
            by=marcus.actor,
        )
    address = f"{live_server.url}/invitation/{token_of(invitation)}/"
    page.goto(address)
    look(page, "invitation")
    page.goto(f"{live_server.url}/invitation/forged/")
    look(page, "invitation-ended")
    page.goto(address)
    press(page, "Accept and go on")
    page.fill("[name=password1]", "short")
    page.fill("[name=password2]", "other")
    press(page, "Make my account")
    look(page, "invitation-join-errors")


def test_a_forgotten_password(live_server, page, cast, mailoutbox):
    """Its form is sent from an address that holds a token: the browser must still name where it comes from."""
    user = cast.members["marcus"].user
    desk = Desk(user=user)
    desk.client.logout()
    desk.client.post("/account/password/", {"email": user.email})
    account_mails.deliver(AccountMail.objects.get().pk)
    link = re.search(r"http://[^/]+(/account/password/new/\S+)", mailoutbox[0].body)[1]
    page.goto(live_server.url + link)
    page.fill("[name=password1]", "four quiet horses waiting")
    page.fill("[name=password2]", "four quiet horses waiting")
    press(page, "")
    page.wait_for_url("**/account/password/done/")
