"""What journeys are made of: people at browsers, a mailbox that is read, a worker that works, a clock that is moved."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar, Token
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Locator, Page
from playwright.sync_api import TimeoutError as TookTooLong
from procrastinate.exceptions import AlreadyEnqueued

from tests import cast
from tests.house.pages import problems
from tests.mailbox import Mailbox, body, run_jobs_beside
from warmhandoff.foundation import promises
from warmhandoff.foundation.models import ContactPoint, Message, Timer
from warmhandoff.foundation.tasks import sweep_timers
from warmhandoff.participants.models import Participant
from warmhandoff.referrals.models import Referral, ReferralEvent

PICTURES = settings.VAR_DIR / "pictures" / "journey"
WIDE, NARROW = 1280, 320
SUNROW_MAIL = "referrals@sunrow.example"
# Never in a mail, and never on a page before the code.
SECRETS = ("Rosa", "Mendoza", "555-0123", "5550123")
WAIT = 6_000

_pictured: dict[str, int] = {}
_examined: set[str] = set()


class RunningClock:
    """Stands in for the clock's own variable, so that all threads (browser's server, worker, test) live at one moment."""

    def __init__(self, moment: datetime) -> None:
        self._own: ContextVar[datetime | None] = ContextVar("journey_asked", default=None)
        self.move_to(moment)

    def move_to(self, moment: datetime) -> None:
        self._moment, self._since = moment, time.monotonic()

    def get(self) -> datetime:
        return self._own.get() or self._moment + timedelta(seconds=time.monotonic() - self._since)

    def set(self, moment: datetime | None) -> Token[datetime | None]:
        return self._own.set(moment)

    def reset(self, token: Token[datetime | None]) -> None:
        self._own.reset(token)


class World:
    """The cast's network, running."""

    def __init__(self, url: str, chromium: Browser, box: Mailbox, clock: RunningClock) -> None:
        self.url, self.chromium, self.box, self.clock = url, chromium, box, clock
        self.cast = cast.network()
        self.people: list[Person] = []

    # --- Who is there ---------------------------------------------------------------------------------------------

    def somebody(self, *, scripts: bool = True, pictures: str = "") -> Person:
        """A browser of its own, signed in nowhere."""
        context = self.chromium.new_context(
            viewport={"width": WIDE, "height": 900}, java_script_enabled=scripts
        )
        found = Person(self, context, scripts=scripts, pictures=pictures)
        self.people.append(found)
        return found

    def member(self, name: str, **more: Any) -> Person:
        """A member of staff who has signed in."""
        client = Client()
        client.force_login(self.cast.members[name].user)
        found = self.somebody(**more)
        cookie = client.cookies["sessionid"].value
        found.context.add_cookies([{"name": "sessionid", "value": cookie, "url": self.url}])
        return found

    def receiver(self, link: str = "", **more: Any) -> Person:
        """Whoever reads a mailbox, without an account, at the mail's link."""
        return self.somebody(**more).goes_to(link or self.link())

    # --- What has happened before ---------------------------------------------------------------------------------

    def take_in(
        self, first_name: str = "Rosa", last_name: str = "Mendoza", by: str = "denise"
    ) -> Participant:
        with self.cast.acting(by, self.clock.get()) as member:
            return cast.take_in(member, cast.told(first_name, last_name))

    def refer(self, service: str = "solar", by: str = "denise", **more: Any) -> Participant:
        """Somebody taken in and referred, a minute ago."""
        file = self.take_in(by=by)
        with self.cast.acting(by, self.clock.get()) as member:
            cast.refer(file, self.cast.services[service], member, **more)
        return file

    # --- What runs by itself --------------------------------------------------------------------------------------

    def work(self) -> None:
        """The worker, until no job is due. In a thread of its own: the browser's loop has this one."""
        run_jobs_beside()

    def let_pass(self, until: datetime) -> None:
        """Time goes by: each timer is found due by the worker's sweep at its own time."""
        while (
            waiting := Timer.objects.filter(
                fired_at__isnull=True, called_off_at__isnull=True, due_at__lte=until
            )
            .order_by("due_at", "id")
            .first()
        ):
            self.clock.move_to(waiting.due_at)
            with suppress(AlreadyEnqueued):  # the worker asks for one by itself each minute
                sweep_timers.defer()
            self.work()
            waiting.refresh_from_db()
            assert waiting.fired_at, "the sweep fires what is due"
        self.clock.move_to(until)

    # --- Mail -----------------------------------------------------------------------------------------------------

    def mails(self, to: str) -> list[EmailMessage]:
        """What the mail server was given for an address, once the worker has worked."""
        self.work()
        return [mail for mail in self.box.received if to in str(mail["To"])]

    def mail(self, to: str = SUNROW_MAIL) -> str:
        """The text of the newest one, which names nobody."""
        found = self.mails(to)
        assert found, f"no mail to {to}: {[str(mail['To']) for mail in self.box.received]}"
        for mail in self.box.received:
            parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
            whole = " ".join([str(mail["Subject"]), *parts])
            assert not [secret for secret in SECRETS if secret in whole], whole
        return body(found[-1], "plain")

    def in_digest(self, to: str) -> list[str]:
        """What waits to be told there in the next daily digest, by its kind."""
        point = ContactPoint.objects.using("owner").get(value=to)
        waiting = Message.objects.using("owner").filter(contact_point_id=point.pk, state="gathered")
        return list(waiting.order_by("id").values_list("notice", flat=True))

    def link(self, to: str = SUNROW_MAIL) -> str:
        found = re.search(re.escape(self.url) + r"/a/\S+", self.mail(to))
        assert found, self.mail(to)
        return found[0]

    def code(self, to: str = SUNROW_MAIL) -> str:
        found = re.search(r"^\s*(\d{6})\s*$", self.mail(to), re.M)
        assert found, self.mail(to)
        return found[1]

    # --- How it stands --------------------------------------------------------------------------------------------

    def referral(self, **which: Any) -> Referral:
        """The newest one, as the owner of the database sees it."""
        return Referral.objects.using("owner").filter(**which).latest("id")

    def events(self, **which: Any) -> list[str]:
        found = ReferralEvent.objects.using("owner").filter(referral_id=self.referral(**which).pk)
        return list(found.order_by("id").values_list("kind", flat=True))

    def count(self, kind: str) -> int:
        return self.events().count(kind)

    def leave(self) -> None:
        """Close the browsers; nothing was refused by the page's own rules, no script broke, each promise is kept."""
        complaints = [text for person in self.people for text in person.complaints]
        for person in self.people:
            person.context.close()
        broken = [finding for finding in promises.run() if finding.broken]
        for alias in connections:
            connections[alias].close()
        assert not broken, broken
        assert not complaints, complaints


class Person:
    """Somebody at a browser."""

    def __init__(self, world: World, context: BrowserContext, *, scripts: bool, pictures: str) -> None:
        self.world, self.context, self.scripts, self.pictures = world, context, scripts, pictures
        self.page: Page = context.new_page()
        self.page.set_default_timeout(WAIT)
        self.complaints: list[str] = []
        self.page.on("console", lambda said: self._complain(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _complain(self, text: str) -> None:
        # That a page answered 4xx is told as an error too, and is meant here.
        if "Content Security Policy" in text or "Content-Security-Policy" in text:
            self.complaints.append(text)

    # --- Hands ----------------------------------------------------------------------------------------------------

    def goes_to(self, address: str) -> Person:
        self.page.goto(address if address.startswith("http") else self.world.url + address)
        return self

    def follows(self, words: str) -> Person:
        return self._clicks(f"main a:has-text({quoted(words)})")

    def presses(self, words: str) -> Person:
        return self._clicks(f"main button:has-text({quoted(words)})")

    def chooses(self, words: str, within: str = "main") -> Person:
        return self._clicks(f"{within} label:has-text({quoted(words)})")

    def _clicks(self, what: str) -> Person:
        try:
            self.page.locator(what).first.click()
        except TookTooLong as missing:
            raise AssertionError(f"{self.page.url}\nno {what}\n{self.reads}") from missing
        return self

    def presses_twice(self, words: str) -> Person:
        """As an impatient hand does: the second press before the first one's page has come."""
        self.button(words).dblclick(no_wait_after=True)
        return self

    def button(self, words: str) -> Locator:
        return self.page.locator(f"main button:has-text({quoted(words)})").first

    def writes(self, **fields: str) -> Person:
        for name, value in fields.items():
            field = self.page.locator(f"[name={name}]")
            if field.evaluate("field => field.localName") == "select":
                field.select_option(value)
            else:
                field.fill(value)
        return self

    def goes_back(self) -> Person:
        self.page.go_back()
        return self

    # --- Eyes -----------------------------------------------------------------------------------------------------

    @property
    def reads(self) -> str:
        """All words of the page's main part, folded parts too."""
        return " ".join((self.page.text_content("main") or "").split())

    def sees(self, *sentences: str) -> Person:
        """Each of them, loosely: capitals and spaces don't count. A page that is on its way is waited for."""
        missing = self._waits_until(lambda read: [one for one in sentences if one.casefold() not in read])
        assert not missing, f"{self.page.url}\nmissing: {missing}\n{self.reads}"
        return self

    def sees_one_of(self, *sentences: str) -> str:
        """The first of them that is there."""
        self._waits_until(
            lambda read: [] if any(one.casefold() in read for one in sentences) else [*sentences]
        )
        found = [one for one in sentences if one.casefold() in self.reads.casefold()]
        assert found, f"{self.page.url}\nnone of {sentences}\n{self.reads}"
        return found[0]

    def _waits_until(self, missing: Callable[[str], list[str]]) -> list[str]:
        until = time.monotonic() + WAIT / 1000
        while (found := missing(self.reads.casefold())) and time.monotonic() < until:
            self.page.wait_for_timeout(50)
        return found

    def sees_no(self, *words: str) -> Person:
        found = [word for word in words if word.casefold() in self.page.content().casefold()]
        assert not found, f"{self.page.url} says {found}"
        return self

    def looks(self, name: str) -> Person:
        """A picture wide and narrow; with scripts on, each kind of page is examined once at both widths."""
        examine = self.scripts and name not in _examined
        _examined.add(name)
        number = _pictured[self.pictures] = _pictured.get(self.pictures, 0) + 1
        PICTURES.mkdir(parents=True, exist_ok=True)
        found: list[str] = []
        for width in (NARROW, WIDE) if self.scripts else (NARROW,):
            self.page.set_viewport_size({"width": width, "height": 900})
            if self.pictures:
                file = f"{self.pictures}-{number:02}-{name}{'' if self.scripts else '-plain'}-{width}.png"
                self.page.screenshot(path=PICTURES / file, full_page=True)
            if examine:
                found += problems(self.page, (width,))
        self.page.set_viewport_size({"width": WIDE, "height": 900})
        assert not found, f"{name}: {self.page.url}\n" + "\n".join(found)
        return self

    # --- Errands --------------------------------------------------------------------------------------------------

    def today(self, *sentences: str) -> Person:
        """What Today says now."""
        return self.goes_to("/today/").sees(*sentences)

    def story(self, code: str, *sentences: str) -> Person:
        """What the person's page says now."""
        return self.goes_to(f"/people/{code}/").sees(*sentences)


def quoted(words: str) -> str:
    return '"' + words.replace('"', '\\"') + '"'
