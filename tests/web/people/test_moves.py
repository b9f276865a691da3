"""Who should hold someone: asked, offered, answered, connected, put together; on pages, with one button each."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tests import cast
from tests.cast import MONDAY
from tests.web.people.desk import form_of, get, person, post, send, signed_in, text
from warmhandoff.custody import actions as custody
from warmhandoff.custody import moves
from warmhandoff.custody.models import Handover, HandoverParty, Link
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Consent, Participant
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Referral

pytestmark = pytest.mark.django_db
SOON = MONDAY + timedelta(hours=1)
LATER = MONDAY + timedelta(hours=2)


@pytest.fixture
def served(c, rosa):
    """Vera serves Rosa, whom Denise holds. Vera's file on her."""
    with c.acting("denise") as denise:
        referral = cast.refer(rosa, c.services["carpentry"], denise)
    with c.acting("vera") as vera:
        referrals.accept(
            referral=Referral.objects.get(pk=referral.pk), reply=referrals.Reply("Vera"), by=vera.actor
        )
        return Participant.objects.get(person_id=rosa.person_id, organization_id=vera.organization_id)


def hub(file):
    return reverse("people:moves", args=[file.code])


def party(c, who, **which):
    with c.acting(who, LATER):
        return HandoverParty.objects.get(**which)


def at(name, found):
    return reverse(f"people:{name}", args=[found.code])


def test_whoever_serves_them_asks_and_the_holder_hands_them_over(c, rosa, served):
    vera, denise = signed_in(c, "vera"), signed_in(c, "denise")
    page = get(vera, hub(served), SOON)
    assert "Eastgate Community Partners holds them, and decides." in text(page)
    answer = send(vera, reverse("people:ask", args=[served.code]), SOON, note="We see her every day.")
    mine = party(c, "vera", side="asker")
    assert answer.url == at("move", mine)
    assert "waiting for an answer until" in text(get(vera, answer.url, SOON))
    today = get(denise, reverse("today:home"), SOON)
    assert "Valley Trades asks you to hand them over." in text(today)
    page = get(denise, at("move", mine), SOON)
    assert (
        "We see her every day." in text(page)
        and page.select_one("main button").get_text() == "Yes, hand them over"
    )
    answer = send(denise, at("move", mine), LATER, how="paper")
    assert answer.status_code == 302 and answer.url == person(rosa)
    assert "Valley Trades" in text(get(denise, person(rosa), LATER))
    with c.acting("vera", LATER):
        assert custody.holds(rosa.person_id)
    with c.acting("denise", LATER):
        consent = Consent.objects.get(purpose="handover")
        assert (consent.how, consent.recipients) == ("paper", [c.organizations["valley"].pk])


def test_a_spoken_yes_needs_a_witness_and_nothing_moves_without(c, rosa, served):
    send(signed_in(c, "vera"), reverse("people:ask", args=[served.code]), SOON)
    answer = send(signed_in(c, "denise"), at("move", party(c, "vera", side="asker")), LATER, how="spoken")
    assert answer.status_code == 422 and b"Name the colleague who heard it." in answer.content
    with c.acting("denise", LATER):
        assert custody.holds(rosa.person_id) and not Consent.objects.filter(purpose="handover").exists()


def test_the_holder_says_no_and_the_asker_reads_why(c, rosa, served):
    vera, denise = signed_in(c, "vera"), signed_in(c, "denise")
    send(vera, reverse("people:ask", args=[served.code]), SOON)
    found = party(c, "vera", side="asker")
    answer = send(denise, at("refuse_move", found), LATER, reason="goes_on_here")
    assert answer.url == at("move", found)
    page = text(get(vera, at("move", found), LATER))
    assert "declined: they go on being helped here" in page
    assert send_again(denise, at("refuse_move", found)).status_code == 302


def send_again(client, address):
    return post(client, address, {}, LATER)


def test_whoever_asked_takes_it_back(c, rosa, served):
    vera = signed_in(c, "vera")
    send(vera, reverse("people:ask", args=[served.code]), SOON)
    found = party(c, "vera", side="asker")
    assert send(vera, at("withdraw_move", found), LATER).status_code == 302
    assert party(c, "vera", side="asker").state == "withdrawn"


def test_offered_as_a_whole_and_taken_on(c, rosa):
    denise, ines = signed_in(c, "denise"), signed_in(c, "ines")
    page = get(denise, reverse("people:offer", args=[rosa.code]), SOON)
    offered = [option.get_text() for option in page.select("select[name=to] option")]
    assert "Harbor Reentry" in offered
    assert "Sunrow Solar School" not in offered, "nobody answers there"
    assert "Eastgate Community Partners" not in offered
    values = form_of(page) | {
        "to": c.organizations["harbor"].code,
        "how": "screen",
        "note": "Lives near you.",
    }
    answer = post(denise, reverse("people:offer", args=[rosa.code]), values, SOON)
    found = party(c, "denise", side="asker")
    assert answer.url == at("move", found)
    page = get(ines, at("move", found), SOON)
    assert "Someone new" in text(page) and "Rosa" not in text(page) and "Lives near you." in text(page)
    answer = send(ines, at("move", found), LATER)
    with c.acting("ines", LATER) as member:
        file = Participant.objects.get(person_id=rosa.person_id, organization_id=member.organization_id)
        assert custody.holds(rosa.person_id)
    assert answer.url == person(file)
    assert "Rosa" in text(get(ines, person(file), LATER))


def test_two_holders_of_one_person_connect_and_part_again(c, rosa, served):
    vera, denise = signed_in(c, "vera"), signed_in(c, "denise")
    with c.acting("denise") as member:
        referrals.withdraw(referral=Referral.objects.get(), reason="mistake", by=member.actor)
        referrals.settle(referral=Referral.objects.get(), outcome="met_elsewhere", by=member.actor)
    with c.acting("vera") as member:
        own = cast.take_in(member, cast.told("Rosa", "Mendoza"))
    address = reverse("people:same", args=[own.code, served.code])
    assert "Eastgate Community Partners the other" in text(get(vera, address, SOON))
    send(vera, address, SOON, proposed="either")
    found = party(c, "vera", side="asker")
    page = get(denise, at("move", found), SOON)
    assert [one["value"] for one in page.select("input[name=keeps]")] == ["asked", "asker"]
    assert send(denise, at("move", found), LATER, keeps="asked", how="screen").status_code == 302
    assert "Eastgate Community Partners, connected since" in text(get(vera, person(own), LATER))
    assert "Take in again" not in text(get(vera, person(own), LATER))
    assert not get(vera, hub(own), LATER).select("main .card"), (
        "nothing is asked about who stands behind another"
    )
    page = get(denise, hub(rosa), LATER)
    assert "Connected with Valley Trades" in text(page)
    with c.acting("denise", LATER):
        link = Link.objects.get()
    undo = reverse("people:unlink", args=[rosa.code, link.code])
    assert "Valley Trades holds the person of its own file again" in text(get(denise, undo, LATER))
    assert send(denise, undo, LATER).url == hub(rosa)
    with c.acting("vera", LATER):
        assert custody.holds(own.person_id)


def test_two_files_are_put_together_and_parted_again(c, rosa):
    denise = signed_in(c, "denise")
    with c.acting("marcus") as marcus:
        twice = cast.take_in(marcus)
    address = reverse("people:same", args=[rosa.code, twice.code])
    assert "Compare the two" in text(get(denise, hub(rosa), SOON))
    answer = send(denise, address, SOON, keep=rosa.code)
    assert answer.url == person(rosa)
    people = get(denise, reverse("people:find"), LATER)
    assert len(people.select(f"main a[href='{person(rosa)}']")) >= 1
    assert not people.select(f"main a[href='{person(twice)}']")
    with c.acting("denise", LATER):
        link = Link.objects.get()
    assert send(denise, reverse("people:unlink", args=[rosa.code, link.code]), LATER).status_code == 302
    with c.acting("denise", LATER):
        assert custody.holds(twice.person_id)


def test_a_file_that_is_not_shown_leads_to_the_one_that_is_and_can_still_be_read(c, rosa):
    denise, tavo = signed_in(c, "denise"), signed_in(c, "tavo")
    with c.acting("marcus") as marcus:
        twice = cast.take_in(marcus)
    send(denise, reverse("people:same", args=[rosa.code, twice.code]), SOON, keep=rosa.code)
    get(denise, person(rosa), LATER)  # what was said of the press itself is read
    for client in (denise, tavo):
        answer = get(client, person(twice), LATER, status=302)
        assert answer is not None
        shown = get(client, person(rosa), LATER)
        assert "Two files of one person were put together today. This is the one that is shown." in text(
            shown, ".saved"
        )
        assert ("parted again" in text(shown, ".saved")) is (client is denise)
    other = get(denise, hub(rosa), LATER).find("a", string="Read the other file")
    page = get(denise, other["href"], LATER)
    assert "Shown in another file since" in text(page) and "took Rosa in" in text(page)
    for which in ("people:referrals", "people:needs"):
        get(denise, reverse(which, args=[twice.code]), LATER)


def refer(c, file, service, who="denise", **more):
    with c.acting(who, SOON) as member:
        return cast.refer(file, c.services[service], member, **more)


def test_the_file_with_something_open_is_the_one_that_is_shown(c, rosa):
    denise = signed_in(c, "denise")
    with c.acting("denise") as member:
        twice = cast.take_in(member)
    sent = refer(c, twice, "solar")
    address = reverse("people:same", args=[rosa.code, twice.code])
    page = get(denise, address, SOON)
    assert [one["value"] for one in page.select("input[name=keep]")] == [twice.code]
    assert page.select_one("input[name=keep]").has_attr("checked")
    said = text(page)
    assert "it is the one that is shown" in said and "Sunrow Solar School has until" in said
    assert page.select(f"main a[href*='{sent.code}']")
    assert send(denise, address, SOON).url == person(twice)
    with c.acting("denise", LATER):
        assert custody.holds(twice.person_id) and not custody.holds(rosa.person_id)


def test_where_both_have_something_open_each_is_named_with_its_button(c, rosa):
    denise = signed_in(c, "denise")
    with c.acting("denise") as member:
        twice = cast.take_in(member)
    sent = [refer(c, rosa, "carpentry"), refer(c, twice, "solar")]
    address = reverse("people:same", args=[rosa.code, twice.code])
    page = get(denise, address, SOON)
    assert "Not yet: something is open in both files." in text(page)
    assert not page.select("main form[method=post] input[name=keep]")
    for referral in sent:
        assert page.select(f"main a[href*='{referral.code}']"), (
            "each is named, with the button that leads to it"
        )
        back = page.find("a", string="Take it back", href=reverse("referrals:withdraw", args=[referral.code]))
        assert back is not None, "what nobody has answered is taken back"
    assert "To put away the file of Rosa Mendoza, opened today, first:" in text(page)
    with c.acting("denise", SOON) as member:
        referrals.withdraw(referral=sent[1], reason="mistake", by=member.actor)
        referrals.settle(
            referral=Referral.objects.get(pk=sent[1].pk), outcome="met_elsewhere", by=member.actor
        )
    assert send(denise, address, LATER).url == person(rosa)


def test_opened_meanwhile_it_is_said_and_nothing_is_lost(c, rosa):
    denise = signed_in(c, "denise")
    with c.acting("denise") as member:
        twice = cast.take_in(member)
    address = reverse("people:same", args=[rosa.code, twice.code])
    values = form_of(get(denise, address, SOON)) | {"keep": rosa.code}
    refer(c, twice, "solar")
    answer = post(denise, address, values, LATER)
    assert answer.status_code == 422
    with c.acting("denise", LATER):
        assert custody.holds(twice.person_id) and custody.holds(rosa.person_id)


@pytest.fixture
def two_holders(c, rosa, served):
    """Denise holds Rosa; Vera, who served her once, holds her own Rosa Mendoza."""
    with c.acting("denise") as member:
        referrals.withdraw(referral=Referral.objects.get(), reason="mistake", by=member.actor)
        referrals.settle(referral=Referral.objects.get(), outcome="met_elsewhere", by=member.actor)
        participants.open_need(file=rosa, code="WRK-TRN", by=member.actor)
    with c.acting("vera") as member:
        return cast.take_in(member, cast.told("Rosa", "Mendoza"))


def test_whoever_has_something_open_goes_on_holding_them(c, rosa, served, two_holders):
    vera, denise = signed_in(c, "vera"), signed_in(c, "denise")
    send(vera, reverse("people:same", args=[two_holders.code, served.code]), SOON, proposed="either")
    sent = refer(c, rosa, "solar")
    found = party(c, "vera", side="asker")
    page = get(denise, at("move", found), SOON)
    assert [one["value"] for one in page.select("input[name=keeps]")] == ["asked"]
    assert "Until then you go on holding them" in text(page) and page.select(f"main a[href*='{sent.code}']")
    send(denise, at("move", found), LATER, how="screen")
    with c.acting("denise", LATER):
        assert custody.holds(rosa.person_id)
    with c.acting("vera", LATER):
        assert not custody.holds(two_holders.person_id)


def test_a_yes_waits_where_they_want_to_keep_them_and_we_have_something_open(c, rosa, served, two_holders):
    vera, denise = signed_in(c, "vera"), signed_in(c, "denise")
    send(vera, reverse("people:same", args=[two_holders.code, served.code]), SOON, proposed="asker")
    sent = refer(c, rosa, "solar")
    found = party(c, "vera", side="asker")
    page = get(denise, at("move", found), SOON)
    assert "A yes has to wait: Valley Trades wants to go on holding them" in text(page)
    assert not page.select("input[name=keeps]") and page.select(f"main a[href*='{sent.code}']")
    assert page.select(f"main a[href='{at('refuse_move', found)}']"), "a no is always there"


def test_whoever_asks_with_something_open_asks_to_keep_them(c, rosa, served, two_holders):
    sent = refer(c, two_holders, "solar", who="vera")
    address = reverse("people:same", args=[two_holders.code, served.code])
    page = get(signed_in(c, "vera"), address, SOON)
    assert [one["value"] for one in page.select("input[name=proposed]")] == ["asker"]
    assert page.select(f"main a[href*='{sent.code}']")
    assert send(signed_in(c, "vera"), address, SOON).status_code == 302
    assert party(c, "vera", side="asker").proposed == "asker"


def test_what_is_open_on_the_other_side_is_said_at_the_field_and_not_what_it_is(c, rosa, served, two_holders):
    vera, denise = signed_in(c, "vera"), signed_in(c, "denise")
    send(vera, reverse("people:same", args=[two_holders.code, served.code]), SOON, proposed="either")
    refer(c, two_holders, "solar", who="vera")
    found = party(c, "vera", side="asker")
    answer = send(denise, at("move", found), LATER, keeps="asked", how="screen")
    assert answer.status_code == 422
    assert b"can&#x27;t let them go yet" in answer.content and b"Sunrow" not in answer.content
    with c.acting("denise", LATER):
        assert not Consent.objects.filter(purpose="link").exists(), "nothing is half done"
    assert send(denise, at("move", found), LATER, keeps="asker", how="screen").status_code == 302


def test_who_is_offered_by_a_referral_is_not_handed_over_besides(c, rosa, served):
    vera, denise = signed_in(c, "vera"), signed_in(c, "denise")
    send(vera, reverse("people:ask", args=[served.code]), SOON)
    with c.acting("denise", SOON) as member:
        participants.open_need(file=rosa, code="HSG", by=member.actor)
    sent = refer(c, rosa, "housing", mode="transfer")
    page = get(denise, at("move", party(c, "vera", side="asker")), LATER)
    assert "A yes has to wait: they are offered to another organization already" in text(page)
    assert not page.select("input[name=how]") and page.select(f"main a[href*='{sent.code}']")
    page = get(denise, reverse("people:offer", args=[rosa.code]), LATER)
    assert "Not yet: they are offered to another organization already" in text(page)
    assert not page.select("select[name=to]") and page.select(f"main a[href*='{sent.code}']")


def test_a_second_press_shows_the_first(c, rosa, served):
    vera = signed_in(c, "vera")
    address = reverse("people:ask", args=[served.code])
    values = form_of(get(vera, address, SOON))
    first, second = post(vera, address, values, SOON), post(vera, address, values, SOON)
    assert first.url == second.url
    with c.acting("vera", LATER):
        assert HandoverParty.objects.count() == 1


def test_peer_mentors_and_strangers_see_nothing_of_it(c, rosa, served):
    send(signed_in(c, "vera"), reverse("people:ask", args=[served.code]), SOON)
    found = party(c, "vera", side="asker")
    for name in ("tavo", "grace", "adam"):
        assert signed_in(c, name).get(hub(rosa)).status_code == 403
        assert signed_in(c, name).get(at("move", found)).status_code == 403
    assert "Hand over, ask or connect" not in text(get(signed_in(c, "tavo"), person(rosa), SOON))
    assert "hand them over" not in text(get(signed_in(c, "tavo"), reverse("today:home"), SOON))
    for address in (hub(rosa), at("move", found), at("refuse_move", found), at("withdraw_move", found)):
        get(signed_in(c, "ines"), address, SOON, status=404)


def test_the_story_tells_it(c, rosa, served):
    send(signed_in(c, "vera"), reverse("people:ask", args=[served.code]), SOON)
    with c.acting("denise", LATER) as denise:
        moves.refuse(handover=Handover.objects.get(), reason="not_now", by=denise.actor)
    page = text(get(signed_in(c, "denise"), person(rosa), LATER))
    assert "Valley Trades asked about Rosa." in page
    assert "The answer was no: not now: something has to be finished first." in page
