"""Somebody wants help and wants nothing told: a no, a paper, and the word of the place they carried it to."""

from __future__ import annotations

import pytest
import segno

from tests.cast import MONDAY
from tests.journeys.world import SECRETS, Person, World
from warmhandoff.participants.models import Share
from warmhandoff.referrals.models import CarriedReferral, Referral

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_from_the_no_to_the_places_word(world: World, scripts: bool):
    file = world.take_in()
    denise = world.member("denise", scripts=scripts, pictures="carried")
    code = gets_the_paper(world, denise, file.code)
    denise.today("Ask whether they got there")

    place = world.somebody(scripts=scripts, pictures="carried").goes_to("/c/").looks("type")
    place.writes(code="CCCC-CCCC").presses("Go on").sees("We know no such code").looks("wrong")
    place.writes(code=code.lower().replace("-", " ")).presses("Go on")
    place.sees(
        "Somebody carries a referral to your Solar Installer training",
        "Eastgate Community Partners sent them",
    )
    place.sees_no(*SECRETS, file.code)
    assert not CarriedReferral.objects.using("owner").filter(closed_at__isnull=False), (
        "a look changes nothing"
    )
    place.looks("question").presses("Yes, they came").sees("Thank you").looks("thanks")
    denise.today("Rosa M.", "Check in with them")
    denise.story(file.code, "The referral on paper is over: they got there and are being helped")
    assert not world.box.received, "no mail, to nobody"
    assert not Share.objects.using("owner").exists() and not Referral.objects.using("owner").exists()


def test_the_place_reads_it_in_spanish(world: World):
    file = world.take_in()
    code = gets_the_paper(world, world.member("denise"), file.code)
    place = world.somebody(pictures="carried-es")
    place.context.add_cookies([{"name": "django_language", "value": "es", "url": world.url}])
    place.goes_to(f"/c/{code}/").sees("Alguien", "Curso de instalación solar").looks("question")
    place.sees_no(*SECRETS, "Did they come")
    place.button("Vino, y no").click()
    place.sees("Gracias").looks("thanks")
    assert CarriedReferral.objects.using("owner").get().outcome == "turned_away"
    world.clock.move_to(MONDAY)
    world.member("denise").today("Rosa M.", "Find a place")


def gets_the_paper(world: World, denise: Person, code: str) -> str:
    """A no on the refer page leads to the paper in two presses; its picture says the address that its code has."""
    denise.goes_to(f"/people/{code}/").follows("Find a place")
    denise.presses("See what they will be told").presses("They say no")
    denise.sees("Rosa said no, and that is fine", "still held by Denise Carter").looks("no")
    denise.follows("Give them a paper to carry").sees(
        "A paper for Rosa M. to carry", "Sunrow Solar School"
    ).looks("choose")
    denise.presses("Make the paper").sees("Print this and give it to Rosa M.").looks("paper")
    on_paper = denise.page.inner_text(".paper-code")
    drawn = denise.page.locator(".paper svg.qr path").last.get_attribute("d")
    meant = segno.make(f"{world.url}/c/{on_paper}/", error="m").svg_inline(scale=5, border=2)
    assert drawn and drawn in meant, "the picture is of the code's address"
    paper = denise.page.inner_html(".paper")
    assert not [secret for secret in (*SECRETS, "Eastgate", code) if secret in paper]
    return on_paper
