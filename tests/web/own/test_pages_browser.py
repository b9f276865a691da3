"""Each state of a person's own page in a real browser: narrow, in Spanish, scripts off; and examined wide and narrow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from playwright.sync_api import Browser, Page

from tests import cast
from tests.house.pages import assert_page_ok
from tests.programs import paid_work
from tests.programs.groups import group
from tests.web.own.themself import Themself
from warmhandoff.custody import said_wrong
from warmhandoff.foundation import mail_links
from warmhandoff.foundation.actors import participant_actor
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants import actions as participants
from warmhandoff.participants import own_links
from warmhandoff.participants.own_page import OwnCode
from warmhandoff.programs.actions import attendance, eligibility, groups, meetings
from warmhandoff.programs.actions import enrollment as enrolling
from warmhandoff.programs.models import Enrollment
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals import carried, page_questions
from warmhandoff.referrals.models import Referral

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]

PICTURES = settings.VAR_DIR / "pictures"
NOW = datetime.now(UTC)
# English words that would show that a sentence was forgotten.
ENGLISH = (" the ", " you ", "Answered", "Stop sharing", "What is", "Who is", "Send", "Open my")


@pytest.fixture
def plain(chromium: Browser) -> Iterator[Page]:
    """An old phone: narrow, scripts off."""
    with chromium.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False) as context:
        yield context.new_page()


@pytest.fixture
def look(plain: Page, page: Page, live_server) -> Callable[..., None]:
    def looked(name: str, address: str = "", *, go: bool = True) -> None:
        """A picture of what the old phone shows; the same address, with its cookies, examined wide and narrow."""
        if go:
            plain.goto(live_server.url + address)
        PICTURES.mkdir(parents=True, exist_ok=True)
        plain.screenshot(path=PICTURES / f"own-{name}.png", full_page=True)
        said = " ".join((plain.text_content("main") or "").split())
        assert not [word for word in ENGLISH if word in f" {said} "], said
        wide = plain.evaluate("document.documentElement.scrollWidth")
        assert wide <= 320, f"{name} is {wide} px wide"
        if go:
            page.context.clear_cookies()
            page.context.add_cookies(plain.context.cookies())
            page.goto(live_server.url + address)
            assert_page_ok(page)

    return looked


def someone(card: bool = False) -> Themself:
    cache.clear()
    c = cast.network()
    here = Themself.__new__(Themself)
    here.cast, here.at, here.by = c, NOW, "denise"
    with c.acting("denise", NOW) as denise:
        here.file = cast.take_in(
            denise, cast.told(birth_date=datetime(1990, 4, 5).date()), needs=("WRK-TRN", "HSG")
        )
        way = participants.Way("email", "rosa@mail.example")
        participants.add_way(file=here.file, way=way, by=denise.actor)
        mailbox = own_links.mailboxes_of(here.file).get()
        here.link = (
            own_links.print_card(file=here.file, language="es", by=denise.actor)
            if card
            else own_links.mail_page(file=here.file, mailbox=mailbox, by=denise.actor)
        )
    return here


def full(rosa: Themself) -> None:
    """A place that said yes, one that was taken back, a question, a paper, and something that was wrong."""
    c = rosa.cast
    with c.acting("denise", NOW) as denise:
        referral = cast.refer(rosa.file, c.services["housing"], denise)
        gone = cast.refer(rosa.file, c.services["it"], denise)
        referrals.stop_sharing(consent=gone.consent, by=denise.actor)
        referrals.settle(referral=Referral.objects.get(pk=gone.pk), outcome="stays", by=denise.actor)
        carried.hand(file=rosa.file, service=c.services["solar"], language="es", by=denise.actor)
    with c.acting("ines", NOW) as ines:
        reply = referrals.Reply(caller_name="Jo Park", contact_by=NOW + timedelta(days=2))
        referrals.accept(referral=Referral.objects.get(pk=referral.pk), reply=reply, by=ines.actor)
    with c.acting("denise", NOW) as denise:
        herself = participant_actor(rosa.link.pk, denise.organization_id)
        said = said_wrong.say(file=rosa.file, about="about_me", words="Mi teléfono es otro.", by=herself)
        said_wrong.answer(said=said, outcome="mended", words="Ya lo cambiamos. ¡Gracias!", by=denise.actor)


def ask(rosa: Themself) -> str:
    c = rosa.cast
    with c.acting("denise", NOW) as denise:
        service = c.services["carpentry"]
        need = rosa.file.pk and participants.open_need(file=rosa.file, code="WRK-TRN", by=denise.actor)
        question = page_questions.ask(
            file=rosa.file, service=service, need=need, recipients=[service.organization_id],
            parts=["name", "reach", "need", "note"], days=90, by=denise.actor, membership=denise.membership,
            note="Le gusta trabajar con madera.",
        )  # fmt: skip
    return question.code


def test_behind_a_mail(look, plain, live_server):
    rosa = someone()
    look("code-first", rosa.url("code/", lang="es"))
    plain.click("main button:has-text('Enviar el código')")
    plain.wait_for_url("**/code/**")
    plain.fill("[name=code]", "000000")
    plain.click("main button")
    look("code-wrong", go=False)
    plain.fill("[name=code]", mail_links.digits_of(OwnCode.objects.latest("pk")))
    plain.click("main button")
    look("page-first-day", rosa.url(lang="es"))
    full(rosa)
    fetched: list[str] = []
    plain.on("request", lambda request: fetched.append(request.resource_type))
    look("page-full", rosa.url(lang="es"))
    assert "document" in fetched and not {"font", "script"} & set(fetched), (
        "on a slow line each of them is a wait"
    )
    assert "<script" not in plain.content()
    code = ask(rosa)
    look("page-asked", rosa.url(lang="es"))
    look("answer", rosa.url(f"answer/{code}/", lang="es"))
    plain.click("main button:has-text('Sí, pueden')")
    look("page-said-yes", go=False)
    with rosa.cast.acting("denise", NOW):
        consent = Referral.objects.select_related("consent").get(state="accepted").consent
    look("stop", rosa.url(f"stop/{consent.code}/", lang="es"))
    plain.click("main button:has-text('dejar de compartir')")
    look("page-stopped", go=False)
    assert "Listo. Desde ahora ya no pueden ver nada de eso." in plain.text_content("main")
    look("wrong", rosa.url("wrong/", lang="es"))
    plain.click("main button")
    look("wrong-errors", go=False)
    look("file", rosa.url("file/", lang="es"))
    look("no-mails", rosa.url("no-mails/", lang="es"))
    plain.goto(live_server.url + rosa.url(lang="es"))
    plain.click("header button:has-text('Salir ya')")
    look("left", go=False)
    assert "Rosa" not in plain.content()
    look("left-ok", "/me/left/?lang=es")


def takes_part(rosa: Themself) -> Enrollment:
    """In a group that has met twice, at work for a week, and asked for papers by another program."""
    c, day = rosa.cast, timedelta(days=1)
    contract = cast.program(c)
    with c.acting("denise", NOW) as denise:
        enrollment = cast.enrolled(c, denise, contract=contract, file=rosa.file, on=date(2026, 11, 2))
        paid_work.begun(c, denise, enrollment=enrollment)
    with c.acting("marcus", NOW) as marcus:
        since = current_place().day_of(NOW) - 14 * day
        cohort = group(c, marcus, starts_on=since)
        member = groups.join(cohort=cohort, enrollment=enrollment, by=marcus.actor, on=since)
        meetings.schedule(cohort=cohort, by=marcus.actor)
    asks = cast.program(c, slug="sector")
    with c.acting("denise", NOW) as denise:
        enrolling.apply(file=rosa.file, contract=asks, by=denise.actor)
        shown = eligibility.Said(True, "document", current_place().day_of(NOW))
        eligibility.verify(file=rosa.file, shown="justice_history", said=shown, by=denise.actor)
        for meeting, mark in zip(cohort.meetings.order_by("starts_at"), ("present", "absent"), strict=False):
            said = {
                (member.pk, meeting.template_id): attendance.Said(mark, "sick" if mark == "absent" else "")
            }
            attendance.take(meeting=meeting, said=said, by=denise.actor)
    return enrollment


def test_pages_of_ones_own_program(look, plain, page, live_server):
    rosa = someone(card=True)
    plain.goto(live_server.url + rosa.url("code/", lang="es"))
    born(plain)
    look("group-none", rosa.url("group/", lang="es"))
    look("hours-none", rosa.url("hours/", lang="es"))
    look("papers-none", rosa.url("papers/", lang="es"))
    enrollment = takes_part(rosa)
    look("page-takes-part", rosa.url(lang="es"))
    look("group", rosa.url("group/", lang="es"))
    look("papers", rosa.url("papers/", lang="es"))
    look("program-wrong", rosa.url(f"program/{enrollment.code}/wrong/", lang="es"))
    look("hours", rosa.url("hours/", lang="es"))
    page.set_viewport_size({"width": 1280, "height": 900})
    page.screenshot(path=PICTURES / "own-hours-wide.png", full_page=True)
    plain.click("main a:has-text('Anotar mis horas')")
    look("write-hours", plain.url.partition("/me/")[1] + plain.url.partition("/me/")[2])
    plain.fill("[name=day_0]", "30")
    plain.click("main button:has-text('Entregar')")
    look("write-hours-errors", go=False)
    for n in range(5):
        plain.fill(f"[name=day_{n}]", "7.5")
    plain.click("main button:has-text('Entregar')")
    look("hours-handed-in", go=False)
    assert "Entregado. Gracias." in plain.text_content("main")
    plain.click("main a:has-text('Corregir')")
    look("say-hours-right", plain.url.partition("/me/")[1] + plain.url.partition("/me/")[2])


def test_ways_that_are_closed(look):
    rosa = someone()
    older = rosa.url(lang="es")
    with rosa.cast.acting("denise", NOW + timedelta(minutes=11)) as denise:
        own_links.mail_page(file=rosa.file, mailbox=own_links.mailboxes_of(rosa.file).get(), by=denise.actor)
    look("gone-replaced", older)
    with rosa.cast.acting("denise", NOW) as denise:
        own_links.stop(access=own_links.of_file(rosa.file).get(), by=denise.actor)
    look("gone-stopped", rosa.url(lang="es"))
    look("gone-unknown", "/me/nonsense/?lang=es")


def test_with_a_card_and_at_a_shared_screen(look, plain, live_server):
    rosa = someone(card=True)
    look("born", rosa.url("code/", lang="es"))
    look("type", "/me/?lang=es")
    look("screen", "/me/screen/?lang=es")
    plain.fill("[name=code]", "CCCC-CCCC-CCCC")
    plain.click("main button")
    look("screen-errors", go=False)
    born(plain, own_links.code_of(rosa.link))
    look("screen-page", go=False)
    assert "Hola, Rosa." in plain.text_content("main")
    address = plain.url
    plain.goto(live_server.url + "/me/screen/forget/?lang=es")
    look("screen-forgot", go=False)
    plain.go_back()
    assert "Rosa" not in plain.content(), "the back button shows nothing"
    plain.goto(address)
    assert "Rosa" not in plain.content() and "/me/screen/" in plain.url


def test_the_screen_forgets_by_itself(plain, live_server, monkeypatch):
    """Without scripts and without a press: the browser goes on by what the page's header says."""
    from warmhandoff.web.own import door

    monkeypatch.setattr(door, "KIOSK_SECONDS", 2)
    rosa = someone(card=True)
    plain.goto(live_server.url + "/me/screen/?lang=es")
    born(plain, own_links.code_of(rosa.link))
    assert "Hola, Rosa." in plain.text_content("main")
    plain.wait_for_url("**/me/screen/**forgot=yes", timeout=8000)
    assert "Esta pantalla ya olvidó" in plain.text_content("main") and "Rosa" not in plain.content()


def born(page: Page, code: str = "") -> None:
    if code:
        page.fill("[name=code]", code)
    month = page.locator("[name=born_month]")
    if month.evaluate("field => field.localName") == "select":
        month.select_option("4")
    else:
        month.fill("4")
    page.fill("[name=born_day]", "5")
    page.fill("[name=born_year]", "1990")
    page.click("main button")


def test_what_staff_see_of_it(page, live_server, settings):
    from tests.web.staff import signed_in

    settings.DEMO = True
    rosa = someone(card=True)
    full(rosa)
    ask_code = ask(rosa)
    assert ask_code
    cookie = signed_in(rosa.cast.members["denise"]).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    with rosa.cast.acting("denise", NOW) as denise:
        herself = participant_actor(rosa.link.pk, denise.organization_id)
        said = said_wrong.say(file=rosa.file, about="treated", words="Nobody called me back.", by=herself)
    base = f"/people/{rosa.file.code}/"
    for name, path in (
        ("staff-page", "their-page/"),
        ("staff-card", f"their-page/{rosa.link.code}/card/"),
        ("staff-stop", f"their-page/{rosa.link.code}/stop/"),
        ("staff-heard", f"said-wrong/{said.code}/"),
    ):
        page.goto(live_server.url + base + path)
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=PICTURES / f"own-{name}-{width}.png", full_page=True)
        assert_page_ok(page)
