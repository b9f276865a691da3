"""The administrator: organizations, agreements, first leads, closing. Never a person."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.cast import MONDAY, Cast, refer, take_in, told
from tests.web.desk import Desk
from warmhandoff.custody.models import Custody
from warmhandoff.foundation.models import Message
from warmhandoff.network.models import Agreement, Invitation, Membership, Organization
from warmhandoff.network.roles import Permission, may
from warmhandoff.participants.models import ConsentText
from warmhandoff.participants.reading import consent_text
from warmhandoff.referrals.models import Referral

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def cast(settings, the_cast) -> Cast:
    settings.DEMO = True
    return the_cast


def page_of(cast: Cast, key: str, more: str = "") -> str:
    return f"/administration/{cast.organizations[key].code}/{more}"


def test_who_may_enter(cast):
    for name, member in cast.members.items():
        status = 200 if may(member.role, Permission.MANAGE_NETWORK) else 403
        said = Desk(cast, name).get("/administration/", status)
    assert "6 members of the network." in Desk(cast, "adam").get("/administration/"), said


def test_adding_signing_and_inviting(cast):
    desk = Desk(cast, "adam")
    said = desk.send(
        "/administration/add/",
        name="Casa Ñandú",
        kinds=["cbo", "employer"],
        parent=cast.organizations["harbor"].code,
        phone="555-0177",
    )
    assert "Casa Ñandú is a member now. Next: its agreement." in said
    assert "part of Harbor Reentry" in said
    made = Organization.objects.get(name="Casa Ñandú")
    assert (made.kinds, made.parent, made.phone) == (
        ["cbo", "employer"],
        cast.organizations["harbor"],
        "555-0177",
    )
    assert "1 of them is not ready yet." in desk.get("/administration/")

    address = f"/administration/{made.code}/"
    signed = {"signed_on_month": "11", "signed_on_day": "20", "signed_on_year": "2026"}
    said = desk.send(f"{address}agreement/", queue=cast.queues["office"].code, **signed)
    assert "If it closes, Network Office holds its people." in said
    assert Agreement.objects.get(organization=made).signed_on == date(2026, 11, 20)
    assert "not ready" not in desk.get("/administration/")

    said = desk.send(f"{address}invite/", name="Pilar Ñúñez", email="pilar@casa.example", language="es")
    assert "An invitation is on its way to pilar@casa.example." in said
    invitation = Invitation.objects.get()
    assert (invitation.role, invitation.organization) == ("lead", made)
    message = Message.objects.get(notice="network.invitation")
    assert message.organization_id == cast.organizations["office"].pk, "whoever invites keeps the address"
    said = desk.send(address, at=f"{address}invitations/{invitation.code}/again/")
    assert "Sent again" in said
    said = desk.send(address, at=f"{address}invitations/{invitation.code}/withdraw/")
    assert "Taken back." in said


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"name": "", "kinds": ["cbo"]}, "Fill this in."),
        ({"name": "New", "kinds": []}, "Choose at least one."),
        ({"name": "EASTGATE community pártners", "kinds": ["cbo"]}, "There is an organization called"),
        ({"name": "New", "kinds": ["police"]}, "Select a valid choice"),
        ({"name": "New", "kinds": ["cbo"], "phone": "call us"}, "Write the phone number with its digits"),
    ],
)
def test_what_can_not_be_added(cast, fields, says):
    assert says in Desk(cast, "adam").send("/administration/add/", 422, **fields)
    assert Organization.objects.count() == 6


def test_an_agreement_names_another_s_queue_and_a_day_that_has_come(cast):
    desk, address = Desk(cast, "adam"), page_of(cast, "eastgate", "agreement/")
    day = {"signed_on_month": "11", "signed_on_day": "24", "signed_on_year": "2026"}
    assert "This day hasn't come yet." in desk.send(address, 422, queue=cast.queues["office"].code, **day)
    day["signed_on_day"] = "23"
    assert "Select a valid choice" in desk.send(address, 422, queue=cast.queues["eastgate"].code, **day)
    desk.send(address, queue=cast.queues["harbor"].code, **day)
    assert Agreement.objects.filter(organization=cast.organizations["eastgate"], ends_on=None).count() == 1


def test_what_is_listed_can_join(cast):
    listed = Organization.objects.create(name="Chrysalis", kinds=["cbo"], standing="listed", source="000")
    desk, address = Desk(cast, "adam"), f"/administration/{listed.code}/"
    assert "what public documents say" in desk.get(address)
    assert desk.client.get(f"{address}close/").status_code == 404
    assert "Chrysalis is a member now." in desk.send(address, at=f"{address}join/")


# --- Closing ------------------------------------------------------------------------------------------------------


@pytest.fixture
def held(cast) -> int:
    with cast.acting("denise") as denise:
        refer(take_in(denise), cast.services["solar"], denise)
        for n in range(19):
            take_in(denise, told(f"Ana{n}", "Zapata"))
    return 20


def test_closing(cast, held):
    desk, address = Desk(cast, "adam"), page_of(cast, "eastgate", "close/")
    page = desk.get(address)
    assert "It holds 20 people." in page
    assert "its 20 people are held by Network Office, Luz Ortega answering." in page
    assert "3 colleagues can't sign in there any more." in page
    for name in ("Rosa", "Mendoza", "Ana1", "Zapata"):
        assert name not in page
    said = desk.send(address)
    assert "Closed. Its 20 people are held by Network Office, Luz Ortega answering: 0 lost." in said
    assert "Rosa" not in said
    with cast.acting("luz"):
        taken = Custody.objects.filter(queue=cast.queues["office"], until__isnull=True)
        assert taken.count() == 20
    assert not Membership.objects.filter(organization=cast.organizations["eastgate"], state="active").exists()
    with cast.acting("luz"):
        assert Referral.objects.get().state == "sent", "what others serve goes on"
    assert desk.client.get(page_of(cast, "eastgate")).status_code == 404
    assert "belong to an organization" in Desk(cast, "denise").get("/organization/", 403)


def test_pressed_twice_it_closes_once(cast, held):
    desk, address = Desk(cast, "adam"), page_of(cast, "eastgate", "close/")
    key = desk.soup(address).select_one("[name=form_key]")["value"]
    first = desk.post(address, form_key=key)
    assert desk.post(address, form_key=key) == first


def test_closed_by_somebody_else_meanwhile(cast, held):
    desk, address = Desk(cast, "adam"), page_of(cast, "eastgate", "close/")
    stale = desk.soup(address).select_one("[name=form_key]")["value"]
    desk.send(address)
    desk.post(address, 404, form_key=stale)


def test_without_an_agreement_nothing_closes(cast, held):
    Agreement.objects.update(ends_on=date(2026, 11, 20))
    desk, address = Desk(cast, "adam"), page_of(cast, "eastgate", "close/")
    assert "First record its agreement" in desk.get(address)
    key = desk.soup("/administration/add/").select_one("[name=form_key]")["value"]
    assert "signed no agreement" in desk.post(address, 409, form_key=key)
    assert Organization.objects.get(pk=cast.organizations["eastgate"].pk).is_active


def test_only_whom_the_agreement_names_closes(cast, held):
    with cast.acting("adam"):
        Agreement.objects.filter(organization=cast.organizations["eastgate"]).update(
            escheat_queue=cast.queues["harbor"]
        )
    desk, address = Desk(cast, "adam"), page_of(cast, "eastgate", "close/")
    assert "Harbor Reentry has to close it" in desk.get(address)
    key = desk.soup("/administration/add/").select_one("[name=form_key]")["value"]
    assert "Only Harbor Reentry can close this organization." in desk.post(address, 409, form_key=key)


def test_one_s_own_organization_is_not_closed_here(cast):
    assert "You work here yourself" in Desk(cast, "adam").get(page_of(cast, "office", "close/"))


def test_looking_is_logged_and_changes_nothing_else(cast, held):
    from warmhandoff.foundation.models import Crossing

    Desk(cast, "adam").get(page_of(cast, "eastgate", "close/"))
    with cast.acting("adam"):
        assert Crossing.objects.filter(because_kind="agreement").count() >= 1
    with cast.acting("denise"):
        assert Custody.objects.filter(until__isnull=True).count() == 20


# --- Consent texts and the place ----------------------------------------------------------------------------------

WORDS = {
    "text_en": "You decide who may know what about you. " * 3,
    "text_es": "Usted decide quién puede saber qué. " * 3,
}


def on(day: str) -> dict[str, str]:
    year, month, number = day.split("-")
    return {"valid_from_year": year, "valid_from_month": month, "valid_from_day": number}


def test_a_new_version_of_the_consent_begins_on_its_day_and_the_old_stays(cast):
    desk = Desk(cast, "adam")
    assert "Version 2026-11 in force From Sun, Nov 1" in desk.get("/administration/consent/")
    said = desk.send(
        "/administration/consent/add/", source="Counsel, November 2026", **on("2026-12-1"), **WORDS
    )
    assert "These words are read out from Tue, Dec 1 on." in said
    assert "Version 2026-12-01 to come From Tue, Dec 1" in said
    assert "Version 2026-11 in force From Sun, Nov 1 until Mon, Nov 30" in said
    with cast.acting("denise"):
        assert consent_text("es").version == "2026-11"
    with cast.acting("denise", MONDAY + timedelta(days=9)):
        assert consent_text("es").text.startswith("Usted decide quién puede saber qué. Usted")
    assert ConsentText.objects.filter(version="2026-11").count() == 2


def test_what_is_no_new_version_is_refused(cast):
    desk = Desk(cast, "adam")
    address = "/administration/consent/add/"
    assert "tomorrow at the earliest" in desk.send(address, 422, source="X", **on("2026-11-23"), **WORDS)
    assert "too few to agree to" in desk.send(
        address, 422, source="X", **on("2026-12-1"), **WORDS | {"text_es": "Sí."}
    )
    desk.send(address, source="X", **on("2026-12-1"), **WORDS)
    assert "Another version begins" in desk.send(address, 422, source="X", **on("2026-12-1"), **WORDS)
    assert ConsentText.objects.count() == 4


def test_the_values_of_the_place_say_their_source_and_when_they_were_verified(cast):
    said = Desk(cast, "adam").get("/administration/place/")
    assert "Los Angeles County" in said
    assert "Promised times 27 Source: the network's promise to each other" in said
    assert "Verified on Sat, Nov 21" in said
    assert "The answer to a referral 2 business days" in said
    assert "211 LA 2-1-1, not verified." in said
    assert "ZIP codes, to guess an area 8" in said and "Nobody has said when this was verified." in said


def test_only_the_administrator_enters(cast):
    for name in ("denise", "marcus", "luz", "grace"):
        for page in ("consent/", "consent/add/", "place/"):
            Desk(cast, name).get(f"/administration/{page}", 403)
