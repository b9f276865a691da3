"""How many presses a yes takes on the page behind a mail's link: each time the filled button, until the referral is accepted.

What is to be typed is typed (who will call); nothing else is changed from what the page proposes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import urljoin

from django.conf import settings
from django.test import Client

from warmhandoff.foundation.mail_links import address_of
from warmhandoff.referrals.models import AnswerLink, Referral
from warmhandoff.referrals.states import ACCEPTED, SENT

FIRST_NAME: Final = "Sam"
TOO_MANY: Final = 6


@dataclass
class Form:
    action: str = ""
    values: dict[str, str] = field(default_factory=dict)


class FilledButton(HTMLParser):
    """The first filled button of a page: a link, or the form that it sends."""

    def __init__(self) -> None:
        super().__init__()
        self.link = ""
        self.form: Form | None = None
        self._open = Form()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given: dict[str, Any] = dict(attributes)
        if tag == "form":
            self._open = Form(given.get("action") or "")
        elif tag == "input" and given.get("name"):
            self._fill(given)
        elif tag in ("a", "button") and self._is_filled(given.get("class") or "") and not self._found:
            self.link, self.form = (given.get("href") or "", None) if tag == "a" else ("", self._open)

    @staticmethod
    def _is_filled(classes: str) -> bool:
        return "usa-button" in classes.split() and "usa-button--outline" not in classes

    @property
    def _found(self) -> bool:
        return bool(self.link or self.form)

    def _fill(self, given: dict[str, Any]) -> None:
        kind, value = given.get("type") or "text", given.get("value") or ""
        if kind == "text":
            self._open.values[given["name"]] = value or FIRST_NAME
        elif kind == "hidden" or (kind in ("radio", "checkbox") and "checked" in given):
            self._open.values[given["name"]] = value


def until_accepted(host: str) -> int:
    """From the first visit: how often something is pressed until a referral that was sent is accepted."""
    referrals = Referral.objects.using("owner")
    waiting = referrals.filter(state=SENT).order_by("-id")[0]
    link = AnswerLink.objects.get(referral_id=waiting.pk, revoked_at__isnull=True)
    path = address_of(link).removeprefix(settings.ROOT_URL)
    browser = Client(headers={"host": host})
    for presses in range(TOO_MANY + 1):
        if referrals.get(pk=waiting.pk).state == ACCEPTED:
            return presses
        if presses == 0:
            answer = browser.get(path)
        page = FilledButton()
        page.feed(answer.content.decode())
        where = page.link or (page.form.action if page.form else "")
        path = urljoin(path, where)
        answer = (
            browser.get(path)
            if page.link
            else browser.post(path, page.form.values if page.form else {}, follow=True)
        )
    raise RuntimeError("The answer page doesn't lead to a yes.")
