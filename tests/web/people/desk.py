"""A signed-in client of each of the cast, on the cast's own Monday, and what pages are read with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from tests.cast import MONDAY, Cast
from warmhandoff.foundation import clock, scoping, timers
from warmhandoff.foundation.actors import link_actor
from warmhandoff.foundation.models import Timer
from warmhandoff.participants.models import Participant
from warmhandoff.referrals.models import AnswerLink, Referral

LINK_CLASSES = ("contact", "needs", "narrative")


def signed_in(c: Cast, name: str) -> Client:
    client = Client()
    client.force_login(c.members[name].user)
    return client


def get(client: Client, address: str, at: datetime = MONDAY, status: int = 200, **more: Any) -> BeautifulSoup:
    """The page at an address, as it is at that moment."""
    with clock.at(at):
        answer = client.get(address, **more)
    assert answer.status_code == status, answer.content.decode()[:3000]
    return BeautifulSoup(answer.content, "lxml")


def post(client: Client, address: str, values: dict[str, Any], at: datetime = MONDAY, **more: Any) -> Any:
    with clock.at(at):
        return client.post(address, values, **more)


def form_of(page: BeautifulSoup, action: str = "") -> dict[str, Any]:
    """What a browser would send for the page's form (the one with this in its action), as it was filled in."""
    forms = [
        one
        for one in page.select("main form[method=post]")
        if action in one.get("action", "") and "find" not in one.get("class", [])
    ]
    assert forms, f"no form for {action!r}"
    form, values = forms[-1], {}
    for one in form.select("input, select, textarea"):
        name, kind = one.get("name"), one.get("type")
        if (
            not name
            or name == "csrfmiddlewaretoken"
            or (kind in ("radio", "checkbox") and not one.has_attr("checked"))
        ):
            continue
        if one.name == "select":
            chosen = one.select_one("option[selected]") or one.select_one("option")
            values[name] = chosen["value"] if chosen else ""
        elif one.name == "textarea":
            values[name] = one.text.strip()
        else:
            values[name] = one.get("value", "on" if kind == "checkbox" else "")
    return values


def send(client: Client, address: str, at: datetime = MONDAY, **changed: Any) -> Any:
    """Open the page, change some fields, press the button."""
    values = form_of(get(client, address, at)) | changed
    return post(client, address, {key: value for key, value in values.items() if value is not None}, at)


def text(page: BeautifulSoup, selector: str = "main") -> str:
    return " ".join(" ".join(one.get_text(" ") for one in page.select(selector)).split())


def person(file: Participant, name: str = "person") -> str:
    return reverse(f"people:{name}", args=[file.code])


def date_of(day: datetime, field: str = "due") -> dict[str, str]:
    return {f"{field}_month": str(day.month), f"{field}_day": str(day.day), f"{field}_year": str(day.year)}


@contextmanager
def by_link(referral: Referral, at: datetime = MONDAY) -> Iterator[tuple[Referral, Any]]:
    """Act as whoever opened the mail about a referral."""
    link = AnswerLink.objects.get(referral_id=referral.pk)
    actor = link_actor(link.pk, link.organization_id)
    with clock.at(at), scoping.acting_as(actor, classes=LINK_CLASSES):
        yield Referral.objects.get(pk=referral.pk), actor


def let_pass(until: datetime) -> None:
    """Let each timer that is due by then fire at its time."""
    while (
        waiting := Timer.objects.filter(fired_at__isnull=True, called_off_at__isnull=True, due_at__lte=until)
        .order_by("due_at", "id")
        .first()
    ):
        with clock.at(waiting.due_at):
            assert timers.fire(waiting.pk)


def days(number: float) -> datetime:
    return MONDAY + timedelta(days=number)
