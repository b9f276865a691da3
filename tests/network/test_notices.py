"""Every mail, in both languages: it says who, why, by when and what happens otherwise, and not a word about a person."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from bs4 import BeautifulSoup

from tests.cast import MONDAY, consent, take_in, told
from warmhandoff.directory import actions as describing
from warmhandoff.directory import notices as directory
from warmhandoff.directory.access import change_or_404
from warmhandoff.directory.models import Service, ServiceLink
from warmhandoff.foundation import clock, mail_links, messages, scoping
from warmhandoff.foundation.actors import link_actor
from warmhandoff.foundation.messages import Urgency
from warmhandoff.foundation.models import ContactPoint, Message
from warmhandoff.network.actions import invite
from warmhandoff.network.models import Digest, Organization
from warmhandoff.network.notices import DailyDigest, InvitationMail
from warmhandoff.participants.models import Need
from warmhandoff.referrals import actions, notices, stalls_notices
from warmhandoff.referrals.models import AnswerLink, Referral, StallLink

pytestmark = pytest.mark.django_db

# The mails about handovers have their own test (tests/custody/test_notices.py): they need somebody who asks.
# Mails to staff and to mailboxes. What goes into the daily digest has none of its own; what goes to a person has its tests with
# their own page (tests/web/own) and with silence (tests/referrals/test_silence.py); what goes into calendars with appointments
# (tests/casework/test_calendar.py), and what goes to a worksite with the search for our names (tests/web/worksite).
NAMES = sorted(
    notice.name
    for notice in messages.registered()
    if notice.urgency is not Urgency.DIGEST
    and not notice.name.startswith(("tests.", "participants.", "casework.", "programs."))
    and notice is not notices.StillAsking
)
# Who it is about, how to reach them, what they need, what for: none of it is in a mail.
MARKERS = (
    "Rosaura",
    "Quetzalcalli",
    "555-0123",
    "Solar Installer",
    "instalación solar",
    "Job training",
    "Capacitación",
    "marker-note",
    "reentry",
    "WRK-TRN",
)


@pytest.fixture
def written(the_cast):
    """(notice, language) -> the mail, and what is kept of it."""
    cast = the_cast
    with cast.acting("denise") as denise:
        file = take_in(denise, told("Rosaura", "Quetzalcalli"))
        service = Service.objects.select_related("organization").get(pk=cast.services["solar"].pk)
        referral = actions.send(
            file=file,
            service=service,
            need=Need.objects.get(file=file),
            consent=consent(file, service, denise, parts=("name", "reach", "need", "note")),
            by=denise.actor,
            membership=denise.membership,
            note="marker-note",
        )
        link = AnswerLink.objects.get()
    with cast.acting("marcus") as marcus:
        invitation = invite(
            organization=cast.organizations["eastgate"],
            email="jo@eastgate.example",
            name="Jo Park",
            role="lead",
            by=marcus.actor,
        )
    with clock.at(MONDAY):
        code = mail_links.new_code(link)

        of_service, code_of_service, change = _about_a_service(cast)
        stalled = StallLink.objects.create(
            organization_id=link.organization_id,
            mailbox_id=link.mailbox_id,
            dies_at=clock.now() + timedelta(days=9),
        )
        code_of_stalled = mail_links.new_code(stalled)

    with cast.acting("denise", at=MONDAY - timedelta(days=10)) as denise:
        take_in(denise, told("Rosaura", "Quetzalcalli"))  # whose next step is late by now
        digest = Digest.objects.create(
            membership=denise.membership, day=MONDAY.date(), decided_at=MONDAY, since=MONDAY
        )

    subjects = {
        stalls_notices.HowItGoes: ("stall_link", stalled.pk),
        stalls_notices.HowItGoesCode: ("stall_code", code_of_stalled.pk),
        DailyDigest: ("digest", digest.pk),
        InvitationMail: ("invitation", invitation.pk),
        notices.CodeMail: ("link_code", code.pk),
        directory.StillTrue: ("service_link", of_service.pk),
        directory.ServiceCodeMail: ("service_code", code_of_service.pk),
        directory.SentBack: ("service_change", change.pk),
    }

    accepted: list[bool] = []

    def write(name: str, language: str, state: str = "sent"):
        notice = messages._notices[name]
        kind, pk = subjects.get(
            notice,
            ("answer_link", link.pk) if issubclass(notice, notices.LinkNotice) else ("referral", referral.pk),
        )
        if state == "accepted" and not accepted:
            receiver = link_actor(link.pk, link.organization_id)
            with clock.at(MONDAY), scoping.acting_as(receiver, classes=("contact", "needs", "narrative")):
                actions.accept(
                    referral=Referral.objects.get(), reply=actions.Reply("Sol Rivera"), by=receiver
                )
            accepted.append(True)
        with cast.acting("denise"):
            message = Message(notice=name, subject_kind=kind, subject_id=pk, message_id="<1@x.example>")
            point = ContactPoint(channel="email", value="somebody@x.example", language=language)
            return messages.compose(messages.notice_of(message), point)

    return write


def _about_a_service(cast):
    """A link to a service's mailbox, a code for it, and a change of its words that was sent back."""
    with cast.acting("paul") as paul:
        service = Service.objects.select_related("organization", "mailbox").get(
            pk=cast.services["housing"].pk
        )
        link = ServiceLink.objects.create(
            service=service,
            organization=service.organization,
            mailbox=service.mailbox,
            dies_at=clock.now() + timedelta(days=9),
        )
        code = mail_links.new_code(link)
        told = replace(describing.said_of(service), about="Somebody sits down with you.")
        change = describing.change_service(service=service, told=told, by=paul.actor)
    with cast.acting("luz") as luz:
        describing.send_back(
            change=change_or_404(change.code, luz.organization_id),
            note="Papers?",
            by=luz.actor,
        )
    return link, code, change


def test_each_says_what_it_is_in_the_reference():
    """Which says when each goes out; that it is current is seen to in tests/house/test_docs.py."""
    silent = [
        notice.name
        for notice in messages.registered()
        if notice.__module__.startswith("warmhandoff.") and not notice.__dict__.get("__doc__")
    ]
    assert silent == []


def test_what_stands_in_the_digest_has_its_words_or_a_duty():
    """None of these has words: a duty of its reader's tells it."""
    wordless = {n.name for n in messages.registered() if n.urgency is Urgency.DIGEST and not n.digest_words}
    assert wordless == {"referrals.question_asked", "referrals.silence_told"}


def test_there_are_all_of_them():
    assert len(NAMES) == 24


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("state", ["sent", "accepted"])
def test_it_is_written_in_both_languages_and_says_nothing_about_a_person(written, name, state):
    both = {language: written(name, language, state) for language in ("en", "es")}
    for language, (mail, kept_subject, kept_text) in both.items():
        html = mail.alternatives[0].content
        for text in (mail.subject, mail.body, html, kept_subject, kept_text):
            assert text.strip()
            for marker in MARKERS:
                assert marker not in text.replace("Harbor Reentry", ""), (marker, text)
            assert "{{" not in text
            assert "&#" not in (text if text is not html else "")
        assert mail.extra_headers["Content-Language"] == language
        assert mail.extra_headers["Auto-Submitted"] == "auto-generated"
        assert f'lang="{language}"' in html
        assert len(mail.subject) < 80
        assert "\n" not in mail.subject
        _well_formed(html)
    english, spanish = both["en"][0], both["es"][0]
    assert english.subject != spanish.subject
    lines = {line for line in english.body.splitlines() if " " in line.strip() and line != "Warm Handoff"}
    assert not lines & set(spanish.body.splitlines()), "a sentence without a translation"


@pytest.mark.parametrize("name", NAMES)
def test_text_and_html_say_the_same(written, name):
    for language in ("en", "es"):
        mail, _, _ = written(name, language)
        shown = " ".join(
            BeautifulSoup(mail.alternatives[0].content, "lxml").body.get_text(" ", strip=True).split()
        )
        for line in mail.body.splitlines():
            if line.strip() and not line.startswith("http") and line != "--":
                assert line.strip().removesuffix(":") in shown, line


@pytest.mark.parametrize("name", NAMES)
def test_it_says_why_it_came_and_what_happens_otherwise(written, name):
    text = written(name, "en")[0].body
    assert "You get this because" in text
    assert "nothing" in text, "what happens by doing nothing"
    assert "Questions?" in text, "how to reach a person"


@pytest.mark.parametrize("name", NAMES)
def test_what_is_kept_opens_nothing(written, name):
    mail, _, kept = written(name, "en")
    opened = [
        line
        for line in mail.body.splitlines()
        if line.startswith("http") and "/referrals/" not in line and not line.endswith("/today/")
    ]
    if name.endswith(".code"):
        code = re.search(r"^\s*(\d{6})$", mail.body, re.M)[1]
        assert code not in kept
        assert "[code]" in kept
        assert "http" not in mail.body, "the code and the link never come in one mail"
    elif opened:
        assert opened[0] not in kept
        assert "[link]" in kept.splitlines()
        assert BeautifulSoup(mail.alternatives[0].content, "lxml").find("a")["href"] == opened[0]
        assert len(BeautifulSoup(mail.alternatives[0].content, "lxml").find_all("a")) == 1


def test_names_stand_in_plain_text_as_they_are(written):
    Organization.objects.filter(name="Eastgate Community Partners").update(name="St. Mary's & Friends")
    mail, _, _ = written("network.invitation", "en")
    assert "St. Mary's & Friends" in mail.subject
    assert "St. Mary's & Friends" in mail.body
    assert "St. Mary&#x27;s &amp; Friends" in mail.alternatives[0].content


def test_a_name_can_not_begin_a_header(written):
    Organization.objects.filter(name="Eastgate Community Partners").update(name="East\nBcc: x@x.example")
    assert "\n" not in written("network.invitation", "en")[0].subject


def test_times_are_the_place_s_own(written):
    mail, _, _ = written("referrals.received", "en")
    assert "Wed, Nov 25, 5 pm" in mail.body
    assert mail.subject == "A referral waits for your answer by Wed, Nov 25"


def _well_formed(html: str) -> None:
    """Each element that is opened is closed, in order."""
    stack: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            if tag not in ("meta", "br"):
                stack.append(tag)

        def handle_endtag(self, tag):
            assert stack.pop() == tag

    Reader().feed(html)
    assert stack == []
