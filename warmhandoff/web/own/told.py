"""What a person's own page says, in sixth-grade words and in the language of the page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from warmhandoff.casework import own_page as casework
from warmhandoff.custody.protocol import APPOINTMENT, NEXT_STEP_KINDS
from warmhandoff.foundation import clock, terms
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.jurisdictions import dates
from warmhandoff.jurisdictions.dates import short_day
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants.own_page import SaidWrong
from warmhandoff.programs import own_page as programs
from warmhandoff.referrals import carried
from warmhandoff.referrals.own_page import OwnPage, Place, Question, Said, Shared, Wrong
from warmhandoff.referrals.slips import Slip
from warmhandoff.referrals.states import (
    ACCEPTED,
    ASKED_AGAIN_WORDS,
    OPEN,
    PARTICIPANT_WAITS,
    PARTICIPANT_WORDS,
    SENT,
    UNDER_WAY,
)
from warmhandoff.web.today import said

# What the holder does next, as the person is told. `%(who)s` is whoever has them.
STEPS: dict[str, Any] = {
    "find_place": gettext_lazy("%(who)s looks for a place for you"),
    "call": gettext_lazy("%(who)s calls you"),
    "meet": gettext_lazy("You meet %(who)s"),
    "documents": gettext_lazy("You and %(who)s get your papers in order"),
    "check_in": gettext_lazy("%(who)s asks you how it goes"),
    "plan": gettext_lazy("You and %(who)s decide what comes next"),
    APPOINTMENT: gettext_lazy("You have an appointment"),
}
# What is waited for at a place that was asked, by the kind of the holder's date.
WAITS: dict[str, Any] = {
    "await_answer": gettext_lazy("%(receiver)s tells us if they have a place for you"),
    "answer_question": gettext_lazy("%(who)s answers a question of %(receiver)s"),
    "await_contact": gettext_lazy("%(caller)s from %(receiver)s contacts you"),
    "follow_service": gettext_lazy("You and %(receiver)s begin, or go on"),
    "await_review": gettext_lazy("%(receiver)s looks at its list again"),
    "await_hold": gettext_lazy("It goes on with %(receiver)s"),
    "review_hold": gettext_lazy("It goes on with %(receiver)s"),
    "settle": gettext_lazy("You and %(who)s decide what comes next"),
}
# Steps of the holder that happen with the person there.
TOGETHER = ("call", "meet", "documents", "check_in")
CLASSES: dict[str, Any] = {
    "contact": gettext_lazy("your name and how to reach you"),
    "needs": gettext_lazy("what you need"),
    "narrative": gettext_lazy("the note that was read to you"),
    "justice": gettext_lazy("that you want help with the law or your record"),
    "supervision": gettext_lazy("that you want help with supervision"),
    "health": gettext_lazy("that you want help with your health"),
    "substance_use": gettext_lazy("that you want help with alcohol or drugs"),
    "violence_prevention": gettext_lazy("that you want help to be safe"),
    "work_education": gettext_lazy("your school and work"),
    "housing_family": gettext_lazy("where you live"),
    "right_to_work": gettext_lazy("which papers you have"),
    "demographics": gettext_lazy("your age group and background"),
    "program": gettext_lazy("how you take part in your program"),
}
PARTS: dict[str, Any] = {
    "name": gettext_lazy("Your name and your language"),
    "reach": gettext_lazy("How to reach you"),
    "need": gettext_lazy("What you need"),
    "sender": gettext_lazy("Who helps you here, and their phone"),
    "birth_date": gettext_lazy("Your birth date"),
    "note": gettext_lazy("This note:"),
}
ABOUT: dict[str, Any] = {
    SaidWrong.About.ABOUT_ME: gettext_lazy("My name, my phone, or something about me"),
    SaidWrong.About.NEXT: gettext_lazy("What happens next"),
    SaidWrong.About.PLACE: gettext_lazy("A place you asked for me"),
    SaidWrong.About.SHARING: gettext_lazy("Who can see what"),
    SaidWrong.About.PROGRAM: gettext_lazy("My program: groups, training, work"),
    SaidWrong.About.TREATED: gettext_lazy("How I was treated"),
    SaidWrong.About.OTHER: gettext_lazy("Something else"),
}
OUTCOMES: dict[str, Any] = {
    SaidWrong.Outcome.MENDED: gettext_lazy("It was put right."),
    SaidWrong.Outcome.TALKED: gettext_lazy("We talked about it."),
    SaidWrong.Outcome.STAYS: gettext_lazy("It stays as it is."),
}


@dataclass(frozen=True)
class Next:
    """The first thing on the page."""

    says: str
    when: str
    more: str = ""


@dataclass(frozen=True)
class Someone:
    """Somebody who is there for the person."""

    name: str
    house: str
    says: str
    phone: str = ""


@dataclass(frozen=True)
class Dated:
    when: str
    says: str
    more: str = ""


@dataclass(frozen=True)
class Stands:
    """One place that was asked, and how that stands."""

    service: str
    receiver: str
    says: str
    since: str


@dataclass(frozen=True)
class Sees:
    """One organization that can see something, what, since when, until when and why."""

    organization: str
    what: str
    why: str
    when: str
    consent: str = ""


@dataclass(frozen=True)
class Carried:
    service: str
    to: str
    code: str
    until: str


@dataclass(frozen=True)
class Answered:
    about: str
    says: str
    when: str
    stands: str
    answer: str


def in_language(english: str, spanish: str | None) -> str:
    return spanish if spanish and (get_language() or "en").startswith("es") else english


def by_when(moment: datetime) -> str:
    return _("by %(day)s") % {"day": said.weekday(moment)}


# --- Next, and who is there ---------------------------------------------------------------------------------------


def holder_name(page: OwnPage) -> str:
    if page.holder is None:
        return page.home.name
    return page.holder.name if page.holder.is_queue or not page.holder.who else page.holder.who


def next_of(page: OwnPage) -> Next:
    """What is next and when: a question of theirs first, then what the holder owes first."""
    who = holder_name(page)
    if page.questions:
        return Next(
            _("Say yes or no to a question"),
            "",
            _("%(who)s asks you something.") % {"who": page.questions[0].organization},
        )
    if page.holder is None:
        return Next(
            _("Call us if you want help"),
            "",
            _("Nobody looks after you now. You can come back at any time."),
        )
    step = page.holder.next
    place = _place(page, step.subject_id) if step.subject_kind == "referral" else None
    facts = {"who": who} | _facts_of(place)
    if place is not None and _is_stopped(page, place):
        return Next(
            _("%(who)s asks you what is next") % facts,
            "",
            _("You stopped sharing with %(receiver)s.") % facts,
        )
    if place is not None and step.kind in WAITS:
        return Next(str(WAITS[step.kind]) % facts, by_when(step.due_at), _where(place))
    words = STEPS.get(step.kind, STEPS["check_in"])
    when = dates.moment(step.due_at) if step.kind == APPOINTMENT else by_when(step.due_at)
    return Next(str(words) % facts, when)


def _place(page: OwnPage, number: int | None) -> Place | None:
    return next((one for one in page.places if one.id == number), None)


def _is_stopped(page: OwnPage, place: Place) -> bool:
    """Whether a place that serves them reads nothing of them any more: what it meant to do is no date of theirs."""
    stopped = {one.code for one in page.consents if one.revoked_at is not None}
    theirs = [
        one for one in page.shares if (one.organization, one.recipient) == (place.sender, place.receiver)
    ]
    return place.state in UNDER_WAY and bool(theirs) and all(one.consent in stopped for one in theirs)


def _facts_of(place: Place | None) -> dict[str, str]:
    if place is None:
        return {"receiver": _("The place"), "caller": _("Someone")}
    return {"receiver": place.receiver, "caller": place.caller_name or _("Someone")}


def _where(place: Place) -> str:
    """Where to go, once they said yes."""
    if place.state not in UNDER_WAY or not place.address:
        return ""
    return ". ".join(
        filter(None, [place.address, in_language(place.getting_there or "", place.getting_there_es)])
    )


def with_me(page: OwnPage) -> Iterator[Someone]:
    """Who answers for them, and then whoever serves them."""
    if page.holder is not None:
        says = (
            _("%(name)s answers for the team. They go on until somebody else says: now it is me.")
            % {"name": page.holder.who}
            if page.holder.is_queue
            else _("Answers for you, until somebody else says: now it is me.")
        )
        name = page.holder.name if page.holder.is_queue else page.holder.who
        yield Someone(name, "" if page.holder.is_queue else page.holder.name, says, page.holder.phone)
    else:
        yield Someone(page.home.name, "", _("You can call them at any time."), page.home.phone)
    for place in page.places:
        if place.state in UNDER_WAY:
            service = in_language(place.service, place.service_es)
            yield Someone(
                place.caller_name or place.receiver,
                place.receiver if place.caller_name else "",
                service,
                place.phone,
            )


def appointments(page: OwnPage) -> list[Dated]:
    """What has a date and concerns them: steps that are done together, first contacts, days on which something goes on."""
    found: list[tuple[datetime, str, str]] = []
    agreed = [(each.starts_at, _agreed(each)) for each in casework.appointments()]
    agreed += [(each.starts_at, meets(each)) for each in programs.meetings()]
    agreed.sort(key=lambda one: one[0])
    who = holder_name(page)
    for step in page.steps:
        if step.kind in TOGETHER and step.kind in NEXT_STEP_KINDS:
            found.append((step.due_at, str(STEPS[step.kind]) % {"who": who}, ""))
    for place in page.places:
        if _is_stopped(page, place):
            continue
        facts = {"who": who} | _facts_of(place)
        if place.state == ACCEPTED and place.contact_due_at and not place.waits_for:
            found.append((place.contact_due_at, str(WAITS["await_contact"]) % facts, _where(place)))
        elif place.state in OPEN and (on := place.held_until or place.review_due_at):
            kind = "await_hold" if place.held_until else "await_review"
            found.append((on, str(WAITS[kind]) % facts, ""))
    others = [Dated(by_when(moment), says, more) for moment, says, more in sorted(found)]
    return [*(one for _moment, one in agreed), *others]


def _agreed(one: casework.Appointment) -> Dated:
    """`Wed, Nov 25, 3 pm: you meet Denise Carter`, where, and whom to call if they can't come."""
    how = terms.word("appointment_how", one.how)
    more = [
        one.address,
        in_language(one.getting_there, one.getting_there_es),
        _("If you can’t come: %(phone)s") % {"phone": one.phone},
    ]
    return Dated(
        dates.moment(one.starts_at),
        _("Appointment with %(who)s, %(organization)s. %(how)s.")
        % {"who": one.who, "organization": one.organization, "how": how},
        ". ".join(filter(None, more)),
    )


def meets(one: programs.OwnMeeting) -> Dated:
    """`Tue, Dec 1, 4 pm: your group Mornings`, what about and where; what has changed, and whom to call if they can't come."""
    title = in_language(one.title, one.title_es)
    session = (
        _("session %(number)s: %(title)s") % {"number": one.number, "title": title}
        if title
        else _("session %(number)s") % {"number": one.number}
    )
    words = (
        _("Your group %(group)s, to make up for %(session)s.")
        if one.make_up
        else _("Your group %(group)s, %(session)s.")
    )
    more = [
        one.room,
        _("It has moved. It was on %(when)s.") % {"when": dates.moment(one.was_at)} if one.was_at else "",
        _("If you can’t come: %(phone)s") % {"phone": one.phone} if one.phone else "",
    ]
    return Dated(
        dates.moment(one.starts_at),
        words % {"group": one.group, "session": session},
        " ".join(part if part.endswith(".") else f"{part}." for part in more if part),
    )


# --- Where each question stands -----------------------------------------------------------------------------------


def places(page: OwnPage) -> tuple[list[Stands], list[Stands]]:
    """The open ones, and those that are over."""
    told = [(one.state in OPEN, _stands(one)) for one in page.places]
    return [each for is_open, each in told if is_open], [each for is_open, each in told if not is_open]


def _stands(place: Place) -> Stands:
    since = place.ended_at or place.sent_at
    words = _("Over since %(day)s") if place.ended_at else _("Asked %(day)s")
    day = said.day(since) if place.ended_at else said.on_day(since)
    return Stands(
        in_language(place.service, place.service_es), place.receiver, _how(place), words % {"day": day}
    )


def _how(place: Place) -> str:
    if place.state in OPEN and place.waits_for:
        waits = str(PARTICIPANT_WAITS[place.waits_for])
        return f"{waits} {_on_the_list(place)}".strip()
    if place.state == SENT and place.asked_times > 1:
        return str(ASKED_AGAIN_WORDS)
    told = terms.known().get(("stage_told", place.stage)) if place.stage else None
    return told.in_language(get_language() or "en") if told else str(PARTICIPANT_WORDS[place.state])


def _on_the_list(place: Place) -> str:
    if place.review_due_at is None:
        return ""
    number = _("You are number %(n)s.") % {"n": place.list_position} if place.list_position else ""
    day = short_day(current_place().day_of(place.review_due_at))
    again = _("They look again on %(day)s.") % {"day": day}
    return f"{number} {again}".strip()


# --- Who can see what ---------------------------------------------------------------------------------------------


def sees(page: OwnPage) -> list[Sees]:
    """Everybody who can see something now: who keeps a file, whom it is shared with, and who would see it after a yes."""
    return [*_keeps_a_file(page), *_shared(page), *_would_see(page)]


def saw(page: OwnPage) -> list[Sees]:
    """Whoever could see something once."""
    now = clock.now()
    return [
        _sees(page, shares, over=True) for shares in _grouped(one for one in page.shares if one.until <= now)
    ]


def _keeps_a_file(page: OwnPage) -> Iterator[Sees]:
    for file in page.files:
        what = (
            _("what you told them, to help you")
            if file.origin == "intake"
            else _("what they were told of you, and what you tell them")
        )
        why = (
            _("You told them yourself.")
            if file.origin == "intake"
            else _("You said yes to that.")
            if file.origin == "referral"
            else _("The organization that helped you closed.")
        )
        yield Sees(file.organization, what, why, _("Since %(day)s") % {"day": said.day(file.opened_at)})


def _shared(page: OwnPage) -> Iterator[Sees]:
    now = clock.now()
    for shares in _grouped(one for one in page.shares if one.until > now):
        yield _sees(page, shares)


def _grouped(shares: Iterable[Shared]) -> list[list[Shared]]:
    groups: dict[tuple[str, str, str | None, datetime], list[Shared]] = {}
    for one in shares:
        groups.setdefault((one.organization, one.recipient, one.consent, one.until), []).append(one)
    return list(groups.values())


def _sees(page: OwnPage, shares: list[Shared], *, over: bool = False) -> Sees:
    first = shares[0]
    what = said.together(list(dict.fromkeys(class_words(one.data_class) for one in shares)))
    span = {"since": said.day(min(one.since for one in shares)), "until": said.day(first.until)}
    given = next((one for one in page.consents if one.code == first.consent), None)
    why = (
        _("You said yes %(day)s to %(name)s.")
        % {"day": said.on_day(given.given_at), "name": first.organization}
        if given is not None
        else _("%(name)s closed, and somebody must be able to reach you.") % {"name": first.organization}
    )
    when = _("From %(since)s until %(until)s") if over else _("Since %(since)s, until %(until)s")
    return Sees(first.recipient, what, why, when % span, "" if over else first.consent or "")


def _would_see(page: OwnPage) -> Iterator[Sees]:
    """Asked for them, not answered yet: nothing is seen before a yes, and it can be stopped now."""
    covered = {one.consent for one in page.shares}
    for one in page.consents:
        if one.is_live and one.waits and one.code not in covered:
            yield Sees(
                said.together(one.recipients),
                _("nothing, until they say yes"),
                _("You said yes %(day)s to %(name)s.")
                % {"day": said.on_day(one.given_at), "name": one.organization},
                _("Until %(day)s") % {"day": said.day(one.expires_at)},
                one.code,
            )


def class_words(data_class: str) -> str:
    return str(CLASSES.get(data_class, data_class))


def what_is_shared(one: Said) -> str:
    return said.together([class_words(each) for each in one.data_classes])


# --- Papers, questions, what is wrong -----------------------------------------------------------------------------


def papers(page: OwnPage) -> list[Carried]:
    """Papers with a code, which whoever has the page can show instead."""
    if not page.papers:
        return []
    with acting_as(None):
        slips = Slip.objects.in_bulk([one.slip for one in page.papers])
    return [
        Carried(
            in_language(one.service, one.service_es),
            one.to,
            carried.code_of(slips[one.slip]),
            said.day(one.dies_at),
        )
        for one in page.papers
        if one.slip in slips
    ]


@dataclass(frozen=True)
class Consented:
    """One yes or no of theirs, with the form that was used."""

    recipients: str
    what: str
    when: str
    stands: str
    form: str


HOW: dict[str, Any] = {
    "paper": gettext_lazy("on paper"),
    "screen": gettext_lazy("on a screen"),
    "spoken": gettext_lazy("aloud"),
}


def consents(page: OwnPage) -> list[Consented]:
    return [_consented(one) for one in page.consents]


def _consented(one: Said) -> Consented:
    if one.refused:
        stands = _("You said no")
    elif one.revoked_at:
        stands = _("You stopped it %(day)s") % {"day": said.on_day(one.revoked_at)}
    elif one.is_live:
        stands = _("You said yes, until %(day)s") % {"day": said.day(one.expires_at)}
    else:
        stands = _("Over since %(day)s") % {"day": said.day(one.expires_at)}
    asked = _("%(house)s asked you %(day)s, %(how)s") % {
        "house": one.organization,
        "day": said.on_day(one.given_at),
        "how": HOW[one.how],
    }
    form = _("Form %(version)s") % {"version": one.form_version}
    return Consented(said.together(one.recipients) or _("anybody"), what_is_shared(one), asked, stands, form)


@dataclass(frozen=True)
class AskedOf:
    """A question, as it is put to them."""

    code: str
    organization: str
    receiver: str
    service: str
    others: str
    parts: list[str]
    note: str
    until: str
    moves: bool


def questions(page: OwnPage) -> list[AskedOf]:
    return [asked_of(one) for one in page.questions]


def asked_of(one: Question) -> AskedOf:
    until = said.today() + timedelta(days=one.days)
    return AskedOf(
        code=one.code,
        organization=one.organization,
        receiver=one.receiver,
        service=in_language(one.service, one.service_es),
        others=said.together([name for name in one.recipients if name != one.receiver]),
        parts=[str(PARTS[part]) for part in one.parts if part in PARTS and part != "note"],
        note=(one.note or "") if "note" in one.parts else "",
        until=said.full_day(until),
        moves=one.mode == "transfer",
    )


def answered(page: OwnPage, delivering: Collection[str]) -> list[Answered]:
    """What they said is wrong, and what became of it: whoever holds them answers, and whoever delivers their program."""
    answering = {page.holder.name, *delivering} if page.holder else set(delivering)
    return [_answered(one, is_theirs=one.organization in answering) for one in page.wrongs]


def _answered(one: Wrong, *, is_theirs: bool) -> Answered:
    if one.answered_at is not None:
        day = _("Answered %(day)s.") % {"day": said.on_day(one.answered_at)}
        stands = f"{OUTCOMES[one.outcome]} {day}"
    elif not is_theirs:
        stands = _("%(house)s no longer looks after you. Please say it again.") % {"house": one.organization}
    else:
        stands = _("%(house)s has it and will answer you here.") % {"house": one.organization}
    return Answered(
        str(ABOUT[one.about]), one.words or "", said.on_day(one.said_at), stands, one.answer or ""
    )
