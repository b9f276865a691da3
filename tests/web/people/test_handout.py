"""A person's own copy of their file: whole, in their words, naming nobody, and told in the story."""

from __future__ import annotations

import re
import zlib
from datetime import timedelta

import pytest
from django.urls import reverse

from tests import cast
from tests.cast import MONDAY, told
from tests.web.desk import Desk
from warmhandoff.custody import actions as custody
from warmhandoff.custody.models import CustodyEvent
from warmhandoff.foundation import clock
from warmhandoff.foundation.models import AccessLog
from warmhandoff.network import access
from warmhandoff.participants import actions, correcting
from warmhandoff.participants.models import FileEvent, Narrative
from warmhandoff.referrals.models import ReferralEvent
from warmhandoff.web import letters
from warmhandoff.web.people.card import card_for
from warmhandoff.web.people.story import CORRECTIONS, TELLINGS, UNSAID
from warmhandoff.web.people.their_file import THEIRS, UNTOLD, letter_of
from warmhandoff.web.site.context import Who

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
MARKUP = '#panic("x") *Rosa* $x$ <a> @b `c` \\ // "'


@pytest.fixture
def c(the_cast):
    return the_cast


@pytest.fixture
def rosa(c):
    with c.acting("denise") as denise:
        file = cast.take_in(denise, told("Rosa", MARKUP))
        actions.log_contact(file=file, how="voice", by=denise.actor, note="Her cousin Ana drives her")
        cast.refer(file, c.services["solar"], denise)
        return file


def words(letter) -> str:
    found: list[str] = []

    def walk(value):
        if isinstance(value, str):
            found.append(value)
        for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(each)

    walk(letter)
    return "\n".join(found)


def letter(c, file, name="denise", language="en", **more):
    with c.acting(name) as member:
        who = Who(access.Member(member.membership, member.actor), [])
        return letter_of(card_for(file.code, who), who, language=language, **more)


def given(c, file, name="denise", **fields):
    desk = Desk(c, name)
    address = reverse("people:handout", args=[file.code])
    form = desk.soup(address).select_one("main form[method=post]")
    key = form.select_one("[name=form_key]")["value"]
    with clock.at(MONDAY):
        return desk.client.post(address, {"form_key": key, "language": "es", **fields}), key


def test_every_kind_of_event_has_words_for_staff_and_for_the_person():
    kinds = {
        f"{room}.{kind}"
        for room, events in (("file", FileEvent), ("custody", CustodyEvent), ("referral", ReferralEvent))
        for kind in events.Kind.values
    }
    assert kinds <= TELLINGS.keys() | UNSAID | CORRECTIONS
    assert kinds - {"file.taken_in"} <= THEIRS.keys() | {"file.tried"} | UNTOLD
    assert not THEIRS.keys() & UNTOLD


@pytest.mark.parametrize("told_by", [TELLINGS, THEIRS])
def test_each_of_these_words_has_its_spanish(told_by):
    from django.utils import translation

    for kind, telling in told_by.items():
        says = getattr(telling, "says", telling)
        with translation.override("en"):
            english = str(says)
        with translation.override("es"):
            spanish = str(says)
        assert spanish != english, kind
        assert sorted(re.findall(r"%\(\w+\)s", spanish)) or not re.findall(r"%\(\w+\)s", english), kind


def test_it_says_what_is_known_what_happened_and_who_could_see(c, rosa):
    says = words(letter(c, rosa))
    for part in (
        "Eastgate Community Partners looks after you since November 23, 2026",
        "555-0123",
        "You told us what you need",
        "We talked with each other. Phone call.",
        "Her cousin Ana drives her",
        "Solar Installer training, Sunrow Solar School. We asked. They have not answered yet.",
        "You said yes to sharing with Sunrow Solar School",
        "No other organization could see anything",
    ):
        assert part in says, part


def test_it_names_nobody_who_works_there_and_tells_no_reminders(c, rosa):
    for language in ("en", "es"):
        says = words(letter(c, rosa, language=language))
        assert not re.search("Denise|Carter|Marcus|denise@", says)
        assert "%(" not in says


def test_what_was_struck_and_what_is_left_out_is_not_in_it(c, rosa):
    with c.acting("denise") as denise:
        event = actions.log_contact(file=rosa, how="email", by=denise.actor, note="Wrong Rosa")
        correcting.strike(event=event, reason="wrong_person", by=denise.actor)
        note = Narrative.objects.get(text="Her cousin Ana drives her")
    assert "Wrong Rosa" not in words(letter(c, rosa)) and "Email" not in words(letter(c, rosa))
    says = words(letter(c, rosa, left_out=frozenset({note.pk})))
    assert "cousin" not in says and "left out: 1" in says


def test_it_is_in_their_language(c, rosa):
    said = letter(c, rosa, language="es")
    assert (said["lang"], said["title"]) == ("es", "Su expediente")
    says = words(said)
    assert "Quién le atiende" in says and not re.search(
        r"\b(We|You|Your|the)\b", says.replace("Her cousin Ana drives her", "")
    )


def test_it_begins_with_who_took_them_in_and_speaks_to_them(c, rosa):
    happened = next(each for each in letter(c, rosa)["sections"] if each["heading"] == "What happened")[
        "items"
    ]
    assert happened[0]["says"] == (
        "We took you in. Since then we answer for you. Next step: a place for what you asked for, by Wednesday, November 25."
    )
    assert "what they asked for" not in words(letter(c, rosa))


def test_the_pdf_is_tagged_has_its_language_and_markup_stays_text(c, rosa):
    answer, _key = given(c, rosa)
    pdf = answer.content
    assert answer.headers["Content-Type"] == "application/pdf" and pdf.startswith(b"%PDF")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="su-expediente.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"
    inside = pdf + b"".join(_streams(pdf))
    assert b"/StructTreeRoot" in inside and b"/Marked true" in inside
    assert re.search(rb"/Lang\s*\(es\)", inside) and b"pdfuaid" in inside


def _streams(pdf: bytes):
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S):
        try:
            yield zlib.decompress(found[1])
        except zlib.error:
            continue


def drawn(pdf: bytes) -> set[str]:
    """Each character that the letter shows, as its fonts say which glyph stands for which."""
    found: set[str] = set()
    for stream in _streams(pdf):
        for block in re.findall(rb"beginbfchar(.*?)endbfchar", stream, re.S):
            found.update(*(_text(code) for code in re.findall(rb"<[0-9A-Fa-f]+>\s*<([0-9A-Fa-f]+)>", block)))
        for block in re.findall(rb"beginbfrange(.*?)endbfrange", stream, re.S):
            for first, last, code in re.findall(rb"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
                found.update(chr(ord(_text(code)) + n) for n in range(int(last, 16) - int(first, 16) + 1))
    return found


def _text(code: bytes) -> str:
    return bytes.fromhex(code.decode()).decode("utf-16-be")


MISSING = "Some letters are missing."


def a_letter(name: str) -> bytes:
    fact = {"label": "Name", "value": name}
    section = {"heading": "Known", "lines": [], "facts": [fact], "items": []}
    return letters.pdf(
        "their_file",
        {"lang": "en", "title": "Your file", "footer": "x", "lead": [], "sections": [section], "missing_letters": MISSING},
    )  # fmt: skip


NAMES = {
    "Armenian": "Արամ Խաչատրյան",
    "Korean": "김서연 뷁",
    "Chinese, simplified": "张伟 欧阳娜娜",
    "Chinese, traditional": "陳麗華 黃國強",
    "Cyrillic": "Наталия Щербакова Ґалаґан",
    "Greek": "Ελένη Παπαδοπούλου",
    "Vietnamese": "Nguyễn Thị Hường",
    "accents": "Núñez Ångström Dvořák Łukasz Şahin",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_comes_out_in_the_letters_that_it_is_written_in(name):
    """Set-up brings the fonts; under the standard that the letter keeps, a glyph that a font lacks is an error."""
    shown = drawn(a_letter(name))
    assert set(name) - {" "} <= shown
    assert "?" not in shown


def test_a_letter_that_no_font_has_stands_as_a_question_mark_and_that_is_said():
    shown = drawn(a_letter("Ani 𐎠𐎡 Ք"))
    assert "?" in shown and set("AniՔ") <= shown and set(MISSING) - {" "} <= shown
    assert "𐎠" not in shown


def test_without_the_fonts_the_letter_is_made_all_the_same_and_says_what_is_missing(settings, tmp_path):
    settings.FONTS_DIR = tmp_path
    for each in (letters.here, letters.fonts):
        each.cache_clear()
    try:
        shown = drawn(a_letter("Արամ 김 Щ"))
    finally:
        for each in (letters.here, letters.fonts):
            each.cache_clear()
    assert "?" in shown and "Щ" in shown and "Ա" not in shown and "김" not in shown
    assert set(MISSING) - {" "} <= shown


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_is_said_of_missing_letters_is_in_their_language(c, rosa, language):
    said = letter(c, rosa, language=language)["missing_letters"]
    assert ("impresora" in said) is (language == "es")


def test_that_it_was_given_is_told_and_logged_once(c, rosa):
    _answer, key = given(c, rosa)
    desk = Desk(c, "denise")
    again = desk.post(reverse("people:handout", args=[rosa.code]), form_key=key, language="es")
    assert "You gave Rosa their file." in again
    with c.acting("denise"):
        event = FileEvent.objects.get(file=rosa, kind="handed_out")
        assert event.detail == "es"
        logged = AccessLog.objects.get(subject_kind="handed_out", subject_id=event.pk)
        assert {"contact", "narrative", "justice"} <= set(logged.data_classes)
        # Nothing of it is kept.
        assert not Narrative.objects.filter(text__contains="expediente").exists()


@pytest.mark.parametrize(
    ("name", "status"), [("tavo", 403), ("grace", 403), ("adam", 403), ("ines", 404), ("marcus", 200)]
)
def test_who_may_give_it(c, rosa, name, status):
    Desk(c, name).get(reverse("people:handout", args=[rosa.code]), status=status)


def test_of_somebody_released_a_lead_gives_it(c):
    with c.acting("denise", at=MONDAY - timedelta(days=1)) as denise:
        file = cast.take_in(denise)
        custody.release(person_id=file.person_id, reason="needs_met", by=denise.actor)
    address = reverse("people:handout", args=[file.code])
    Desk(c, "denise").get(address, status=403)
    answer, _key = given(c, file, name="marcus")
    assert answer.content.startswith(b"%PDF")
