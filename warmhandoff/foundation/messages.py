"""Messages: queued in the change's own transaction, made and sent later, at least once, under one Message-ID.

A room declares a `Notice` a kind of message, with texts in `templates/<room>/notices/<name>.{subject,text,html}`. Neither the
job nor the message holds a word about a person: the job has the message's number, the message has numbers, and the text is
made when it is sent. What is kept afterwards shows `[link]` and `[code]` where the secrets were.

Each notice says how urgent it is. What waits for its hours is looked at when it would be sent, by the product's own clock, and
then put off by a timer. What goes into the daily digest is gathered: it is told there, and has no mail of its own.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, time
from email.utils import formataddr
from enum import StrEnum
from typing import Any, ClassVar

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F, QuerySet
from django.template import Context, Engine
from django.utils import translation
from procrastinate.contrib.django import app

from warmhandoff.foundation import actors, clock, timers
from warmhandoff.foundation.models import Actor, ContactPoint, Message, Timer
from warmhandoff.foundation.scoping import acting_as

_notices: dict[str, type[Notice]] = {}
WhenUndeliverable = Callable[[Any, Actor], None]
_when_undeliverable: dict[type, WhenUndeliverable] = {}
# By its name: the job calls back into this module.
_SEND = "warmhandoff.foundation.tasks.send_message"
_telling_the_past: ContextVar[bool] = ContextVar("wh_telling_the_past", default=False)
_HELD_BACK = (Message.State.SENT, Message.State.STOPPED, Message.State.PAST, Message.State.GATHERED)
# What the timer of a message that was put off is about, and its one step.
MESSAGE = "message"
_ITS_HOUR = "its_hour"


class Urgency(StrEnum):
    """When a notice reaches its reader; the words stand in the reference."""

    NOW = "at once, at any hour"
    IN_HOURS = "at once, in the hours of mails"
    DIGEST = "in the daily digest"


class Notice:
    """A kind of message. `context` reads what the text needs, as the recipient's organization may read it."""

    name: ClassVar[str]
    template: ClassVar[str]
    urgency: ClassVar[Urgency] = Urgency.IN_HOURS
    # Also on a day on which everything is closed: what is about that very day.
    on_closed_days: ClassVar[bool] = False
    # So many of this kind (`number`), as one line of the daily digest; nothing where a duty tells it there.
    digest_words: ClassVar[Any] = ""
    # What it takes to make the text.
    reads: ClassVar[tuple[str, ...]] = ("contact", "needs")
    # Values that open something, or tell of somebody: they are in the mail and nowhere else.
    secrets: ClassVar[Mapping[str, str]] = {"link": "[link]", "code": "[code]"}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "name" in cls.__dict__:
            _notices[cls.name] = cls

    def __init__(self, message: Message) -> None:
        self.message = message

    def sender_name(self) -> str:
        raise NotImplementedError

    @classmethod
    def sender_address(cls) -> str:
        """From where it comes; its Message-ID is of the same house."""
        return str(settings.DEFAULT_FROM_EMAIL)

    def context(self, language: str) -> dict[str, Any]:
        raise NotImplementedError

    def parts(self, context: dict[str, Any]) -> Iterable[tuple[str, str]]:
        """What goes with the text besides, as (content, type): a calendar's entry."""
        return ()

    def still_wanted(self) -> bool:
        """Asked just before sending: a reminder for what was answered meanwhile is not sent."""
        return True

    def sent(self) -> None:
        """Called when the mail server has taken it, in the transaction that writes that down."""

    def undeliverable(self, actor: Actor) -> None:
        """Called once, as the sender's organization, when the last try has failed: someone must know."""
        for kind in type(self).__mro__:
            if kind in _when_undeliverable:
                _when_undeliverable[kind](self, actor)
                return


def registered() -> list[type[Notice]]:
    """Every kind of message, by its name."""
    return [_notices[name] for name in sorted(_notices)]


def on_undeliverable(kind: type[Notice]) -> Callable[[WhenUndeliverable], WhenUndeliverable]:
    """Register what a room does when a notice of this kind (or of a kind of it) can't be delivered."""

    def register(tell: WhenUndeliverable) -> WhenUndeliverable:
        _when_undeliverable[kind] = tell
        return tell

    return register


@contextmanager
def telling_the_past() -> Iterator[None]:
    """Messages of a told history are kept as past and never sent."""
    token = _telling_the_past.set(True)
    try:
        yield
    finally:
        _telling_the_past.reset(token)


def send(
    notice: type[Notice],
    *,
    to: int,
    organization_id: int,
    subject: tuple[str, int],
    sender_organization_id: int | None = None,
) -> Message:
    """Queue `notice` for the contact point `to` of an organization, in the transaction that is open."""
    state = _first_state(notice)
    message = Message.objects.create(
        organization_id=organization_id,
        sender_organization_id=sender_organization_id,
        contact_point_id=to,
        notice=notice.name,
        subject_kind=subject[0],
        subject_id=subject[1],
        message_id=new_message_id(notice.sender_address()),
        state=state,
    )
    if state == Message.State.QUEUED:
        _defer(message.pk)
    return message


def _first_state(notice: type[Notice]) -> Message.State:
    if _telling_the_past.get():
        return Message.State.PAST
    return Message.State.GATHERED if notice.urgency is Urgency.DIGEST else Message.State.QUEUED


def _defer(message_id: int) -> None:
    app.configure_task(_SEND, queue="messages").defer(message_id=message_id)


def new_message_id(sender: str = "") -> str:
    return f"<{uuid.uuid4().hex}@{(sender or settings.DEFAULT_FROM_EMAIL).rpartition('@')[2].rstrip('>')}>"


def notice_of(message: Message) -> Notice:
    return _notices[message.notice](message)


def deliver(message_id: int) -> None:
    """Send one message, unless it was sent, is stopped, or is no longer wanted. The row stays locked while SMTP works."""
    with _as_recipient(message_id):
        message = Message.objects.select_for_update().get(pk=message_id)
        if message.state in _HELD_BACK:
            return
        point = ContactPoint.objects.get(pk=message.contact_point_id)
        notice = notice_of(message)
        if not notice.still_wanted():
            Message.objects.filter(pk=message_id).update(state=Message.State.STOPPED)
            return
        if point.stopped_at or point.channel != ContactPoint.Channel.EMAIL:
            Message.objects.filter(pk=message_id).update(state=Message.State.STOPPED)
            _tell_undeliverable(message)
            return
        if _is_put_off(notice, point):
            return
        mail, kept_subject, kept_text = compose(notice, point)
        mail.send()
        notice.sent()
        Message.objects.filter(pk=message_id).update(
            state=Message.State.SENT,
            sent_at=clock.now(),
            attempts=F("attempts") + 1,
            kept_subject=kept_subject[:200],
            kept_text=kept_text,
        )


Hours = Callable[[datetime, bool, tuple[time, time] | None], datetime]
_hours: list[Hours] = []


def keep_hours(hours: Hours) -> None:
    """Register when mails go out that can wait: the first such moment from one on, whether on closed days too, and not in its
    reader's quiet hours. A room that knows the place says it."""
    _hours[:] = [hours]


def _its_moment(notice: Notice, point: ContactPoint, moment: datetime) -> datetime:
    if notice.urgency is Urgency.NOW:
        return moment
    quiet = (point.quiet_from, point.quiet_to) if point.quiet_from and point.quiet_to else None
    return _hours[0](moment, notice.on_closed_days, quiet)


def _is_put_off(notice: Notice, point: ContactPoint) -> bool:
    """Whether it is too early (or too late in the day): then a timer sends it in its hour."""
    now = clock.now()
    at = _its_moment(notice, point, now)
    if at <= now:
        return False
    its_hour = timers.Due(notice.message.organization_id, at)
    timers.set_timers((MESSAGE, notice.message.pk), {_ITS_HOUR: its_hour}, again=True)
    return True


@timers.on_step(MESSAGE)
def its_hour_has_come(timer: Timer, by: Actor) -> None:
    _defer(timer.subject_id)


def gathered_for(contact_point_id: int) -> QuerySet[Message]:
    """What waits to be told there in the next daily digest."""
    return Message.objects.filter(contact_point_id=contact_point_id, state=Message.State.GATHERED).order_by(
        "id"
    )


def note_failure(message_id: int, *, last: bool) -> None:
    """Count a try that failed; after the last one, tell whoever must call instead."""
    with _as_recipient(message_id):
        Message.objects.filter(pk=message_id).update(
            attempts=F("attempts") + 1, **({"state": Message.State.FAILED} if last else {})
        )
        if last:
            # In the same transaction: a message is not given up without somebody being told.
            _tell_undeliverable(Message.objects.get(pk=message_id))


def _tell_undeliverable(message: Message) -> None:
    actor = actors.system_actor(message.sender_organization_id or message.organization_id)
    notice = notice_of(message)
    with acting_as(actor, purpose="protocol", classes=notice.reads):
        notice.undeliverable(actor)


@contextmanager
def _as_recipient(message_id: int) -> Iterator[None]:
    organization_id, notice = Message.objects.values_list("organization_id", "notice").get(pk=message_id)
    with acting_as(actors.system_actor(organization_id), purpose="protocol", classes=_notices[notice].reads):
        yield


def compose(notice: Notice, point: ContactPoint) -> tuple[EmailMultiAlternatives, str, str]:
    """The mail itself, and the subject and text that are kept of it."""
    language = point.language or "en"
    with translation.override(language):
        context = notice.context(language) | {"language": language}
        masked = context | {key: mask for key, mask in notice.secrets.items() if key in context}
        mail = EmailMultiAlternatives(
            subject=_on_one_line(_render(notice, "subject", context)),
            body=_render(notice, "text", context),
            from_email=formataddr((notice.sender_name(), notice.sender_address())),
            to=[point.value],
            headers={
                "Message-ID": notice.message.message_id,
                "Auto-Submitted": "auto-generated",
                "Content-Language": language,
            },
        )
        mail.attach_alternative(_render(notice, "html", context), "text/html")
        for content, kind in notice.parts(context):
            mail.attach_alternative(content, kind)
        return mail, _on_one_line(_render(notice, "subject", masked)), _render(notice, "text", masked)


def _on_one_line(subject: str) -> str:
    # A line break in a subject would begin a header of somebody else's choosing.
    return " ".join(subject.split())


def _render(notice: Notice, part: str, context: dict[str, Any]) -> str:
    # Only HTML is escaped: in plain text "St. Mary's" must not become "St. Mary&#x27;s".
    template = Engine.get_default().get_template(f"{notice.template}.{part}")
    text: str = template.render(Context(context, autoescape=part == "html"))
    return text if part == "html" else _without_gaps(text)


def _without_gaps(text: str) -> str:
    """At most one empty line between paragraphs: blocks that a notice leaves empty leave no hole."""
    return re.sub(r"\n\s*\n+", "\n\n", text).strip() + "\n"
