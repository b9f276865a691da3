"""A person's own page, from the mail to the other organization's desk: what is stopped there is gone there on the next click."""

from __future__ import annotations

import re

import pytest

from tests import cast
from tests.journeys.world import Person, World
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Consent, Participant
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Referral

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]

MAIL = "rosa@mail.example"


def with_a_place(world: World) -> Participant:
    """Rosa, for whom Harbor said yes; Denise knows a mail address of hers."""
    with world.cast.acting("denise", world.clock.get()) as denise:
        file = cast.take_in(denise, cast.told(), needs=("HSG",))
        participants.add_way(file=file, way=participants.Way("email", MAIL), by=denise.actor)
        referral = cast.refer(file, world.cast.services["housing"], denise)
    with world.cast.acting("ines", world.clock.get()) as ines:
        found = Referral.objects.get(pk=referral.pk)
        referrals.accept(referral=found, reply=referrals.Reply("Jo Park"), by=ines.actor)
    return file


def sends_the_page(world: World, denise: Person, file: Participant) -> None:
    denise.goes_to(f"/people/{file.code}/their-page/").sees(MAIL)
    denise.presses("Send them their page").sees("Ask them first").looks("ask-first")
    denise.chooses("They said that it is theirs").presses("Send them their page").sees(
        "Sent. The mail names nobody"
    )


def comes_in(world: World, rosa: Person) -> Person:
    link = re.search(re.escape(world.url) + r"/me/\S+", world.mail(MAIL))
    assert link, world.mail(MAIL)
    rosa.goes_to(link[0]).sees("Primero un código").sees_no("Rosa", "Harbor", "Eastgate").looks("code")
    rosa.presses("Enviar el código")
    return rosa.writes(code=world.code(MAIL)).presses("Seguir")


@pytest.mark.parametrize("scripts", [False, True], ids=["plain", "scripts"])
def test_sharing_stopped_on_the_page_is_gone_at_the_other_desk(world: World, scripts: bool):
    file = with_a_place(world)
    denise = world.member("denise", pictures="own" if scripts else "")
    sends_the_page(world, denise, file)
    referral = world.referral()
    ines = world.member("ines").goes_to(f"/referrals/{referral.code}/").sees("555-0123", "Rosa Mendoza")

    rosa = world.somebody(scripts=scripts, pictures="own")
    comes_in(world, rosa).sees("Hola, Rosa.", "Denise Carter", "Jo Park", "Harbor Reentry").looks("page")
    rosa.follows("Dejar de compartir").sees("¿Dejar de compartir con Harbor Reentry?").looks("stop")
    rosa.presses("Sí, dejar de compartir").sees("ya no pueden ver nada").looks("stopped")

    ines.page.reload()
    ines.sees("Housing help").sees_no("555-0123", "Mendoza")
    assert Consent.objects.using("owner").get().revoked_at is not None
    denise.goes_to(f"/people/{file.code}/who-can-see/").sees("Taken back")


def test_something_wrong_is_heard_and_answered(world: World):
    file = with_a_place(world)
    denise = world.member("denise")
    sends_the_page(world, denise, file)
    rosa = comes_in(world, world.somebody(scripts=False, pictures="own-wrong"))
    rosa.follows("Decir qué está mal").chooses("Mi nombre").writes(words="Mi teléfono es otro.").presses(
        "Enviar"
    )
    rosa.sees("Gracias por decirnos", "ya lo tiene y le contesta aquí").looks("said")
    denise.today("Says on their own page that something is wrong.").follows("Read and answer")
    denise.sees("Mi teléfono es otro.").chooses("It was wrong, and is put right")
    denise.writes(words="Ya está. Gracias.").presses("Answer them").sees("Answered.")
    rosa.page.reload()
    rosa.sees("Se corrigió.", "Ya está. Gracias.").looks("answered")
