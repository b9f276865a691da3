"""The first-day guide, followed line by line by somebody who knows nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connections
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as TookTooLong

from tests.demo.conftest import demo_database, few_people, told
from tests.mailbox import free_port, point_at, run_jobs_beside
from tests.web.demo.conftest import in_the_demo
from warmhandoff.demo import mailbox

__all__ = ["demo_database", "few_people", "in_the_demo", "told"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "owner"]),
    pytest.mark.urls("tests.web.demo.urls"),
]

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDE = DOCS / "tutorials" / "first-day.md"
LINE = re.compile(
    r"Type `(?P<type>[^`]+)` into \*\*(?P<into>[^*]+)\*\*"
    r"|Type them into \*\*(?P<digits>[^*]+)\*\*"
    r"|Beside \*(?P<beside>[^*]+)\*, press \*\*(?P<there>[^*]+)\*\*"
    r"|(?:Press|press) \*\*(?P<press>[^*]+)\*\*"
    r"|(?:Choose|Tick|choose|tick) \*\*(?P<choose>[^*]+)\*\*"
    r"|(?:You read|that)\s+\*(?P<read>[^*]+)\*"
    r"|(?P<follow>Follow the mail's address)"
    r"|(?P<remember>Keep the six digits in mind)"
    r"|!\[[^\]]*\]\(\.\./pictures/(?P<picture>[a-z0-9-]+)\.png\)"
)


@pytest.fixture
def newcomer(told, in_the_demo, live_server, chromium: Browser, settings) -> Iterator[SimpleNamespace]:
    """A browser at the demo's first page, with the demo's own mail server behind it."""
    settings.ROOT_URL = live_server.url
    point_at(settings, free_port())
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(6_000)
    with mailbox.running(host=settings.EMAIL_HOST, port=settings.EMAIL_PORT, folder=settings.DEMO_MAIL_DIR):
        page.goto(f"{live_server.url}/demo/")
        yield SimpleNamespace(page=page, pictures=settings.VAR_DIR / "pictures" / "first-day")
    context.close()
    connections["owner"].close()


def test_the_guide_can_be_followed_to_its_end(newcomer):
    text = " ".join(GUIDE.read_text("utf-8").split())
    lines = [found.groupdict() for found in LINE.finditer(text)]
    assert len(lines) > 70
    for line in lines:
        where = line.pop("into") or line.pop("beside", None) or ""
        ((what, words),) = [(key, said) for key, said in line.items() if said]
        try:
            HANDS[what](newcomer, words, where)
        except (AssertionError, TookTooLong) as error:
            pytest.fail(f"{what} {words!r}\nat {newcomer.page.url}\n{error}\n{reads(newcomer.page)}")


def test_nothing_bold_in_the_guide_is_left_out():
    """What is bold is done."""
    text = " ".join(GUIDE.read_text("utf-8").split())
    done = "".join(found[0] for found in LINE.finditer(text))
    bold = set(re.findall(r"\*\*([^*]+)\*\*", text))
    assert {each for each in bold if f"**{each}**" not in done} == {"Bold"}


# --- Hands and eyes -----------------------------------------------------------------------------------------------


def reads(page: Page) -> str:
    return " ".join((page.text_content("body") or "").split())


def presses(newcomer: SimpleNamespace, words: str, _: str) -> None:
    """A button or a link of that name: on the page itself, else in the bars around it."""
    page = newcomer.page
    for place, exact in (
        (page.locator("main"), True),
        (page.locator("main"), False),
        (page.locator("body"), True),
    ):
        named = place.get_by_role("button", name=words, exact=exact).or_(
            place.get_by_role("link", name=words, exact=exact)
        )
        if named.count():
            named.first.click()
            page.wait_for_load_state()
            return run_jobs_beside()
    pytest.fail(f"nothing called {words!r} can be pressed at {page.url}\n{reads(page)}")


def presses_there(newcomer: SimpleNamespace, words: str, beside: str) -> None:
    """Of several buttons of that name, the one in the line or row that speaks of this."""
    row = newcomer.page.locator("main li").filter(has_text=beside).filter(has_text=words)
    if not row.count():
        pytest.fail(f"nothing called {words!r} stands beside {beside!r}\n{reads(newcomer.page)}")
    row.first.locator("a.usa-button, button").filter(has_text=words).first.click()
    newcomer.page.wait_for_load_state()
    run_jobs_beside()


def types(newcomer: SimpleNamespace, words: str, into: str) -> None:
    newcomer.page.get_by_label(into).first.fill(words)


def remembers(newcomer: SimpleNamespace, _: str, __: str) -> None:
    (newcomer.digits,) = re.findall(r"\b\d{6}\b", newcomer.page.text_content("main .card") or "")


def types_the_digits(newcomer: SimpleNamespace, into: str, _: str) -> None:
    types(newcomer, newcomer.digits, into)


def chooses(newcomer: SimpleNamespace, words: str, _: str) -> None:
    """As a hand does: by the words beside the circle or the box."""
    newcomer.page.locator("main label").filter(has_text=words).first.click()


def sees(newcomer: SimpleNamespace, words: str, _: str) -> None:
    expect(newcomer.page.locator("main")).to_contain_text(words, ignore_case=True)


def follows(newcomer: SimpleNamespace, _: str, __: str) -> None:
    newcomer.page.locator("main a[href*='/a/']").first.click()


def looks(newcomer: SimpleNamespace, name: str, _: str) -> None:
    newcomer.pictures.mkdir(parents=True, exist_ok=True)
    newcomer.page.screenshot(path=newcomer.pictures / f"{name}.png")


HANDS = {
    "type": types,
    "digits": types_the_digits,
    "press": presses,
    "there": presses_there,
    "remember": remembers,
    "choose": chooses,
    "read": sees,
    "follow": follows,
    "picture": looks,
}
