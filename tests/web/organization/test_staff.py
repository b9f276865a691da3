"""My organization: colleagues, the lead, invitations; closing an account moves whom they hold."""

from __future__ import annotations

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import mail

from tests.cast import MONDAY, Cast, refer, take_in, told
from tests.web.desk import Desk
from warmhandoff.custody.models import Custody
from warmhandoff.directory import actions as describing
from warmhandoff.foundation import clock, messages, timers
from warmhandoff.foundation.models import Duty, Message, Timer
from warmhandoff.network import actions
from warmhandoff.network.invitations import open_token, token_of
from warmhandoff.network.models import Invitation, Membership, Queue, User
from warmhandoff.network.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(settings, the_cast) -> Cast:
    settings.DEMO = True
    return the_cast


def second_lead(cast: Cast) -> Membership:
    user = User.objects.create_user("nora@eastgate.example", "Nora Ibáñez")
    with cast.acting("marcus") as marcus:
        return actions.add_member(
            user=user, organization=cast.organizations["eastgate"], role=Role.LEAD, by=marcus.actor
        )


def test_everyone_of_the_organization_reads_it(cast):
    for name in ("denise", "marcus", "tavo"):
        said = Desk(cast, name).get("/organization/")
        assert "Marcus Webb answers for the queue" in said
        assert "If we ever close, Network Office holds them: agreed on Mon, Jan 5 ." in said
        assert "Gustavo Peña" in said
        assert "Sees how to reach the organization's people and how they take part in a program" in said
        assert ("Invite a colleague" in said) == (name == "marcus")
        assert ("Close account" in said) == (name == "marcus")
    assert "Paul Okafor" not in Desk(cast, "denise").get("/organization/")


def test_an_organization_without_staff_or_services_says_what_to_do(cast):
    said = Desk(cast, "marcus").get("/organization/")
    assert "Nothing stands in the directory yet" in said
    Queue.objects.filter(organization=cast.organizations["eastgate"]).update(lead=None)
    assert "Nobody answers for the queue yet." in Desk(cast, "marcus").get("/organization/")


def filled(desk: Desk) -> list[str]:
    buttons = desk.soup("/organization/").select("main .usa-button")
    return [each.get_text() for each in buttons if "usa-button--outline" not in each["class"]]


def test_the_filled_button_is_what_the_organization_lacks_most(cast):
    marcus = Desk(cast, "marcus")
    assert filled(marcus) == ["Add a service"]
    with cast.acting("marcus") as lead:
        describing.add_service(
            organization=cast.organizations["eastgate"],
            told=describing.Told("Case management", "HSG", mailbox="referrals@eastgate.example"),
            by=lead.actor,
        )
    assert filled(marcus) == ["Invite a colleague"]
    assert "Referrals go to referrals@eastgate.example" in marcus.get("/organization/")
    Queue.objects.filter(organization=cast.organizations["eastgate"]).update(lead=None)
    assert filled(marcus) == ["Appoint a lead"]
    assert filled(Desk(cast, "tavo")) == []


def test_the_roles_are_readable(cast):
    said = Desk(cast, "tavo").get("/organization/roles/")
    assert "Peer mentor" in said
    assert "Record a contact with someone" in said
    assert "Sees no person" in said


# --- Invitations --------------------------------------------------------------------------------------------------


def test_inviting(cast):
    desk = Desk(cast, "marcus")
    said = desk.send(
        "/organization/invite/",
        name=" Jo  Park ",
        email="Jo@Eastgate.example",
        role="peer_mentor",
        language="es",
    )
    assert "An invitation is on its way to jo@eastgate.example." in said
    assert "Jo Park" in said
    invitation = Invitation.objects.get()
    assert (invitation.role, invitation.language, invitation.name) == ("peer_mentor", "es", "Jo Park")
    assert Message.objects.filter(notice="network.invitation", subject_id=invitation.pk).count() == 1
    assert mail.outbox == [], "the worker sends it"


def test_the_second_press_shows_the_first_s_result(cast):
    desk = Desk(cast, "marcus")
    page = desk.soup("/organization/invite/")
    fields = {
        "form_key": page.select_one("[name=form_key]")["value"],
        "name": "Jo Park",
        "email": "jo@eastgate.example",
        "role": "lead",
        "language": "en",
    }
    desk.post("/organization/invite/", **fields)
    desk.post("/organization/invite/", **fields)
    assert Invitation.objects.count() == 1
    assert Message.objects.filter(notice="network.invitation").count() == 1


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"email": "jo@"}, "valid email"),
        ({"name": ""}, "Fill this in."),
        ({"role": "network_admin"}, "Select a valid choice"),
        ({"role": None}, "Choose one."),
        (
            {"email": "denise@eastgate.example", "role": "case_manager"},
            "They work here in this role already.",
        ),
    ],
)
def test_what_can_not_be_invited(cast, changed, says):
    fields = {"name": "Jo Park", "email": "jo@eastgate.example", "role": "lead", "language": "en"} | changed
    assert says in Desk(cast, "marcus").send("/organization/invite/", 422, **fields)
    assert not Invitation.objects.exists()


def test_twice_is_refused_with_the_mend(cast):
    desk = Desk(cast, "marcus")
    fields = {"name": "Jo Park", "email": "jo@eastgate.example", "role": "lead", "language": "en"}
    desk.send("/organization/invite/", **fields)
    assert "Send that invitation again instead." in desk.send("/organization/invite/", 422, **fields)


def test_nobody_makes_themselves_an_administrator(cast):
    from warmhandoff.foundation.errors import BadValue

    with cast.acting("marcus") as marcus, pytest.raises(BadValue) as refused:
        actions.invite(
            organization=cast.organizations["eastgate"],
            email="x@x.example",
            name="X",
            role=Role.NETWORK_ADMINISTRATOR,
            by=marcus.actor,
        )
    assert refused.value.field == "role"
    assert "Navigator" in Desk(cast, "adam").get("/organization/invite/")


@pytest.fixture
def invitation(cast) -> Invitation:
    with cast.acting("marcus") as marcus:
        return actions.invite(
            organization=cast.organizations["eastgate"],
            email="jo@eastgate.example",
            name="Jo Park",
            role="case_manager",
            by=marcus.actor,
        )


def test_taking_it_back(cast, invitation):
    with clock.at(MONDAY):
        assert open_token(token_of(invitation))
    address = f"/organization/invitations/{invitation.code}/withdraw/"
    said = Desk(cast, "marcus").send("/organization/", at=address)
    assert "Taken back. The link sent to jo@eastgate.example opens nothing now." in said
    with clock.at(MONDAY):
        assert open_token(token_of(invitation)) is None


def test_sending_it_again_begins_two_weeks_anew(cast, invitation):
    Invitation.objects.update(expires_at=MONDAY)
    desk = Desk(cast, "marcus")
    desk.at = MONDAY.replace(day=30)
    assert "Ended" in desk.get("/organization/")
    said = desk.send("/organization/", at=f"/organization/invitations/{invitation.code}/again/")
    assert "Sent again to jo@eastgate.example, for two more weeks." in said
    assert "Open until Mon, Dec 14" in said
    assert Message.objects.filter(notice="network.invitation").count() == 2


def test_one_that_could_not_be_delivered_says_so(cast, invitation):
    assert "Not delivered" not in Desk(cast, "marcus").get("/organization/")
    Message.objects.update(state="failed")
    assert "Not delivered: check the address" in Desk(cast, "marcus").get("/organization/")


def test_whoever_invited_finds_it_on_their_today(cast, invitation):
    messages.note_failure(Message.objects.get().pk, last=True)
    desk = Desk(cast, "marcus")
    assert "The invitation could not be delivered." in desk.get("/today/")
    desk.send("/organization/", at=f"/organization/invitations/{invitation.code}/again/")
    assert "The invitation could not be delivered." not in desk.get("/today/")


def test_other_organizations_invitations_are_not_there(cast, invitation):
    key = Desk(cast, "paul").soup("/organization/invite/").select_one("[name=form_key]")["value"]
    for verb in ("withdraw", "again"):
        Desk(cast, "paul").post(f"/organization/invitations/{invitation.code}/{verb}/", 404, form_key=key)
    assert Invitation.objects.get().withdrawn_at is None


# --- The lead -----------------------------------------------------------------------------------------------------


def test_appointing(cast):
    nora = second_lead(cast)
    said = Desk(cast, "marcus").send("/organization/queue/", lead=nora.code)
    assert "Nora Ibáñez answers for the queue now." in said
    assert Queue.objects.get(organization=cast.organizations["eastgate"]).lead == nora


def test_only_a_lead_can_answer_for_the_queue(cast):
    said = Desk(cast, "marcus").send("/organization/queue/", 422, lead=cast.members["denise"].code)
    assert "Select a valid choice" in said
    Desk(cast, "marcus").send("/organization/queue/", 422, lead=cast.members["paul"].code)


# --- Closing an account -------------------------------------------------------------------------------------------


def held_by(cast: Cast, name: str) -> int:
    with cast.acting(name) as member:
        return Custody.objects.filter(membership=member.membership, until__isnull=True).count()


def test_closing_moves_whom_they_hold(cast):
    with cast.acting("denise") as denise:
        refer(take_in(denise), cast.services["solar"], denise)
        take_in(denise, told("Ana", "Zapata"))
    address = f"/organization/people/{cast.members['denise'].code}/close/"
    desk = Desk(cast, "marcus")
    page = desk.get(address)
    assert "2 people are held by this case manager." in page
    assert page.index("Rosa Mendoza") < page.index("Ana Zapata")
    assert "everybody they hold is in the queue, Marcus Webb answering." in page
    assert held_by(cast, "denise") == 2, "looking changes nothing"
    said = desk.send(address)
    assert (
        "Closed. The 2 people Denise Carter held are in the queue now, Marcus Webb answering: 0 lost." in said
    )
    with cast.acting("marcus"):
        assert Custody.objects.filter(queue=cast.queues["eastgate"], until__isnull=True).count() == 2
    assert not Membership.objects.get(pk=cast.members["denise"].pk).is_active
    assert desk.client.get(address).status_code == 404
    assert "belong to an organization" in Desk(cast, "denise").get("/organization/", 403)


def test_the_handover_list_says_who_goes_where(cast):
    """Everybody to Marcus, but Ana, who goes to the queue: in one transaction, with what is due for them."""
    with cast.acting("denise") as denise:
        rosa = take_in(denise)
        ana = take_in(denise, told("Ana", "Zapata"))
    address = f"/organization/people/{cast.members['denise'].code}/close/"
    said = Desk(cast, "marcus").send(
        address, everyone=cast.members["marcus"].code, **{f"person_{ana.code}": "queue"}
    )
    assert "Closed. The 2 people Denise Carter held are with whom you chose: 0 lost." in said
    with cast.acting("marcus") as marcus:
        held = {each.person_id: each for each in Custody.objects.filter(until__isnull=True)}
        assert held[rosa.person_id].membership_id == marcus.membership.pk
        assert held[ana.person_id].queue_id == cast.queues["eastgate"].pk
        owed = {each.person_id: each for each in Duty.objects.filter(closed_at__isnull=True)}
        assert owed[rosa.person_id].membership_id == marcus.membership.pk
        assert owed[ana.person_id].queue_id == cast.queues["eastgate"].pk


def test_everybody_to_one_colleague(cast):
    with cast.acting("denise") as denise:
        take_in(denise)
    address = f"/organization/people/{cast.members['denise'].code}/close/"
    said = Desk(cast, "marcus").send(address, everyone=cast.members["marcus"].code)
    assert "Closed. The 1 person Denise Carter held is with Marcus Webb now: 0 lost." in said


def invited_by(cast: Cast, who: str, email: str, name: str) -> Invitation:
    with cast.acting(who) as member:
        return actions.invite(
            organization=cast.organizations["eastgate"],
            email=email,
            name=name,
            role="peer_mentor",
            by=member.actor,
        )


def test_who_presses_twice_reads_what_the_first_press_did(cast):
    """Whether the first one's page came or not, the second one's says the same; a third page says nothing any more."""
    with cast.acting("denise") as denise:
        rosa = take_in(denise)
    address = f"/organization/people/{cast.members['denise'].code}/close/"
    desk = Desk(cast, "marcus")
    key = desk.soup(address).select_one("[name=form_key]")["value"]
    sentence = "Closed. The 1 person Denise Carter held is in the queue now"
    for shown in (False, True, True):
        answer = desk.client.post(address, {"form_key": key, "everyone": "queue"})
        assert answer.status_code == 302
        session = Session.objects.get().session_data
        assert "Denise" not in str(SessionStore().decode(session)), "sealed where it waits"
        if shown:
            assert sentence in desk.get("/organization/")
            assert sentence not in desk.get("/organization/")
    assert held_by(cast, "denise") == 0
    with cast.acting("marcus"):
        assert Custody.objects.filter(person_id=rosa.person_id).count() == 2


def test_no_invitation_lets_anybody_in_after_the_account_is_closed(cast):
    """Neither one that they sent, nor one that was on its way to them; a colleague's stays open."""
    nora = second_lead(cast)
    cast.members["nora"] = nora
    by_nora = invited_by(cast, "nora", "friend@elsewhere.example", "A Friend")
    to_nora = invited_by(cast, "marcus", "nora@eastgate.example", "Nora Ibáñez")
    other = invited_by(cast, "marcus", "jo@eastgate.example", "Jo Park")
    desk, address = Desk(cast, "marcus"), f"/organization/people/{nora.code}/close/"
    page = desk.get(address)
    assert "2 open invitations end with it:" in page
    assert "A Friend" in page and "Jo Park" not in page
    desk.send(address)
    with clock.at(MONDAY):
        assert open_token(token_of(by_nora)) is None
        assert open_token(token_of(to_nora)) is None
        assert open_token(token_of(other))


def test_a_session_that_is_open_elsewhere_ends_at_once(cast):
    nora = second_lead(cast)
    hers = Desk(user=nora.user)
    assert "Nora Ibáñez" in hers.get("/organization/")
    Desk(cast, "marcus").send(f"/organization/people/{nora.code}/close/")
    assert "belong to an organization" in hers.get("/organization/", 403)
    for address in ("/today/", "/people/", "/referrals/", "/directory/"):
        hers.get(address, 403)


def test_a_mail_that_fails_later_is_told_to_whoever_answers_for_the_queue(cast):
    nora = second_lead(cast)
    cast.members["nora"] = nora
    invitation = invited_by(cast, "nora", "jo@eastgate.example", "Jo Park")
    Membership.objects.filter(pk=nora.pk).update(state="ended", ended_at=MONDAY)
    messages.note_failure(Message.objects.get(subject_id=invitation.pk).pk, last=True)
    assert "The invitation could not be delivered." in Desk(cast, "marcus").get("/today/")


def test_of_a_silence_the_lead_hears_in_place_of_whoever_left(cast):
    with cast.acting("denise") as denise:
        referral = refer(take_in(denise), cast.services["carpentry"], denise)
    Desk(cast, "marcus").send(f"/organization/people/{cast.members['denise'].code}/close/")
    for step in Timer.objects.filter(subject_kind="referral", subject_id=referral.pk).order_by(
        "due_at", "id"
    ):
        with clock.at(step.due_at):
            timers.fire(step.pk)
    told = Message.objects.get(notice="referrals.silence_told")
    assert told.contact_point_id == cast.members["marcus"].mail_id


def test_who_may_not_hold_is_not_offered(cast):
    """Neither a peer mentor, nor somebody of another organization, nor whoever leaves."""
    with cast.acting("denise") as denise:
        take_in(denise)
    address = f"/organization/people/{cast.members['denise'].code}/close/"
    desk = Desk(cast, "marcus")
    offered = {each["value"] for each in desk.soup(address).select("main [name=everyone]")}
    assert offered == {"queue", cast.members["marcus"].code}
    for other in ("tavo", "ines", "denise"):
        said = desk.send(address, 422, everyone=cast.members[other].code)
        assert "Choose who holds them from now on." in said
    assert held_by(cast, "denise") == 1


def test_whoever_reads_no_contact_sees_a_number(cast):
    with cast.acting("luz") as luz:
        take_in(luz)
    page = Desk(cast, "adam").get(f"/organization/people/{cast.members['luz'].code}/close/")
    assert "1 person is held by this navigator." in page
    assert "Your role shows no names." in page
    assert "Rosa" not in page


def test_the_last_lead_stays(cast):
    address = f"/organization/people/{cast.members['marcus'].code}/close/"
    nora = second_lead(cast)
    desk = Desk(user=nora.user)
    assert "It can be: Nora Ibáñez ." in desk.get(address) or "Nora Ibáñez" in desk.get(address)
    key = desk.soup("/organization/invite/").select_one("[name=form_key]")["value"]
    said = desk.post(address, 409, form_key=key)
    assert "Marcus Webb is the lead of" in said
    assert "First appoint Nora Ibáñez to lead" in said
    assert Membership.objects.get(pk=cast.members["marcus"].pk).is_active


def test_where_nobody_else_can_lead_it_says_so(cast):
    page = Desk(cast, "marcus").get(f"/organization/people/{cast.members['marcus'].code}/close/")
    assert "You can't close your own account" in page
    nora = second_lead(cast)
    with cast.acting("marcus") as marcus:
        actions.appoint_lead(organization=cast.organizations["eastgate"], membership=nora, by=marcus.actor)
        Membership.objects.filter(pk=cast.members["marcus"].pk).update(role=Role.CASE_MANAGER)
    desk = Desk(cast, "adam")
    assert desk.client.get(f"/organization/people/{nora.code}/close/").status_code == 404, (
        "not their colleague"
    )


def test_nobody_closes_their_own(cast):
    nora = second_lead(cast)
    desk = Desk(user=nora.user)
    key = desk.soup("/organization/invite/").select_one("[name=form_key]")["value"]
    assert "You can't close your own account." in desk.post(
        f"/organization/people/{nora.code}/close/", 409, form_key=key
    )


def test_a_stranger_closes_nothing(cast):
    key = Desk(cast, "paul").soup("/organization/invite/").select_one("[name=form_key]")["value"]
    Desk(cast, "paul").post(f"/organization/people/{cast.members['denise'].code}/close/", 404, form_key=key)
    Desk(cast, "denise").post(f"/organization/people/{cast.members['tavo'].code}/close/", 403, form_key=key)
    assert Membership.objects.filter(state="ended").count() == 0
