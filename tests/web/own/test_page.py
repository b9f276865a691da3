"""A person's own page: nothing before the code; then all of it, across organizations, and nothing of anybody else."""

from __future__ import annotations

import gzip
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from tests.cast import MONDAY, Cast, refer
from tests.web.desk import Desk
from tests.web.own.themself import Themself
from warmhandoff.foundation import mail_links, messages
from warmhandoff.foundation.models import AccessLog, Message
from warmhandoff.participants.own_page import OwnCode, OwnLink
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals import board
from warmhandoff.referrals.actions import Reply
from warmhandoff.referrals.models import Referral

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(settings, the_cast) -> Cast:
    settings.DEMO = True
    return the_cast


@pytest.fixture
def rosa(cast) -> Themself:
    return Themself(cast)


def asked(rosa: Themself, service: str = "housing", need: str = "HSG") -> Referral:
    with rosa.cast.acting("denise") as denise:
        from warmhandoff.participants import actions as participants

        participants.open_need(file=rosa.file, code=need, by=denise.actor)
        return refer(rosa.file, rosa.cast.services[service], denise)


def accepted(rosa: Themself) -> Referral:
    referral = asked(rosa)
    with rosa.cast.acting("ines") as ines:
        reply = Reply(caller_name="Jo Park", contact_by=MONDAY + timedelta(days=1))
        return referrals.accept(referral=Referral.objects.get(pk=referral.pk), reply=reply, by=ines.actor)


def test_nothing_before_the_code(rosa):
    rosa.get("", 302)
    said = rosa.text("code/")
    assert "This page is yours alone" in said
    for name in ("Rosa", "Eastgate", "Denise", "Mendoza"):
        assert name not in said
    for path in ("stop/XXXX/", "wrong/", "file/", "no-mails/", "answer/XXXX/"):
        rosa.get(path, 302)


def test_the_mail_and_its_code_name_nobody(rosa):
    rosa.press_on("code/", "code/send/")
    for message in Message.objects.order_by("pk"):
        messages.deliver(message.pk)
    link, _code = mail.outbox
    assert link.subject == "Su página" and "/me/" in link.body
    for one in mail.outbox:
        for name in ("Rosa", "Mendoza", "Eastgate", "Denise", "Harbor"):
            assert name not in one.subject + one.body + one.alternatives[0][0]
    assert mail_links.token_of(rosa.link) not in Message.objects.order_by("pk")[0].kept_text


def test_who_has_me_and_what_is_next(rosa):
    rosa.come_in()
    said = rosa.text()
    assert "Hi Rosa." in said
    assert "Denise Carter , Eastgate Community Partners" in said and "555-0142" in said
    assert "Denise Carter looks for a place for you By " in said
    assert "Eastgate Community Partners : what you told them, to help you." in said


def test_where_a_question_stands_and_who_would_see(rosa):
    rosa.come_in()
    asked(rosa)
    said = rosa.text()
    assert "Harbor Reentry , Housing help We asked. They have not answered yet." in said
    assert "Harbor Reentry : nothing, until they say yes." in said
    accepted_text = "Jo Park from Harbor Reentry contacts you"
    assert accepted_text not in said


def test_after_a_yes_everybody_who_can_see(rosa):
    rosa.come_in()
    accepted(rosa)
    said = rosa.text()
    assert "Jo Park from Harbor Reentry contacts you" in said
    assert "They said yes. They will contact you." in said
    assert "Harbor Reentry : your name and how to reach you and what you need." in said
    assert "You said yes today to Eastgate Community Partners." in said
    assert "Harbor Reentry : what they were told of you, and what you tell them." in said


def test_in_spanish(rosa):
    rosa.come_in()
    accepted(rosa)
    said = rosa.text(lang="es")
    assert "Hola, Rosa." in said and "Ayuda de vivienda" in said
    for english in ("Hi Rosa", "What is next", "Who can see", "Stop sharing", "Housing help"):
        assert english not in said


def test_opening_is_written_down_once(rosa):
    rosa.come_in()
    rosa.get()
    with rosa.cast.acting("marcus"):
        log = AccessLog.objects.filter(actor__kind="participant")
        assert [(each.subject_kind, each.actor.subject_id) for each in log] == [("own_link", rosa.link.pk)]


def test_a_look_changes_nothing(rosa):
    rosa.come_in()
    accepted(rosa)
    before = (Message.objects.count(), OwnCode.objects.count(), OwnLink.objects.get().generation)
    for path in ("", "wrong/", "file/", "no-mails/", "code/"):
        rosa.get(path, 302 if path == "code/" else 200)
    for path in ("leave/", "fresh/", "code/send/", "file/data/"):
        rosa.get(path, 302)
    assert (Message.objects.count(), OwnCode.objects.count(), OwnLink.objects.get().generation) == before


# --- Stop sharing -------------------------------------------------------------------------------------------------


def consent_of(rosa: Themself, referral: Referral) -> str:
    with rosa.cast.acting("denise"):
        return str(Referral.objects.select_related("consent").get(pk=referral.pk).consent.code)


def test_stop_sharing_asks_once_and_takes_effect_at_once(rosa):
    rosa.come_in()
    referral = accepted(rosa)
    ines = Desk(rosa.cast, "ines")
    page = f"/referrals/{referral.code}/"
    assert "Rosa Mendoza" in ines.get(page) and "555-0123" in ines.get(page)
    consent = consent_of(rosa, referral)
    assert f"/stop/{consent}/" in rosa.get()
    assert "Stop sharing with Harbor Reentry?" in rosa.text(f"stop/{consent}/")
    assert "555-0123" in ines.get(page), "a question isn't an act"
    said = rosa.press(f"stop/{consent}/")
    assert "Stopped. From now on they can see nothing more of it." in said
    for told in ("Mendoza", "555-0123"):
        assert told not in ines.get(page)
    assert "could see something before" in said
    with rosa.cast.acting("denise"):
        by = rosa.file.events.get(kind="consent_revoked").by
    assert (by.kind, by.subject_id, by.organization_id) == (
        "participant",
        rosa.link.pk,
        rosa.file.organization_id,
    )


def test_what_nobody_answered_is_taken_back_and_the_holder_decides(rosa):
    rosa.come_in()
    referral = asked(rosa)
    rosa.press(f"stop/{consent_of(rosa, referral)}/")
    with rosa.cast.acting("denise"):
        assert Referral.objects.get(pk=referral.pk).state == "withdrawn"
    assert "was taken back" in Desk(rosa.cast, "denise").get("/today/")


def test_stopping_twice_is_stopping_once(rosa):
    rosa.come_in()
    consent = consent_of(rosa, accepted(rosa))
    rosa.press(f"stop/{consent}/")
    rosa.get(f"stop/{consent}/", 302)
    rosa.post(f"stop/{consent}/", form_key="00000000-0000-0000-0000-00000000000a")
    with rosa.cast.acting("denise"):
        assert rosa.file.events.filter(kind="consent_revoked").count() == 1


def test_what_is_kept_of_a_press_never_holds_the_address(rosa):
    from warmhandoff.foundation.models import FormKey

    rosa.come_in()
    rosa.press(f"stop/{consent_of(rosa, accepted(rosa))}/")
    assert not [each.result for each in FormKey.objects.all() if "/me/" in each.result]


def test_a_consent_that_another_organization_asked_for_is_stopped_there(rosa):
    """Harbor, who serves her, sends her on; she sees that too, and stops it."""
    rosa.come_in()
    accepted(rosa)
    with rosa.cast.acting("ines") as ines:
        from warmhandoff.participants.models import Consent, Participant

        theirs = Participant.objects.get(person_id=rosa.file.person_id, organization_id=ines.organization_id)
        from warmhandoff.participants import actions as participants

        consent = participants.record_consent(
            file=theirs,
            asked=participants.Asked(
                recipients=[rosa.cast.organizations["valley"].pk],
                parts=("name", "reach"),
                data_classes=["contact"],
            ),
            by=ines.actor,
        )
        participants.share(
            consent=consent,
            recipient_id=rosa.cast.organizations["valley"].pk,
            classes=["contact"],
            about=("", 0),
        )
    said = rosa.text()
    assert "Valley Trades : your name and how to reach you." in said
    assert "You said yes today to Harbor Reentry." in said
    rosa.press(f"stop/{consent.code}/")
    with rosa.cast.acting("ines"):
        assert Consent.objects.get(pk=consent.pk).revoked_at is not None
    with rosa.cast.acting("denise"):
        assert not Consent.objects.filter(pk=consent.pk).exists(), "none of Eastgate's business"
    assert "Valley" not in Desk(rosa.cast, "denise").get(f"/people/{rosa.file.code}/who-can-see/")


# --- Others' pages ------------------------------------------------------------------------------------------------


def test_another_browser_is_asked_again(rosa):
    rosa.come_in()
    rosa.get("", 302, client=Client())


def test_leaving_forgets(rosa):
    rosa.come_in()
    rosa.get()
    assert "Goodbye." in rosa.post("leave/")
    rosa.get("", 302)


def test_after_twelve_hours_the_code_is_asked_again(rosa):
    rosa.come_in()
    rosa.at = MONDAY + timedelta(hours=12, minutes=1)
    rosa.get("", 302)


def test_a_link_is_too_old_after_ninety_days(rosa):
    rosa.come_in()
    rosa.at = MONDAY + timedelta(days=91)
    assert "This page is closed" in rosa.get("", 410)
    rosa.get("code/", 410)


def test_take_in_offers_it(rosa):
    assert "Their own page" in Desk(rosa.cast, "denise").get(f"/people/{rosa.file.code}/")
    assert "A mail to rosa@mail.example" in Desk(rosa.cast, "denise").get(
        f"/people/{rosa.file.code}/their-page/"
    )


def test_a_newer_mail_closes_the_older(rosa):
    older = rosa.url()
    rosa.come_in()
    with rosa.cast.acting("denise", at=MONDAY + timedelta(minutes=11)) as denise:
        from warmhandoff.participants import own_links

        own_links.mail_page(file=rosa.file, mailbox=own_links.mailboxes_of(rosa.file).get(), by=denise.actor)
    answer = rosa.client.get(older)
    assert answer.status_code == 410 and b"There is a newer mail" in answer.content


def test_the_page_is_light(rosa):
    """Styles and pictures are about 13 KB, and it fetches no font and no script: with much on it too it stays far below 60 KB."""
    rosa.come_in()
    accepted(rosa)
    html = rosa.get()
    compressed = len(gzip.compress(html.encode()))
    assert compressed <= 5.9 * 1024, compressed
    assert "<script" not in html and 'class="own-letters"' in html


def test_a_place_that_said_no_and_is_asked_once_more(rosa):
    rosa.come_in()
    referral = asked(rosa)
    assert "They said no at first" not in rosa.text()
    with rosa.cast.acting("ines") as ines:
        found = Referral.objects.get(pk=referral.pk)
        referrals.decline(referral=found, reason="not_met", detail="area", by=ines.actor)
    with rosa.cast.acting("luz") as luz:
        referrals.send_back(
            party=board.row_or_404(referral.code), note="Please look once more.", by=luz.actor
        )
    assert "They said no at first. We asked them once more" in rosa.text()


def test_what_a_place_meant_to_do_is_no_date_once_sharing_is_stopped(rosa):
    rosa.come_in()
    referral = accepted(rosa)
    assert "Jo Park from Harbor Reentry contacts you" in rosa.text()
    with rosa.cast.acting("denise") as denise:
        referrals.stop_sharing(consent=referral.consent, by=denise.actor)
    said = rosa.text()
    assert "contacts you" not in said
    assert (
        "Denise Carter asks you what is next" in said and "You stopped sharing with Harbor Reentry." in said
    )
