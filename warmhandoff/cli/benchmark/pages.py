"""What pages cost: time over HTTP from the real web process, statements, bytes, and the process's memory.

The pages are asked for in turn, the bare one among them, so that whatever else the machine does hits all alike. The bare
page goes through the same process and middleware and shows nothing.
"""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from statistics import median
from typing import Any, Final
from urllib.parse import urlencode, urljoin

import psutil
from django.conf import settings
from django.db import connections
from django.test import Client
from django.urls import NoReverseMatch, reverse

from warmhandoff.cli import visit
from warmhandoff.cli.benchmark import own, presses, statements
from warmhandoff.cli.benchmark.figures import milliseconds
from warmhandoff.cli.supervisor import Supervisor, command
from warmhandoff.foundation.mail_links import address_of
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.network.access import member
from warmhandoff.network.models import Membership
from warmhandoff.participants.models import Listing
from warmhandoff.referrals.models import AnswerLink, ReferralParty

WARM_UP: Final = (
    40  # each thread of the web process has seen each page more often than it takes to keep its plans
)
HOST: Final = "127.0.0.1"
FORM_TOKEN: Final = "b" * 32
BARE: Final = "bare page"
OWN: Final = "own page"
PREFIXES: Final = ("men", "álv", "ro", "garcia", "hernandez, l", "w", "zap", "jo")
FONT_FACE: Final = re.compile(r"@font-face\{[^}]*\}")
FONT_FILE: Final = re.compile(r"url\([\"']?([^\"')]+\.woff2)")
USED_WEIGHT: Final = re.compile(r"font-weight:(?:400|700)\b")
OWN_LETTERS: Final = b'class="own-letters"'  # a page in the letters that the phone has fetches no font
NAMED: Final = re.compile(r'(?:href|src)="(/static/[^"#]+)')


@dataclass(frozen=True)
class Ask:
    path: str
    typed: dict[str, str] = field(default_factory=dict)  # asked by POST, so that no name stands in an address
    fragment: bool = False  # asked for by a key press
    cookie: str = ""  # of a browser that showed who it is


@dataclass(frozen=True)
class Page:
    name: str
    asks: list[Ask]
    session: str = ""


def measure(supervisor: Supervisor, port: int, *, runs: int) -> dict[str, Any]:
    pages = _pages()
    print(f"Asking for each of {len(pages)} pages {runs} times ...", flush=True)
    queries = {page.name: _statements(page) for page in pages}
    connections.close_all()
    with supervisor.children():
        supervisor.start("web", command("web", "--port", str(port)))
        if not supervisor.wait_for_page(HOST, port):
            raise RuntimeError("The web process did not answer.")
        at_rest = _memory()
        timed = _timed(pages, port, runs, supervisor)
        by_name = {page.name: page for page in pages}
        return {
            "pages": {name: figure | {"statements": queries[name]} for name, figure in timed.items()},
            "memory": {"at rest": at_rest, "after": _memory()},
            "answer": _first_visit(by_name["answer page"], port),
            "own": _first_visit(by_name[OWN], port),
            "lines": _lines(),
            "presses": presses.until_accepted(HOST),
        }


def over_http(pages: list[Page], supervisor: Supervisor, port: int, runs: int) -> dict[str, Any]:
    """The time, the bytes and the statements of these pages alone."""
    queries = {page.name: _statements(page) for page in pages}
    connections.close_all()
    with serving(supervisor, port):
        timed = _timed(pages, port, runs, supervisor)
    return {name: figure | {"statements": queries[name]} for name, figure in timed.items()}


@contextmanager
def serving(supervisor: Supervisor, port: int) -> Iterator[None]:
    """The real web process, as long as it is asked."""
    with supervisor.children():
        supervisor.start("web", command("web", "--port", str(port)))
        if not supervisor.wait_for_page(HOST, port):
            raise RuntimeError("The web process did not answer.")
        yield


# --- Which pages --------------------------------------------------------------------------------------------------


def _pages() -> list[Page]:
    busy = Membership.objects.select_related("user", "organization").get(pk=2)
    session = visit.sign_in(busy.user)
    with acting_as(member(busy).actor, classes=member(busy).classes):
        held = Listing.objects.filter(membership_id=busy.pk, standing=Listing.Standing.HELD).order_by("id")
        people = list(held.values_list("code", flat=True)[:50])
        sent = ReferralParty.objects.filter(side="sender", state="sent").order_by("id")
        codes = list(sent.values_list("referral__code", flat=True)[:50])
    waiting = AnswerLink.objects.filter(dies_at__isnull=True, revoked_at__isnull=True).order_by("-id")[:50]
    answers = [Ask(address_of(link).removeprefix(settings.ROOT_URL)) for link in waiting]
    lead = visit.sign_in(Membership.objects.select_related("user").get(leads__organization_id=1).user)
    found = [
        Page(BARE, [Ask("/healthz/")]),
        page_of("Today", "today:home", [()], session),
        page_of("Today, of the lead", "today:home", [()], lead),
        page_of("person", "people:person", [(code,) for code in people], session),
        page_of("people", "people:find", [()], session),
        page_of("people, by prefix", "people:find", [()], session, PREFIXES),
        page_of("referrals", "referrals:list", [()], session),
        page_of("referral", "referrals:referral", [(code,) for code in codes], session),
        Page("answer page", answers),
        Page(OWN, [Ask(path, cookie=cookie) for path, cookie in own.let_in(people, by=member(busy).actor)]),
    ]
    return [page for page in found if page is not None]


def page_of(
    name: str, address: str, parts: list[tuple[str, ...]], session: str, typed: tuple[str, ...] = ()
) -> Page | None:
    """A page of ours at each of these addresses, as whoever has that session; none where it isn't built."""
    try:
        paths = [reverse(address, args=each) for each in parts]
    except NoReverseMatch:
        return None
    asks = [Ask(path, {"q": each}) for path in paths for each in typed] or [Ask(path) for path in paths]
    return Page(name, asks, session)


# --- Statements ---------------------------------------------------------------------------------------------------


def _statements(page: Page) -> float:
    client = Client(headers={"host": HOST})
    if page.session:
        client.cookies[settings.SESSION_COOKIE_NAME] = page.session
    counts = []
    for ask in islice(cycle(page.asks), 12):
        if ask.cookie:
            client.cookies.load(ask.cookie)
        with statements.heard() as said:
            answer = client.post(ask.path, ask.typed) if ask.typed else client.get(ask.path)
        if answer.status_code != http.client.OK:
            raise RuntimeError(f"{page.name} answers {answer.status_code}.")
        counts.append(statements.counted(said))
    return max(counts[2:])  # of the pages after the process has warmed up, the one that needs most


# --- Over HTTP ----------------------------------------------------------------------------------------------------


def _timed(pages: list[Page], port: int, runs: int, supervisor: Supervisor) -> dict[str, dict[str, float]]:
    browser = http.client.HTTPConnection(HOST, port, timeout=60)
    asks = {page.name: cycle(page.asks) for page in pages}
    seconds: dict[str, list[float]] = {page.name: [] for page in pages}
    sizes: dict[str, list[int]] = {page.name: [] for page in pages}
    for number in range(runs + WARM_UP):
        if supervisor.told_to_stop:
            raise KeyboardInterrupt
        for page in pages:
            took, size = _ask(browser, next(asks[page.name]), page.session)
            if number >= WARM_UP:
                seconds[page.name].append(took)
                sizes[page.name].append(size)
    browser.close()
    return {
        name: {**milliseconds(each), "kilobytes": round(median(sizes[name]) / 1024, 1)}
        for name, each in seconds.items()
    }


def _ask(browser: http.client.HTTPConnection, ask: Ask, session: str = "") -> tuple[float, int]:
    cookies = (
        f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={FORM_TOKEN}; {ask.cookie}"
    )
    headers = {"Cookie": cookies, "X-CSRFToken": FORM_TOKEN, "Accept-Encoding": "gzip"}
    body = urlencode(ask.typed) if ask.typed else None
    if body:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    if ask.fragment:
        headers["HX-Request"] = "true"
    began = time.perf_counter()
    browser.request("POST" if body else "GET", ask.path, body, headers)
    response = browser.getresponse()
    content = response.read()
    took = time.perf_counter() - began
    if response.status != http.client.OK:
        raise RuntimeError(f"A page answers {response.status}.")
    return took, len(content)


def _first_visit(shown: Page, port: int) -> dict[str, float]:
    """What a browser that knows nothing yet fetches for a page: the page, and each file it names."""
    browser = http.client.HTTPConnection(HOST, port, timeout=60)
    ask = shown.asks[0]
    browser.request("GET", ask.path, headers={"Accept-Encoding": "gzip", "Cookie": ask.cookie})
    page = browser.getresponse().read()
    fetched = {"the page": len(page)}
    files = sorted(set(NAMED.findall(page.decode())))
    styles = [file for file in files if file.endswith(".css") and OWN_LETTERS not in page]
    fonts = [font for file in styles for font in _fonts(browser, file)]
    for path in files + fonts:
        _, size = _ask(browser, Ask(path))
        fetched[re.sub(r"\.[0-9a-f]{12}(?=\.)", "", path.removeprefix("/static/"))] = size
    browser.close()
    return {name: round(size / 1024, 1) for name, size in fetched.items()}


def _fonts(browser: http.client.HTTPConnection, path: str) -> list[str]:
    """The fonts that a browser fetches for plain and bold text."""
    browser.request("GET", path)
    css = browser.getresponse().read().decode()
    faces = [face for face in FONT_FACE.findall(css) if "style:normal" in face and USED_WEIGHT.search(face)]
    return [urljoin(path, found[1]) for face in faces if (found := FONT_FILE.search(face))]


def _memory() -> float:
    """Resident megabytes of the web process: the server and its worker."""
    mine = psutil.Process().children(recursive=True)
    return round(sum(_resident(each) for each in mine) / 1024**2, 1)


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss) if "warmhandoff" in " ".join(process.cmdline()) else 0
    except psutil.Error:
        return 0


def _lines() -> dict[str, int]:
    """How much there is to show, for whoever reads the figures."""
    busy = member(Membership.objects.select_related("user", "organization").get(pk=2))
    lead = member(Membership.objects.select_related("user", "organization").get(leads__organization_id=1))
    return {"Today": _open_duties(busy), "Today, of the lead": _open_duties(lead)}


def _open_duties(who: Any) -> int:
    from warmhandoff.custody.reading import duties_for

    with acting_as(who.actor, classes=who.classes):
        return duties_for(who.membership).count()
