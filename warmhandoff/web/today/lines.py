"""Each duty as one line: who, why in a sentence, by when, and the one button that moves it.

`KINDS` says it all: one entry a kind of duty, or a kind and how it stands (`await_contact:late`, `settle:declined`).
What the sentences are filled with is read once for all lines of a page (`around`).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from warmhandoff.custody.caseload import CONFIRM as CONFIRM_GIVEN
from warmhandoff.custody.caseload import waiting_for
from warmhandoff.custody.models import HandoverParty
from warmhandoff.custody.moves import SUBJECT as HANDOVER
from warmhandoff.custody.protocol import AFTER_INTAKE, APPOINTMENT, AWAIT_HANDOVER, CALL, NEXT_STEP_KINDS
from warmhandoff.custody.reading import parties_of
from warmhandoff.custody.said_wrong import HEAR as HEAR_WRONG
from warmhandoff.directory.models import Service
from warmhandoff.directory.protocol import MEND as MEND_SERVICE
from warmhandoff.directory.protocol import REVIEW as REVIEW_SERVICE
from warmhandoff.directory.protocol import SAY_ROOM
from warmhandoff.foundation import clock, together
from warmhandoff.foundation.duties import kinds_for_all
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.jurisdictions import dates
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network import reading
from warmhandoff.network.absence import FIND_COVER
from warmhandoff.network.models import Absence, Membership, Organization, Queue, User
from warmhandoff.network.notices import INVITATION_FAILED, STAFF_MAIL_FAILED
from warmhandoff.network.reading import name_of, navigators
from warmhandoff.network.roles import Permission
from warmhandoff.participants.drafts import FINISH as FINISH_INTAKE
from warmhandoff.participants.models import Listing, Narrative, Need, Participant
from warmhandoff.referrals.carried import FOLLOW as FOLLOW_CARRIED
from warmhandoff.referrals.looking import DUTY as SECOND_LOOK
from warmhandoff.referrals.looking import SecondLook
from warmhandoff.referrals.models import Referral, ReferralEvent, ReferralParty
from warmhandoff.referrals.protocol import (
    DECIDE_CONTACT,
    ENGAGE,
    FIRST_CONTACT,
    STILL_ASKING,
    STOPPED_SHARING,
)
from warmhandoff.referrals.states import COMPLETED, DECLINED, EXPIRED, OPEN, SENT
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said
from warmhandoff.web.today.addresses import (
    met_page,
    person_page,
    refer_page,
    referral_page,
    settle_page,
    still_page,
)
from warmhandoff.web.today.away import Away, for_whom
from warmhandoff.web.today.kinds import SUBJECT, Kind
from warmhandoff.web.today.subjects import (
    KINDS_OF_SUBJECTS,
    SUBJECTS,
    FactsOfSubjects,
    facts_of_subjects,
    key_of,
)

PERSON, RECORD, STEP, REFER, REFERRAL, SETTLE = "person", "record", "step", "refer", "referral", "settle"
STILL = "still"
OWN_ORGANIZATION = "own_organization"
MET = "met"
DRAFT = "draft"
CARRIED = "carried"
HEARD = "heard"
MOVE = "move"
CHANGE_OF_SERVICE = "change_of_service"
OWN_SERVICE = "own_service"
ABSENCE = "absence"
GIVEN = "given"
OF_THE_REFERRAL: dict[str, Callable[[str], str]] = {
    MET: met_page,
    REFERRAL: referral_page,
    SETTLE: settle_page,
    STILL: still_page,
}
ABOUT_OWN_SERVICE = (SAY_ROOM, MEND_SERVICE)
# What the receiver said that it would do, and can say a new day for.
GOES_ON = (FIRST_CONTACT, ENGAGE)
# Pages without a code.
BY_ITSELF = {OWN_ORGANIZATION: "organization:home", GIVEN: "organization:given"}
# Pages whose code the duty itself carries.
OF_A_PERSON = {CARRIED: "people:carried", HEARD: "people:heard"}
BY_DETAIL = {
    CHANGE_OF_SERVICE: "directory:change",
    OWN_SERVICE: "organization:change_service",
    ABSENCE: "organization:absence",
    SECOND_LOOK: "network:decline",
    APPOINTMENT: "people:appointment",
}


KINDS: dict[str, Kind] = {
    "find_place": Kind(
        gettext_lazy("Wants %(needs)s. Nobody has been asked yet."), gettext_lazy("Find a place"), REFER
    ),
    "find_place:asked": Kind(
        gettext_lazy("Wants %(needs)s. Look for one more place."), gettext_lazy("Find a place"), REFER
    ),
    "find_place:bare": Kind(
        gettext_lazy("Looks for a place. Nobody has been asked yet."), gettext_lazy("Find a place"), REFER
    ),
    "find_place:more": Kind(gettext_lazy("Looks for one more place."), gettext_lazy("Find a place"), REFER),
    "plan": Kind(
        gettext_lazy("Nothing is agreed yet. Decide what’s next."), gettext_lazy("Decide what’s next"), STEP
    ),
    "call": Kind(gettext_lazy("Call them."), gettext_lazy("Record call"), RECORD),
    "call:taken_over": Kind(
        gettext_lazy("%(closed)s closed; you hold them now. Call them."), gettext_lazy("Record call"), RECORD
    ),
    f"call:{STILL_ASKING}": Kind(
        gettext_lazy("Tell %(name)s that you are still asking %(receiver)s: no mail may reach them."),
        gettext_lazy("Record call"),
        RECORD,
    ),
    f"call:{STOPPED_SHARING}": Kind(
        gettext_lazy("Stopped sharing with %(receiver)s. Ask them what is next."),
        gettext_lazy("Record call"),
        RECORD,
    ),
    "meet": Kind(gettext_lazy("Meet them."), gettext_lazy("Record meeting"), RECORD),
    "check_in": Kind(gettext_lazy("Check in with them."), gettext_lazy("Record contact"), RECORD),
    "documents": Kind(gettext_lazy("Get papers in order."), gettext_lazy("Record it"), RECORD),
    APPOINTMENT: Kind(
        gettext_lazy("Appointment %(due)s at %(hour)s."), gettext_lazy("Open the appointment"), APPOINTMENT
    ),
    f"{APPOINTMENT}:late": Kind(
        gettext_lazy("Appointment %(due)s at %(hour)s. Did they come?"),
        gettext_lazy("Say how it went"),
        APPOINTMENT,
    ),
    "answer_referral": Kind(
        gettext_lazy("%(sender)s refers someone to your %(service)s."), gettext_lazy("Answer"), REFERRAL
    ),
    "answer_question": Kind(
        gettext_lazy("%(receiver)s asks you something before they answer."),
        gettext_lazy("Answer the question"),
        REFERRAL,
    ),
    "answer_question:accepted": Kind(
        gettext_lazy("%(receiver)s asks you something about %(name)s."),
        gettext_lazy("Answer the question"),
        REFERRAL,
    ),
    "await_reply": Kind(
        gettext_lazy("You asked %(sender)s something. They reply by %(due)s; your own date stands."),
        gettext_lazy("Open referral"),
        REFERRAL,
        waits=True,
    ),
    "await_reply:late": Kind(
        gettext_lazy("%(sender)s has not replied to your question. You can answer without it."),
        gettext_lazy("Open referral"),
        REFERRAL,
    ),
    "review_waitlist": Kind(
        gettext_lazy("On your list for %(service)s. Look again by %(due)s."),
        gettext_lazy("Look again"),
        REFERRAL,
    ),
    "await_review": Kind(
        gettext_lazy("On the list of %(receiver)s for %(service)s%(place)s. They look again on %(due)s."),
        gettext_lazy("Open referral"),
        REFERRAL,
        waits=True,
    ),
    "await_review:late": Kind(
        gettext_lazy("%(receiver)s wanted to look at its list again by %(due)s. Nobody has."),
        gettext_lazy("Open referral"),
        REFERRAL,
    ),
    "review_hold": Kind(
        gettext_lazy("%(service)s: put off until %(due)s. Then it goes on."),
        gettext_lazy("Open referral"),
        REFERRAL,
        waits=True,
    ),
    "await_hold": Kind(
        gettext_lazy("%(service)s: put off by the other side until %(due)s. Then it goes on."),
        gettext_lazy("Open referral"),
        REFERRAL,
        waits=True,
    ),
    "await_answer": Kind(
        gettext_lazy("%(receiver)s has until %(due)s to answer about %(service)s."),
        gettext_lazy("Open referral"),
        REFERRAL,
        waits=True,
    ),
    "await_answer:late": Kind(
        gettext_lazy("%(receiver)s has not answered your referral for %(silent)s."),
        gettext_lazy("Open referral"),
        REFERRAL,
    ),
    "first_contact": Kind(
        gettext_lazy("First contact, after you accepted them %(answered)s."),
        gettext_lazy("Record contact"),
        REFERRAL,
    ),
    "await_contact": Kind(
        gettext_lazy("%(caller)s at %(receiver)s will reach %(name)s by %(due)s."),
        gettext_lazy("Open referral"),
        REFERRAL,
        waits=True,
    ),
    "await_contact:late": Kind(
        gettext_lazy("%(receiver)s has not reached %(name)s. Due %(due)s."),
        gettext_lazy("Open referral"),
        REFERRAL,
    ),
    DECIDE_CONTACT: Kind(
        gettext_lazy("%(receiver)s said yes and has not reached %(name)s. Wait longer, or look elsewhere?"),
        gettext_lazy("Decide"),
        REFERRAL,
    ),
    "begin_service": Kind(
        gettext_lazy("You talked with each other. %(service)s has not begun yet."),
        gettext_lazy("Record the start"),
        REFERRAL,
    ),
    "follow_service": Kind(
        gettext_lazy("%(receiver)s and %(name)s have talked. %(service)s has not begun yet."),
        gettext_lazy("Open referral"),
        REFERRAL,
        waits=True,
    ),
    "follow_service:engaged": Kind(
        gettext_lazy("In %(service)s at %(receiver)s since %(engaged)s. Ask how it goes."),
        gettext_lazy("Open referral"),
        REFERRAL,
        waits=True,
    ),
    "still_engaged": Kind(
        gettext_lazy("In your %(service)s since %(engaged)s. Say how it stands."),
        gettext_lazy("Say how it stands"),
        STILL,
    ),
    "ask_met": Kind(
        gettext_lazy("The referral to %(service)s at %(receiver)s is done. Ask them whether it is met."),
        gettext_lazy("Say whether it is met"),
        MET,
    ),
    "settle": Kind(
        gettext_lazy("The referral to %(receiver)s is over."), gettext_lazy("Decide what’s next"), SETTLE
    ),
    "settle:declined": Kind(
        gettext_lazy("%(receiver)s declined: %(reason)s."), gettext_lazy("Decide what’s next"), SETTLE
    ),
    "settle:expired": Kind(
        gettext_lazy("Referral to %(receiver)s: no answer for %(silent)s."),
        gettext_lazy("Decide what’s next"),
        SETTLE,
    ),
    "settle:withdrawn": Kind(
        gettext_lazy("The referral to %(receiver)s was taken back."),
        gettext_lazy("Decide what’s next"),
        SETTLE,
    ),
    "settle:ended_early": Kind(
        gettext_lazy("%(service)s at %(receiver)s ended early: %(reason)s."),
        gettext_lazy("Decide what’s next"),
        SETTLE,
    ),
    "settle:lost_contact": Kind(
        gettext_lazy("%(receiver)s could not reach %(name)s."), gettext_lazy("Decide what’s next"), SETTLE
    ),
    "settle:receiver_closed": Kind(
        gettext_lazy("%(receiver)s has closed."), gettext_lazy("Decide what’s next"), SETTLE
    ),
    "mail_failed": Kind(
        gettext_lazy("Our mail to %(receiver)s could not be delivered. Call them."),
        gettext_lazy("Open referral"),
        REFERRAL,
    ),
    "answer_handover:transfer": Kind(
        gettext_lazy("%(other)s offers to hand someone over to you."), gettext_lazy("Answer"), MOVE
    ),
    "answer_handover:request": Kind(
        gettext_lazy("%(other)s asks you to hand them over."), gettext_lazy("Answer"), MOVE
    ),
    "answer_handover:working_link": Kind(
        gettext_lazy("%(other)s asks whether you know the same person."), gettext_lazy("Answer"), MOVE
    ),
    "await_handover": Kind(
        gettext_lazy("%(other)s has until %(due)s to answer your question about them."),
        gettext_lazy("Open the question"),
        MOVE,
        waits=True,
    ),
    "await_handover:late": Kind(
        gettext_lazy("%(other)s has not answered your question about them."),
        gettext_lazy("Open the question"),
        MOVE,
    ),
    "invitation_failed": Kind(
        gettext_lazy("The invitation could not be delivered. Check the address, and invite them again."),
        gettext_lazy("See invitations"),
        OWN_ORGANIZATION,
    ),
    STAFF_MAIL_FAILED: Kind(
        gettext_lazy("No mail reaches a colleague. Tell them, and have their address mended."),
        gettext_lazy("See who works here"),
        OWN_ORGANIZATION,
    ),
    REVIEW_SERVICE: Kind(
        gettext_lazy("New words for the directory wait for you. The old ones stand meanwhile."),
        gettext_lazy("Read them"),
        CHANGE_OF_SERVICE,
    ),
    SAY_ROOM: Kind(
        gettext_lazy("No mail could ask whether there is still room. Say so, and look at its mailbox."),
        gettext_lazy("Say whether there is room"),
        OWN_SERVICE,
    ),
    MEND_SERVICE: Kind(
        gettext_lazy("The network's office sent your new words back with a note."),
        gettext_lazy("Read the note"),
        OWN_SERVICE,
    ),
    FINISH_INTAKE: Kind(
        gettext_lazy("Not finished: their intake was begun and not saved."), gettext_lazy("Go on"), DRAFT
    ),
    HEAR_WRONG: Kind(
        gettext_lazy("Says on their own page that something is wrong."),
        gettext_lazy("Read and answer"),
        HEARD,
    ),
    FOLLOW_CARRIED: Kind(
        gettext_lazy("Carries a referral on paper. Ask whether they got there."),
        gettext_lazy("Say what came of it"),
        CARRIED,
    ),
    FIND_COVER: Kind(
        gettext_lazy("Away until %(until)s, and whoever covered has left."),
        gettext_lazy("Choose who covers"),
        ABSENCE,
    ),
    CONFIRM_GIVEN: Kind(
        gettext_lazy("Gave you %(people)s. Read what was noted, and say that you have them."),
        gettext_lazy("See who it is"),
        GIVEN,
    ),
    f"{CONFIRM_GIVEN}:none": Kind(
        gettext_lazy("Gave you people who are with somebody else by now."),
        gettext_lazy("Take it off the list"),
        GIVEN,
    ),
    SECOND_LOOK: Kind(
        gettext_lazy("%(receiver)s said no to a referral from %(sender)s. Look once more."),
        gettext_lazy("Look at it"),
        SECOND_LOOK,
    ),
    "unknown": Kind(gettext_lazy("Something is open."), gettext_lazy("Open"), PERSON),
    **KINDS_OF_SUBJECTS,
}
REASONS = {"declined": "decline_reason", "ended_early": "end_reason", "withdrawn": "withdraw_reason"}


@dataclass(frozen=True)
class Line:
    """One duty, ready to be shown."""

    duty: Duty
    name: str
    person_page: str
    why: str
    more: str
    button: str
    page: str
    late: bool
    waits: bool
    late_words: str = ""
    # Another organization said yes, has not called, and its lead or the navigators know: only the reader can still help.
    broken_promise: bool = False
    # `For Denise Carter, away until Friday`: somebody else's, whom the reader covers.
    for_whom: str = ""
    # What else can be said of it: words, and where.
    also: tuple[str, str] | None = None

    @property
    def due_at(self) -> datetime:
        return self.duty.due_at

    @property
    def due_said(self) -> str:
        return said.day(self.duty.due_at)

    @property
    def due_day(self) -> str:
        return said.weekday(self.duty.due_at)


@dataclass(frozen=True)
class Given:
    """Who gave people, and how many of them still wait for a word."""

    by: str
    people: int


@dataclass(frozen=True)
class Around:
    """What the lines of a page are told with, each read once."""

    who: Who
    now: datetime
    names: dict[uuid.UUID, Listing]
    referrals: dict[int, Referral]
    told: dict[int, set[str]]
    needs: dict[uuid.UUID, list[str]]
    asked: set[uuid.UUID]
    notes: dict[int, str]
    navigators: list[Membership]
    words: said.Words
    closed: dict[str, str] = field(default_factory=dict)
    looks: dict[str, ReferralParty] = field(default_factory=dict)
    handovers: dict[int, HandoverParty] = field(default_factory=dict)
    services: dict[int, Service] = field(default_factory=dict)
    absences: dict[int, Absence] = field(default_factory=dict)
    given: dict[int, Given] = field(default_factory=dict)
    for_whom: dict[int, str] = field(default_factory=dict)
    subjects: FactsOfSubjects = field(default_factory=dict)


def lines_for(duties: Sequence[Duty], who: Who) -> list[Line]:
    """A line for each of these duties that `who` may see, in the same order."""
    shown = seen_by(duties, who)
    return lines_of(shown, around(shown, who))


def owed_by(who: Who, away: Away | None = None) -> QuerySet[Duty]:
    """What `who` owes of what they may see; first what is due first. `away`: who is away, where the page has read it."""
    covered = None if away is None else [each.membership_id for each in away.covered]
    return reading.seen_by(who.membership, covered=covered)


def waiting_kinds() -> list[str]:
    """The kinds of duty whose next move is the other side's."""
    return [kind for kind, told in KINDS.items() if told.waits]


def seen_by(duties: Sequence[Duty], who: Who) -> list[Duty]:
    for_all = kinds_for_all()
    return [
        duty
        for duty in duties
        if duty.subject_kind == "" or duty.kind in for_all or who.may(Permission.SEE_REFERRALS)
    ]


def lines_of(duties: Sequence[Duty], facts: Around) -> list[Line]:
    """The same, where what they are told with is read already."""
    return [_line(duty, facts) for duty in duties]


def around(duties: Sequence[Duty], who: Who, *, also: Sequence[int] = (), away: Away | None = None) -> Around:
    """What these duties are told with; and some more referrals with their people, for what else a page tells.

    `away`: who is away, where the page has read it.
    """
    about = {duty.subject_id for duty in duties if duty.subject_kind == "referral" and duty.subject_id}
    read, late = _read(duties, about | set(also), also, who), needs_more(duties)
    return Around(
        who=who,
        now=clock.now(),
        names=read.names,
        referrals=read.referrals,
        told=_told(read) if late else {},
        needs=_needs(read),
        asked={referral.person_id for referral in read.of_people},
        notes=_notes(duties, read.notes),
        navigators=read.navigators if late and read.referrals else [],
        words=words_of_lines(),
        closed=closed_houses(duties),
        looks=looks_of(duties),
        handovers=handovers_of(duties),
        services=services_of(duties),
        absences=absences_of(duties),
        given=given_of(duties, who),
        for_whom=for_whom(duties, who, away),
        subjects=facts_of_subjects(duties),
    )


@dataclass(frozen=True)
class _Read:
    """What is read in one statement for the lines of a page."""

    names: dict[uuid.UUID, Listing]
    referrals: dict[int, Referral]
    # All of those for whom a place is looked for.
    of_people: list[Referral]
    told: list[ReferralEvent]
    looks: list[SecondLook]
    needs: list[tuple[uuid.UUID, Need]]
    notes: list[Narrative]
    navigators: list[Membership]


def _parts(
    organization: int,
    duties: list[int],
    referrals: list[int],
    also: list[int],
    people: list[uuid.UUID],
    looking: list[uuid.UUID],
) -> tuple[QuerySet[Any], ...]:
    asked = Referral.objects.filter(pk__among=referrals)
    listed = Listing.objects.filter(organization_id=organization)
    needs = Need.objects.filter(organization_id=organization, data_class="needs", closed_on__isnull=True)
    navigators = two_navigators()
    return (
        listed.filter(person_id__among=people),
        listed.filter(person_id__among=Referral.objects.filter(pk__among=also).values("person_id")),
        asked,
        Referral.objects.filter(person_id__among=looking),
        Service.objects.filter(pk__among=asked.values("service_id")),
        Organization.objects.filter(pk__among=asked.values("sender_id")),
        Organization.objects.filter(pk__among=asked.values("receiver_id")),
        led_queues().filter(organization_id__among=asked.values("receiver_id")),
        ReferralEvent.objects.filter(referral_id__among=referrals, kind__in=_TELLS_WHO_KNOWS),
        SecondLook.objects.filter(referral_id__among=referrals, verdict="").order_by(),
        needs.filter(file__person_id__among=looking).order_by("opened_on", "id"),
        Participant.objects.filter(organization_id=organization, person_id__among=looking),
        Narrative.standing.filter(about_kind="duty", about_id__among=duties).order_by("recorded_at", "id"),
        navigators,
        User.objects.filter(pk__in=navigators.values("user_id")),
    )


_PARTS = together.Prepared(_parts)


def _read(duties: Sequence[Duty], referrals: Iterable[int], also: Sequence[int], who: Who) -> _Read:
    people = {duty.person_id for duty in duties if duty.person_id}
    looking = {duty.person_id for duty in duties if duty.kind == AFTER_INTAKE and duty.person_id}
    (
        *names, asked, of_people, services, senders, receivers, leads, told, looks, needs, files, notes, navigators, users,
    ) = _PARTS.read(
        organization=who.organization.pk,
        duties=together.Many([duty.pk for duty in duties]),
        referrals=together.Many(list(referrals)),
        also=together.Many(also),
        people=together.Many(list(people), of=uuid.UUID),
        looking=together.Many(list(looking), of=uuid.UUID),
    )  # fmt: skip
    with_sides(asked, services, (*senders, *receivers), leads)
    person_of = {file.pk: file.person_id for file in files}
    user_of = {user.pk: user for user in users}
    for navigator in navigators:
        navigator.user = user_of[navigator.user_id]
    return _Read(
        names={one.person_id: one for part in names for one in part} if "contact" in who.classes else {},
        referrals={referral.pk: referral for referral in asked},
        of_people=[*asked, *of_people],
        told=told,
        looks=looks,
        needs=[(person_of[need.file_id], need) for need in needs],
        notes=notes,
        navigators=navigators,
    )


def handovers_of(duties: Sequence[Duty]) -> dict[int, HandoverParty]:
    """What these duties say of handovers, as this organization may know it."""
    about = {duty.subject_id for duty in duties if duty.subject_kind == HANDOVER and duty.subject_id}
    return parties_of(about) if about else {}


def services_of(duties: Sequence[Duty]) -> dict[int, Service]:
    """Their own services that somebody waits for a word about."""
    about = {duty.subject_id for duty in duties if duty.kind in ABOUT_OWN_SERVICE and duty.subject_id}
    return Service.objects.in_bulk(about) if about else {}


def absences_of(duties: Sequence[Duty]) -> dict[int, Absence]:
    """For whom a cover is looked for."""
    about = {duty.subject_id for duty in duties if duty.kind == FIND_COVER and duty.subject_id}
    return Absence.objects.select_related("membership__user").in_bulk(about) if about else {}


def given_of(duties: Sequence[Duty], who: Who) -> dict[int, Given]:
    """Who gave people to whom, and whom nobody has confirmed yet, by the duty."""
    asked = [duty for duty in duties if duty.kind == CONFIRM_GIVEN]
    if not asked:
        return {}
    waiting = [
        (each.given_by_id, each.custody.membership_id, each.custody.queue_id)
        for each in waiting_for(who.membership)
    ]
    givers = Actor.objects.in_bulk({duty.subject_id for duty in asked})
    return {
        duty.pk: Given(
            name_of(givers[duty.subject_id]) if duty.subject_id in givers else "",
            waiting.count((duty.subject_id or 0, duty.membership_id, duty.queue_id)),
        )
        for duty in asked
    }


def looks_of(duties: Sequence[Duty]) -> dict[str, ReferralParty]:
    """The network office's own rows of the referrals whose no is to be looked at, by code."""
    codes = {duty.detail for duty in duties if duty.kind == SECOND_LOOK}
    if not codes:
        return {}
    rows = ReferralParty.objects.filter(code__in=codes, side=ReferralParty.Side.NETWORK)
    return {row.code: row for row in rows.select_related("from_organization", "other_organization")}


def closed_houses(duties: Sequence[Duty]) -> dict[str, str]:
    """The closed organizations whose people are to be called now: name by code."""
    codes = {duty.detail for duty in duties if duty.kind == CALL and duty.detail}
    return dict(Organization.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}


def needs_more(duties: Sequence[Duty]) -> bool:
    """Whether one of these lines tells who knows of it."""
    now = clock.now()
    return any(duty.due_at < now or duty.kind == "settle" for duty in duties)


def with_sides(
    referrals: Iterable[Referral],
    services: Iterable[Service],
    organizations: Iterable[Organization],
    led: Iterable[Queue],
) -> None:
    """Referrals as lines tell them: with both sides, and whether the receiver has a lead."""
    service_of, organization_of = {one.pk: one for one in services}, {one.pk: one for one in organizations}
    with_lead = {queue.organization_id for queue in led}
    for one in referrals:
        one.service = service_of[one.service_id]
        one.sender, one.receiver = organization_of[one.sender_id], organization_of[one.receiver_id]
        one.has_lead = one.receiver_id in with_lead  # type: ignore[attr-defined]


def led_queues() -> QuerySet[Queue]:
    """Of organizations where somebody signs in and answers."""
    return Queue.objects.filter(lead__state=Membership.State.ACTIVE)


def two_navigators() -> QuerySet[Membership]:
    """As many as tell whether there is one, who has a name, or more."""
    return navigators().order_by("user__name", "id")[:2]


def words_of_lines() -> said.Words:
    return said.words_of("service_code", "next_step", *REASONS.values())


def told_by(events: Iterable[ReferralEvent]) -> dict[int, set[str]]:
    """Who was told of a silence, and whether another place was suggested, by referral."""
    told: dict[int, set[str]] = {}
    for event in events:
        told.setdefault(event.referral_id, set()).add(event.kind)
    return told


_TELLS_WHO_KNOWS = (
    "reminded",
    "lead_told",
    "sender_told",
    "contact_late",
    "contact_lead_told",
    "contact_sender_told",
    "suggested",
)


def _told(read: _Read) -> dict[int, set[str]]:
    told = told_by(read.told)
    # The noes among these that the network's office looks at once more.
    for look in read.looks:
        if read.referrals[look.referral_id].state == DECLINED:
            told.setdefault(look.referral_id, set()).add(SECOND_LOOK)
    return told


def _cared_for(referrals: Iterable[Referral]) -> set[tuple[uuid.UUID, str]]:
    """The needs of each person that a place has been asked about, or has met: no other place is looked for."""
    return {
        (referral.person_id, referral.need_code)
        for referral in referrals
        if referral.state in OPEN or referral.state == COMPLETED
    }


def _needs(read: _Read) -> dict[uuid.UUID, list[str]]:
    """Needs that a place is looked for, of the plain class: opening a sensitive one is logged, and a list is no reason to open it."""
    cared_for = _cared_for(read.of_people)
    needs: dict[uuid.UUID, list[str]] = {}
    for person_id, need in read.needs:
        if (person_id, need.code) not in cared_for:
            needs.setdefault(person_id, []).append(need.code)
    return needs


def _notes(duties: Sequence[Duty], notes: Iterable[Narrative]) -> dict[int, str]:
    """What was written down with a next step, by the duty."""
    steps = {duty.pk for duty in duties if duty.kind in NEXT_STEP_KINDS}
    return {note.about_id: note.text for note in notes if note.about_id in steps}


def _line(duty: Duty, facts: Around) -> Line:
    referral = (
        facts.referrals.get(duty.subject_id) if duty.subject_kind == "referral" and duty.subject_id else None
    )
    late = duty.due_at < facts.now
    listed = facts.names.get(duty.person_id) if duty.person_id else None
    kind = KINDS[_key(duty, referral, late, facts)]
    return Line(
        duty=duty,
        name=listed.short_name if listed else _someone(duty, facts),
        person_page=person_page(listed.code) if listed else "",
        why=str(kind.why) % _facts(duty, referral, listed, facts),
        more=_more(duty, referral, late, facts),
        button=str(kind.button),
        page=_subjects_page(duty, listed, facts)
        if kind.leads_to == SUBJECT
        else _page(kind.leads_to, duty, referral, listed, facts),
        late=late,
        waits=kind.waits and not late,
        late_words=late_words(duty.due_at) if late else "",
        broken_promise=late
        and duty.kind == "await_contact"
        and "contact_sender_told" in facts.told.get(duty.subject_id or 0, set()),
        for_whom=facts.for_whom.get(duty.pk, ""),
        also=_also(duty, referral, late),
    )


def _also(duty: Duty, referral: Referral | None, late: bool) -> tuple[str, str] | None:
    """What is late and not given up: by when it goes on."""
    if not late or duty.kind not in GOES_ON or referral is None or referral.waits_for:
        return None
    return _("It goes on: say until when"), still_page(referral.code)


def _someone(duty: Duty, facts: Around) -> str:
    told = facts.subjects.get((duty.subject_kind, duty.subject_id or 0), {})
    if "called" in told:  # what it is about isn't somebody: a group
        return str(told["called"])
    if duty.kind in ABOUT_OWN_SERVICE and duty.subject_id in facts.services:
        return facts.services[duty.subject_id].in_language(get_language() or "en")
    if duty.subject_id in facts.absences and duty.kind == FIND_COVER:
        return facts.absences[duty.subject_id].membership.user.name
    if duty.pk in facts.given:
        return facts.given[duty.pk].by
    if duty.kind == REVIEW_SERVICE:
        return _("A service")
    if duty.kind == SECOND_LOOK:
        return _("Referral %(code)s") % {"code": duty.detail}
    if duty.kind == AWAIT_HANDOVER:
        # Asked about by the code on the network's board.
        return _("Referral %(code)s") % {"code": duty.detail}
    return _("A colleague") if duty.kind == INVITATION_FAILED else _("Someone new")


def _key(duty: Duty, referral: Referral | None, late: bool, facts: Around) -> str:
    """The entry of `KINDS` that tells this duty as it stands."""
    if duty.subject_kind in SUBJECTS:
        return key_of(duty, facts.subjects, late=late) or "unknown"
    if duty.kind == AFTER_INTAKE:
        named, asked = duty.person_id in facts.needs, duty.person_id in facts.asked
        return duty.kind + {(True, False): "", (True, True): ":asked", (False, False): ":bare"}.get(
            (named, asked), ":more"
        )
    if duty.kind == CALL and duty.detail in facts.closed:
        return "call:taken_over"
    if duty.kind == CALL and duty.detail in (STILL_ASKING, STOPPED_SHARING) and referral is not None:
        return f"{CALL}:{duty.detail}"
    if duty.subject_kind == HANDOVER and duty.subject_id in facts.handovers:
        found = f"{duty.kind}:late" if late else f"{duty.kind}:{duty.detail}"
        return next(each for each in (found, f"{duty.kind}:{duty.detail}", duty.kind) if each in KINDS)
    if duty.kind == SECOND_LOOK:
        return duty.kind
    if duty.pk in facts.given and not facts.given[duty.pk].people:
        return f"{CONFIRM_GIVEN}:none"
    if duty.subject_kind and referral is None:
        return (
            duty.kind
            if duty.kind
            in (
                INVITATION_FAILED,
                REVIEW_SERVICE,
                *ABOUT_OWN_SERVICE,
                FINISH_INTAKE,
                FOLLOW_CARRIED,
                HEAR_WRONG,
                FIND_COVER,
                CONFIRM_GIVEN,
            )
            else "unknown"
        )
    standing = referral.state if referral else ""
    wanted = f"{duty.kind}:{standing}"
    if late and f"{duty.kind}:late" in KINDS:
        wanted = f"{duty.kind}:late"
    return wanted if wanted in KINDS else duty.kind if duty.kind in KINDS else "unknown"


def _facts(duty: Duty, referral: Referral | None, listed: Listing | None, facts: Around) -> said.Facts:
    """What the sentences may name."""
    known = said.Facts(
        name=lambda: first_of(listed),
        due=lambda: said.day(duty.due_at),
        hour=lambda: dates.hour(current_place().local(duty.due_at)),
        closed=lambda: facts.closed.get(duty.detail, ""),
        until=lambda: said.day(facts.absences[duty.subject_id or 0].until_day),
        people=lambda: how_many_people(facts.given[duty.pk].people),
        other=lambda: _other(facts.handovers.get(duty.subject_id or 0)),
        needs=lambda: said.together(
            [facts.words.inside("service_code", code) for code in facts.needs.get(duty.person_id, [])]  # type: ignore[arg-type]
        ),
    )
    if duty.detail in facts.looks:
        row = facts.looks[duty.detail]
        known |= {
            "receiver": row.other_organization.name,
            "sender": row.from_organization.name if row.from_organization else _("A partner"),
        }
    known |= facts.subjects.get((duty.subject_kind, duty.subject_id or 0), {})
    return known | (referral_facts(referral, facts.words) if referral else {})


def how_many_people(number: int) -> str:
    return ngettext("%(number)s person", "%(number)s people", number) % {"number": number}


def _other(party: HandoverParty | None) -> str:
    """The other side of a handover, where it may be named."""
    return party.other_organization.name if party and party.other_organization else _("A partner")


def referral_facts(referral: Referral, words: said.Words) -> said.Facts:
    return said.Facts(
        sender=lambda: referral.sender.name,
        receiver=lambda: referral.receiver.name,
        service=lambda: service_name(referral),
        caller=lambda: referral.caller_name or _("Someone"),
        silent=lambda: said.business_days(
            referral.last_asked_at, until=referral.ended_at if referral.state == EXPIRED else None
        ),
        answered=lambda: said.on_day(referral.answered_at) if referral.answered_at else "",
        engaged=lambda: said.day(referral.engaged_at) if referral.engaged_at else "",
        contact_due=lambda: said.day(referral.contact_due_at) if referral.contact_due_at else "",
        reason=lambda: reason_of(referral, words),
        stage=lambda: words.inside("stage", referral.stage),
        place=lambda: (
            _(", as number %(n)s") % {"n": referral.list_position} if referral.list_position else ""
        ),
        until=lambda: said.day(referral.review_due_at or referral.held_until or referral.answer_due_at),
    )


def service_name(referral: Referral) -> str:
    return str(referral.service.in_language(get_language() or "en"))


def reason_of(referral: Referral, words: said.Words, event: ReferralEvent | None = None) -> str:
    """Why it ended, or once ended (`event`), in the words of whoever ended it: `full until March 3`."""
    ended, code = (
        (event.kind, event.detail) if event else (referral.state, referral.end_detail or referral.end_reason)
    )
    if code == "full_until" and referral.full_until:
        return _("full until %(day)s") % {"day": said.day(referral.full_until)}
    return words.inside(REASONS.get(ended, ""), code)


def first_of(listed: Listing | None) -> str:
    """How a sentence calls someone: by their first name."""
    return (
        listed.short_name.rsplit(" ", 1)[0]
        if listed and listed.short_name.endswith(".")
        else (listed.short_name if listed else _("them"))
    )


def _more(duty: Duty, referral: Referral | None, late: bool, facts: Around) -> str:
    """The second, soft line: what was noted, who else knows, whom to call."""
    if duty.pk in facts.notes:
        return facts.notes[duty.pk]
    if referral is None:
        return ""
    if duty.kind == "answer_referral":
        again = _("The network’s office asks you once more.") if referral.asked_times > 1 else ""
        return f"{again} {_('You see who it is after you say yes.')}".strip()
    if duty.kind == "mail_failed" and referral.receiver.phone:
        return _("%(receiver)s: %(phone)s") % {
            "receiver": referral.receiver.name,
            "phone": referral.receiver.phone,
        }
    silent = duty.kind == "settle" and referral.state == EXPIRED
    knows = silent or (late and duty.kind in ("await_answer", "await_contact"))
    return " ".join(
        filter(None, [who_knows(referral, facts) if knows else "", _suggested(duty, referral, facts)])
    )


def _suggested(duty: Duty, referral: Referral, facts: Around) -> str:
    """Where a place is still looked for, the network's office may know another."""
    looked_for, told = duty.kind in ("settle", "await_answer"), facts.told.get(referral.pk, set())
    if looked_for and "suggested" in told:
        return _("The network’s office suggests another place.")
    if duty.kind == "settle" and SECOND_LOOK in told:
        return _("The network’s office looks at this no once more. You needn’t wait for it.")
    return ""


def who_knows(referral: Referral, facts: Around) -> str:
    """`Their lead and the navigator, Luz Ortega, know.`"""
    told, prefix = facts.told.get(referral.pk, set()), "" if referral.state in (SENT, EXPIRED) else "contact_"
    lead = f"{prefix}lead_told" in told and referral.has_lead  # type: ignore[attr-defined]  # `with_sides`
    navigators = [one.user.name for one in facts.navigators] if f"{prefix}sender_told" in told else []
    reminded = bool(told & {"reminded", "contact_late"})
    if len(navigators) == 1:
        alone = (
            _("They were reminded, and the navigator, %(name)s, knows.")
            if reminded
            else _("The navigator, %(name)s, knows.")
        )
        sentence = _("Their lead and the navigator, %(name)s, know.") if lead else alone
        return sentence % {"name": navigators[0]}
    if navigators:
        return _("Their lead and the navigators know.") if lead else _("The navigators know.")
    if lead:
        return _("Their lead knows.")
    if reminded:
        return _("They were reminded.")
    return ""


def late_words(due_at: datetime) -> str:
    days = current_place().business_days_between(said.day_of(due_at), said.today())
    if days == 0:
        return _("Late")
    return ngettext("Late, %(number)s day", "Late, %(number)s days", days) % {"number": days}


def _subjects_page(duty: Duty, listed: Listing | None, facts: Around) -> str:
    about = facts.subjects[duty.subject_kind, duty.subject_id or 0]
    return SUBJECTS[duty.subject_kind].page(duty, about, listed.code if listed else "")


def _page(
    leads_to: str,
    duty: Duty,
    referral: Referral | None,
    listed: Listing | None,
    facts: Around | None = None,
) -> str:
    """Where the button goes."""
    if leads_to == MOVE and facts is not None and duty.subject_id in facts.handovers:
        return reverse("people:move", args=[facts.handovers[duty.subject_id].code])
    if leads_to in BY_DETAIL:
        return reverse(BY_DETAIL[leads_to], args=[duty.detail])
    if leads_to == DRAFT:
        return f"{reverse('people:intake')}?draft={duty.detail}"
    if leads_to in BY_ITSELF:
        return reverse(BY_ITSELF[leads_to])
    if leads_to in OF_THE_REFERRAL and referral is not None:
        return OF_THE_REFERRAL[leads_to](referral.code)
    if listed is None:
        return reverse("people:find")
    if leads_to in OF_A_PERSON:
        return reverse(OF_A_PERSON[leads_to], args=[listed.code, duty.detail])
    if leads_to == REFER:
        return refer_page(listed.code)
    if leads_to in (RECORD, STEP):
        return f"{reverse(f'people:{leads_to}', args=[listed.code])}?step={duty.code}"
    return person_page(listed.code)
