"""A member of the cast at their desk: the clock stands at Monday morning unless told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from bs4 import BeautifulSoup, Tag
from django.test import Client

from tests.cast import MONDAY, Cast
from warmhandoff.foundation import clock
from warmhandoff.network.models import User


def text_of(html: bytes | str) -> str:
    return " ".join(BeautifulSoup(html, "lxml").get_text(" ").split())


class Desk:
    def __init__(self, cast: Cast | None = None, name: str = "", *, user: User | None = None) -> None:
        self.client = Client()
        self.at: datetime = MONDAY
        user = user or (cast.members[name].user if cast else None)
        if user is not None:
            EmailAddress.objects.get_or_create(user=user, email=user.email, verified=True, primary=True)
            self.client.force_login(user)

    def get(self, address: str, status: int = 200) -> str:
        with clock.at(self.at):
            answer = self.client.get(address)
        assert answer.status_code == status, (address, answer.status_code)
        return text_of(answer.content)

    def soup(self, address: str) -> BeautifulSoup:
        with clock.at(self.at):
            return BeautifulSoup(self.client.get(address).content, "lxml")

    def send(self, address: str, /, status: int = 302, at: str | None = None, **fields: Any) -> str:
        """Fill in the form on the page `address` and send it to where it goes (`at`: another place); the text of what follows."""
        page = self.soup(address)
        action = at or address
        form = next(
            f
            for f in page.select("main form[method=post]")
            if (f.get("action") or address) == action and f.select("[name=form_key]")
        )
        return self.post(action, status, **(_filled(form) | fields))

    def post(self, address: str, /, status: int = 302, **fields: Any) -> str:
        with clock.at(self.at):
            answer = self.client.post(address, {k: v for k, v in fields.items() if v is not None})
            assert answer.status_code == status, (address, answer.status_code, text_of(answer.content))
            if status == 302:
                answer = self.client.get(answer.headers["Location"])
        return text_of(answer.content)


def _filled(form: Tag) -> dict[str, Any]:
    """What the form holds as it stands."""
    fields: dict[str, Any] = {}
    for each in form.select("input[name], select[name], textarea[name]"):
        name = str(each["name"])
        if name == "csrfmiddlewaretoken" or (
            each.get("type") in ("checkbox", "radio") and not each.has_attr("checked")
        ):
            continue
        if each.name == "select":
            chosen = each.select_one("option[selected]")
            value = str(chosen["value"]) if chosen else ""
        else:
            value = str(each.get("value", each.text if each.name == "textarea" else ""))
        if each.get("type") == "checkbox":
            fields.setdefault(name, []).append(value)
        else:
            fields[name] = value
    return fields


@contextmanager
def standing_clock() -> Iterator[None]:
    with clock.at(MONDAY):
        yield
