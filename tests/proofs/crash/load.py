"""The load: drivers who take in and refer, pressers who answer what the mail brings; and what each was told is done."""

from __future__ import annotations

import http.client
import json
import random
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from django.db import DatabaseError, InterfaceError, connection

from tests import cast
from tests.programs import paid_work
from warmhandoff.foundation import actors, clock, duties, scoping
from warmhandoff.foundation.duties import Owner
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network import access, actions
from warmhandoff.network.models import Membership, User
from warmhandoff.network.roles import Role
from warmhandoff.programs.actions.work import start_work

GIVES_UP_AFTER = 90.0  # seconds, for one press


@dataclass
class Told:
    """What was acknowledged. A list's append is atomic: no lock is needed."""

    people: list[uuid.UUID] = field(default_factory=list)
    referrals: list[int] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)  # by the words that only this one has
    asked: list[str] = field(default_factory=list)  # also those without an answer
    answers: list[tuple[int, str]] = field(default_factory=list)  # link, verb
    owed: list[int] = field(default_factory=list)  # members with something due today
    weeks: list[int] = field(default_factory=list)  # hours that were handed in
    approved: list[str] = field(
        default_factory=list
    )  # and those that a worksite said are right, by their code
    keys: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)  # no answer came: it may be there, or not
    faults: list[str] = field(default_factory=list)  # what nobody expects

    def count(self) -> int:
        told = (
            self.people,
            self.referrals,
            self.questions,
            self.answers,
            self.owed,
            self.weeks,
            self.approved,
        )
        return sum(map(len, told))


class Load:
    def __init__(self, network: cast.Cast, told: Told, mail: Path, port: int) -> None:
        self.network, self.told, self.mail, self.port = network, told, mail, port
        self.over, self._taken, self._lock = threading.Event(), 0, threading.Lock()
        self._threads: list[threading.Thread] = []

    def start(self, what: Callable[[random.Random], None], number: int, seed: int) -> None:
        for n in range(number):
            thread = threading.Thread(target=self._keep_on, args=(what, random.Random(seed * 100 + n)))
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        self.over.set()
        for thread in self._threads:
            thread.join(GIVES_UP_AFTER + 30)

    def _keep_on(self, what: Callable[[random.Random], None], r: random.Random) -> None:
        while not self.over.is_set():
            try:
                what(r)
            except (DatabaseError, InterfaceError) as lost:
                self.told.unsure.append(f"{what.__name__}: {type(lost).__name__}")
                connection.close()
                time.sleep(0.1)
            except Exception as fault:  # noqa: BLE001  (told at the end)
                self.told.faults.append(f"{what.__name__}: {fault!r}")
                time.sleep(0.5)
        connection.close()

    # --- Drivers: the app's own login, in this process -------------------------------------------------------------

    def drive(self, r: random.Random) -> None:
        """Take someone in, then refer them to a service that has a mailbox and nobody who signs in."""
        who, service = r.choice(["denise", "marcus"]), r.choice(["solar", "it"])
        with self._acting(who) as member:
            file = cast.take_in(member, cast.told(f"Person {r.randrange(10**6)}"))
        self.told.people.append(file.person_id)
        with self._acting(who) as member:
            referral = cast.refer(file, self.network.services[service], member)
        self.told.referrals.append(referral.pk)
        time.sleep(r.random() * 0.6)

    def owe(self, r: random.Random) -> None:
        """Somebody new, with something due today: a digest is theirs, and one alone."""
        organization = self.network.organizations[r.choice(["eastgate", "harbor", "valley"])]
        by = actors.operator_actor(organization.pk)
        with scoping.acting_as(by):
            user = User.objects.create_user(f"{uuid.uuid4().hex}@crash.example", "Somebody New")
            member = actions.add_member(user=user, organization=organization, role=Role.CASE_MANAGER)
            today = current_place().day_of(clock.now())
            duties.open_duty(
                owner=Owner(organization.pk, membership_id=member.pk), kind="call",
                due_at=current_place().end_of(today), by=by,
            )  # fmt: skip
        self.told.owed.append(member.pk)
        time.sleep(0.2 + r.random())

    def work(self, r: random.Random) -> None:
        """Somebody takes part and works, and their hours of last week are handed in: their own supervisor has a mail."""
        monday = clock.today(current_place().zone)
        monday -= timedelta(days=monday.weekday() + 7)
        email = f"{uuid.uuid4().hex}@works.example"
        with self._acting("denise") as member:
            file = cast.take_in(member)
            one = cast.enrolled(self.network, member, file=file, on=monday)
            site, supervisor = paid_work.worksite(member, email=email)
            found = paid_work.planned(
                self.network, member, enrollment=one, at=(site, supervisor), begins=monday
            )
            start_work(work=found, on=monday, by=member.actor)
        self.told.people.append(file.person_id)
        with self._acting("denise") as member:
            sheet = paid_work.written(found, member, week=monday)
        self.told.weeks.append(sheet.pk)
        time.sleep(r.random())

    def take_in(self, r: random.Random) -> None:
        """The control's: as fast as it goes, on a session that does not wait for the disk."""
        if connection.connection is None or connection.connection.closed:
            connection.close()
            with connection.cursor() as cursor:
                cursor.execute("SET synchronous_commit = off")
        with self._acting("denise") as member:
            file = cast.take_in(member, cast.told("Person"))
        self.told.people.append(file.person_id)

    @contextmanager
    def _acting(self, who: str) -> Iterator[access.Member]:
        row = Membership.objects.select_related("user", "organization").get(pk=self.network.members[who].pk)
        member = access.member(row)
        with scoping.acting_as(member.actor, classes=member.classes):
            yield member

    # --- Pressers: the mail's link, over HTTP ----------------------------------------------------------------------

    def press(self, r: random.Random) -> None:
        where, token = self._next_link() or ("", "")
        if not token:
            time.sleep(0.2)
            return
        browser = Browser(self.port, f"127.{r.randrange(1, 200)}.{r.randrange(250)}.{r.randrange(1, 250)}")
        if where == "w":
            self._approve(browser, token, r)
            return
        for _ in range(r.randrange(3)):
            words = f"Question {uuid.uuid4().hex}"
            self.told.asked.append(words)
            if self._press(browser, token, "question", {"question": words, "your_name": "Jo"}, r):
                self.told.questions.append(words)
        verb = r.choice(["yes", "no"])
        fields = {"caller_name": "Jo", "why": "full:full_open", "your_name": "Jo"}
        if self._press(browser, token, verb, fields, r):
            self.told.answers.append((int(token.partition(".")[0]), verb))

    def _approve(self, browser: Browser, token: str, r: random.Random) -> None:
        """Behind a supervisor's link: each week that waits is right."""
        status, page, _ = browser.insist("GET", f"/w/{token}/")
        for address, code in re.findall(
            r'action="(/w/[^"]+/right/([^/"]+)/)"', page if status == 200 else ""
        ):
            if self._send(browser, address, _filled_in(page), r, "right") == 302:
                self.told.approved.append(code)

    def _next_link(self) -> tuple[str, str] | None:
        """The next mail that nobody has taken and that holds a link: an answer's (a) or a worksite's (w)."""
        with self._lock:
            lines = self.mail.read_text("utf-8").splitlines() if self.mail.exists() else []
            while self._taken < len(lines):
                self._taken += 1
                found = re.search(r"/([aw])/([^/\s]+)/", json.loads(lines[self._taken - 1])["text"])
                if found and found[2] not in self._opened:
                    self._opened.add(found[2])
                    return found[1], found[2]
        return None

    @property
    def _opened(self) -> set[str]:
        return self.__dict__.setdefault("_opened_links", set())  # type: ignore[no-any-return]

    def _press(
        self, browser: Browser, token: str, page: str, fields: dict[str, str], r: random.Random
    ) -> bool:
        """Open the page, press its button, and again until there is an answer. True where the answer is that it is done."""
        address = f"/a/{token}/{page}/"
        status, form, _ = browser.insist("GET", address)
        if status != 200:
            return False
        return self._send(browser, address, fields | _filled_in(form), r, page) == 302

    def _send(
        self, browser: Browser, address: str, fields: dict[str, str], r: random.Random, page: str
    ) -> int:
        status, _answer, tries = browser.insist("POST", address, fields)
        self.told.keys.append(fields["form_key"])
        if status == 302 and r.random() < 0.4:
            self.told.repeated.append(fields["form_key"])
            browser.insist("POST", address, fields)  # an impatient hand
        if status >= 500 or (status in (403, 404, 422)):
            self.told.faults.append(f"{page}: {status}")
        elif status != 302:
            self.told.unsure.append(f"{page}: {status} after {tries} tries")
        return status


def _filled_in(page: str) -> dict[str, str]:
    found = {}
    for name in ("form_key",):
        field_ = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
        found[name] = unescape(field_[1]) if field_ else ""
    days = re.findall(r'name="contact_by"[^>]*value="([^"]*)"', page)
    return found | ({"contact_by": days[-1]} if days else {})


class Browser:
    """One address of its own, so that the limits of presses count it by itself. Repeats what has no answer."""

    def __init__(self, port: int, address: str) -> None:
        self._port, self._address = port, address

    def insist(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str, int]:
        until, tries = time.monotonic() + GIVES_UP_AFTER, 0
        while True:
            tries += 1
            try:
                status, text = self._ask(method, path, fields)
                if status < 500:
                    return status, text, tries
            except (OSError, http.client.HTTPException):
                status, text = 599, ""
            if time.monotonic() > until:
                return status, text, tries
            time.sleep(0.2)

    def _ask(self, method: str, path: str, fields: dict[str, str] | None) -> tuple[int, str]:
        asked = http.client.HTTPConnection(
            "127.0.0.1", self._port, timeout=20, source_address=(self._address, 0)
        )
        try:
            body = urlencode(fields) if fields else None
            headers = {"Content-Type": "application/x-www-form-urlencoded"} if fields else {}
            asked.request(method, urlsplit(path).path, body, headers)
            answer = asked.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")
        finally:
            asked.close()
