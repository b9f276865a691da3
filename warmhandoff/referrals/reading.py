"""Reading referrals: what the receiver sees before and after a yes, lists, the ladder's dates, and what happened.

What the receiver sees is made by one pair of functions, `before_answer` and `_card`, whoever asks: the preview on the
sender's page, the answer page and the receiver's file show the same lines, or a test fails.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import BigIntegerField, Exists, F, Func, OuterRef, Q, QuerySet
from django.utils import formats, translation
from django.utils.translation import gettext, gettext_lazy

from warmhandoff.directory.models import Service
from warmhandoff.foundation import clock, terms
from warmhandoff.foundation.errors import NotYours
from warmhandoff.foundation.models import Duty, Timer
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.dates import short_day
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Membership, Organization
from warmhandoff.network.reading import has_active_lead, here_or_cover, lead_now, with_absence
from warmhandoff.participants.actions import shared_contact_points
from warmhandoff.participants.models import Contact, Listing, Narrative, Participant, Reach, Share
from warmhandoff.participants.reading import names_of
from warmhandoff.referrals import pace
from warmhandoff.referrals import protocol as p
from warmhandoff.referrals.models import (
    Disposition,
    Referral,
    ReferralEvent,
    ReferralNote,
    ReferralParty,
    ReferralRead,
)
from warmhandoff.referrals.states import (
    ACCEPTED,
    ASKED_AGAIN_WORDS,
    CHANNEL_WORDS,
    DECLINED,
    ENGAGED,
    EXPIRED,
    OPEN,
    PARTICIPANT_WAITS,
    PARTICIPANT_WORDS,
    REFERRAL,
    SENT,
    STAFF_WAITS,
    STAFF_WORDS,
    UNDER_WAY,
)

PAGE = 25
# What a person may agree to tell. Without a name and a need nobody can be served; the rest is theirs to leave out.
ALWAYS = ("name", "need")
TO_CHOOSE = ("reach", "sender", "birth_date", "note")
# What no referral tells, unless the need itself is of that class.
NEVER_PART = {
    "justice": gettext_lazy("justice"),
    "health": gettext_lazy("health"),
    "supervision": gettext_lazy("supervision"),
}
PREFERS = {"en": gettext_lazy("Prefers English"), "es": gettext_lazy("Prefers Spanish")}


@dataclass(frozen=True)
class Line:
    """One thing that the receiver is told. `part` is what the person agreed to that it belongs to."""

    part: str
    label: str
    value: str


# --- What they will see -------------------------------------------------------------------------------------------


def before_answer(referral: Referral) -> list[Line]:
    """All that is told before an answer: nothing that names anybody."""
    return _before(referral.need_code, referral.language, referral.area, referral.availability)


def preview_before(need_code: str, contact: Contact) -> list[Line]:
    """The same, before it is sent."""
    return _before(need_code, contact.language, contact.area, contact.availability)


def _before(need_code: str, language: str, area: str, availability: str) -> list[Line]:
    lines = [Line("need", gettext("Needs"), need_words(need_code))]
    return lines + _days(language, area, availability)


def _days(language: str, area: str, availability: str) -> list[Line]:
    found = [Line("name", gettext("Language"), language_words(language))]
    if area:
        found.append(Line("name", gettext("Area"), area_words(area)))
    if availability:
        found.append(Line("name", gettext("Available"), terms.word("availability", availability)))
    return found


def preview(
    *,
    file: Participant,
    need_code: str,
    sender: Membership,
    note: str = "",
    parts: Collection[str] = (*ALWAYS, *TO_CHOOSE),
) -> list[Line]:
    """All that the receiver will see after a yes, of these parts: from the sender's own file, before it is sent."""
    return _card(
        contact=Contact.objects.get(file=file),
        ways=_own_ways(file),
        need_code=need_code,
        note=note.strip(),
        sender=sender,
        parts=parts,
    )


def received(referral: Referral) -> list[Line]:
    """What the receiver sees after a yes: their own copy where this referral made it, else the share as it stands now."""
    file = own_file(referral) if said_yes(referral) and is_still_shared(referral) else None
    if file is None:
        return []
    source, ways = _source(referral, file)
    if source is None:
        return []
    note = _note_of(referral, source.file_id)
    return _card(
        contact=source,
        ways=ways,
        need_code=referral.need_code,
        note=note,
        sender=Membership.objects.select_related("user").get(pk=referral.sender_membership_id),
        parts=referral.parts,
    )


def is_still_shared(referral: Referral) -> bool:
    """Whether what the person agreed to for this referral still stands: with its end, nothing more is shown of it."""
    return Share.objects.filter(
        recipient_id=current_organization(),
        data_class="contact",
        about_kind=p.SUBJECT,
        about_id=referral.pk,
        revoked_at__isnull=True,
        until__gt=clock.now(),
    ).exists()


Way = tuple[str, str, bool]


def _source(referral: Referral, file: Participant) -> tuple[Contact | None, list[Way]]:
    own = Contact.objects.filter(file=file).select_related("share").first()
    if own is not None and own.copied and own.share is not None and own.share.about_id == referral.pk:
        return own, _own_ways(file)
    # They knew the person before: what they know themselves stays as it is, and what was told stands at the sender's.
    shared = Contact.objects.filter(file_id=referral.sender_file_id).first()
    if shared is None:
        return own, _own_ways(file)
    reaches = Reach.objects.filter(file_id=referral.sender_file_id).order_by("position", "id")
    return shared, [
        (channel, value, leave) for r in reaches for channel, value, _, leave in shared_contact_points(r.pk)
    ]


def _own_ways(file: Participant) -> list[Way]:
    found = Reach.objects.filter(file=file).select_related("contact_point").order_by("position", "id")
    return [(r.contact_point.channel, r.contact_point.value, r.contact_point.leave_message) for r in found]


def _note_of(referral: Referral, file_id: int) -> str:
    notes = Narrative.standing.filter(file_id=file_id, about_kind=p.SUBJECT, about_id=referral.pk)
    return "\n".join(notes.order_by("recorded_at", "id").values_list("text", flat=True))


def _card(
    *,
    contact: Contact,
    ways: Sequence[Way],
    need_code: str,
    note: str,
    sender: Membership,
    parts: Collection[str],
) -> list[Line]:
    lines = [Line("name", gettext("Name"), contact.name)]
    if contact.pronouns:
        lines.append(Line("name", gettext("Pronouns"), contact.pronouns))
    lines += [Line("reach", gettext("How to reach them"), _way_words(way)) for way in ways]
    if contact.do_not_contact:
        lines.append(Line("reach", gettext("Careful"), gettext("Send nothing. Ask the sender first.")))
    lines.append(Line("need", gettext("Needs"), need_words(need_code)))
    lines += _days(contact.language, contact.area, contact.availability)
    if contact.birth_date:
        lines.append(Line("birth_date", gettext("Birth date"), formats.date_format(contact.birth_date)))
    if note:
        lines.append(Line("note", gettext("A note"), note))
    lines.append(Line("sender", gettext("Who sends them"), sender_words(sender)))
    return [line for line in lines if line.part in parts]


def _way_words(way: Way) -> str:
    channel, value, leave_message = way
    said = f"{value} ({CHANNEL_WORDS.get(channel, channel)})"
    return f"{said}, {gettext('a message may be left')}" if leave_message else said


def sender_words(sender: Membership) -> str:
    return ", ".join(filter(None, [sender.user.name, sender.phone]))


def need_words(need_code: str) -> str:
    return terms.word("service_code", need_code)


def language_words(code: str) -> str:
    return str(PREFERS.get(code, code))


def area_words(code: str) -> str:
    area = current_place().area(code)
    if area is None:
        return code
    return area.es if (translation.get_language() or "en").startswith("es") else area.en


def never_part(need_code: str) -> list[str]:
    """The classes that this referral can't tell: all of them, but the one that the need itself is of."""
    need = terms.known().get(("service_code", need_code))
    own = need.data_class if need else None
    return [str(words) for data_class, words in NEVER_PART.items() if data_class != own]


# --- One referral -------------------------------------------------------------------------------------------------


def referral_or_404(code: str) -> Referral:
    """A referral in which this organization takes part."""
    party = (
        ReferralParty.objects.filter(organization_id=current_organization(), referral__code=code)
        .exclude(side=ReferralParty.Side.NETWORK)
        .select_related(
            "referral__service", "referral__sender", "referral__receiver", "referral__sender_membership__user"
        )
        .first()
    )
    if party is None:
        raise NotYours()
    return party.referral


def side_of(referral: Referral) -> str:
    """Which side this organization is on: receiver, sender, or holder (who took the person over)."""
    here = current_organization()
    if referral.receiver_id == here:
        return "receiver"
    return "sender" if referral.sender_id == here else "holder"


def own_file(referral: Referral) -> Participant | None:
    return (
        Participant.objects.filter(person_id=referral.person_id, organization_id=current_organization())
        .select_related("contact")
        .first()
    )


def file_to_name(referral: Referral) -> Participant | None:
    """The own file of the person, where this side may connect it with the referral: a receiver only after their yes.

    Someone whom the receiver knows already must not be recognized before it.
    """
    if side_of(referral) == "receiver" and not said_yes(referral):
        return None
    return own_file(referral)


def said_yes(referral: Referral) -> bool:
    """Whether they once said yes, whatever came of it."""
    return referral.answered_at is not None and referral.state != DECLINED


def who_answers(referral: Referral) -> Membership | None:
    """Who answers the receiver, and is told what it says: whoever holds the person now, and not who sent it then.

    Where the receiver holds them, or nobody any more, who sent it, or the lead where they left. While someone is away, their cover.
    """
    holder = _holding_member(referral)
    if holder is None:
        sender = referral.sender_membership
        sender.organization = referral.sender
        holder = sender if sender.is_active else lead_now(referral.sender_id)
    return here_or_cover(holder) if holder else None


def _holding_member(referral: Referral) -> Membership | None:
    told = Func(F("pk"), function="wh_referral_told", output_field=BigIntegerField())
    member = Referral.objects.filter(pk=referral.pk).values(told=told)
    found = Membership.objects.select_related("user", "organization").filter(pk__in=member)
    return with_absence(found).first()


def open_disposition(referral: Referral) -> Disposition | None:
    """The decision that waits with this organization."""
    return (
        Disposition.objects.filter(
            referral=referral, organization_id=current_organization(), settled_at__isnull=True
        )
        .select_related("duty")
        .first()
    )


def dispositions_of(referral: Referral) -> tuple[Disposition | None, Disposition | None]:
    """(the decision that waits with this organization, the newest that was made here)"""
    found = list(
        Disposition.objects.filter(referral=referral, organization_id=current_organization())
        .select_related("duty")
        .order_by("-settled_at", "id")
    )
    waits = [one for one in found if one.settled_at is None]
    made = [one for one in found if one.settled_at is not None]
    return waits[0] if waits else None, made[0] if made else None


def may_still_say_yes(referral: Referral) -> bool:
    """Whether an answer is still heard: also a late yes, until the sender has settled what is next."""
    if referral.state == SENT:
        return True
    settled = ReferralEvent.objects.filter(referral=referral, kind=ReferralEvent.Kind.SETTLED).exists()
    return referral.state == EXPIRED and not settled


def notes_of(referral: Referral) -> QuerySet[ReferralNote]:
    """Questions and their answers, as both sides wrote them."""
    return (
        ReferralNote.objects.filter(referral=referral)
        .exclude(kind=ReferralNote.Kind.SUGGESTION)
        .select_related("organization", "written_by")
        .order_by("written_at", "id")
    )


def how_many_name(referral: Referral) -> int:
    """How many messages were written after the yes: shown only to who reads how to reach the person."""
    said = ReferralEvent.objects.filter(referral=referral, kind=ReferralEvent.Kind.MESSAGE)
    return said.filter(recorded_at__gte=referral.answered_at).count() if referral.answered_at else 0


def ends_in_a_question(events: Sequence[ReferralEvent]) -> bool:
    """Whether the last word between the two was a question."""
    kinds = (ReferralEvent.Kind.ASKED, ReferralEvent.Kind.ANSWERED_QUESTION)
    words = [event for event in events if event.kind in kinds]
    return bool(words) and max(words, key=lambda event: event.pk).kind == ReferralEvent.Kind.ASKED


def standing_events(referral: Referral) -> QuerySet[ReferralEvent]:
    """What happened as it is known now: without what was corrected, or struck."""
    found = ReferralEvent.objects.filter(referral=referral, superseded_by__isnull=True)
    return found.exclude(kind=ReferralEvent.Kind.STRUCK)


# Told to whoever holds the person: what is decided about them is not for the other side to read.
_HOLDERS_OWN = (
    ReferralEvent.Kind.SUGGESTED,
    ReferralEvent.Kind.DISPOSITION_OPENED,
    ReferralEvent.Kind.SETTLED,
    ReferralEvent.Kind.SENDER_TOLD,
    ReferralEvent.Kind.CONTACT_SENDER_TOLD,
    ReferralEvent.Kind.QUESTION_LEAD_TOLD,
    ReferralEvent.Kind.REVIEW_SENDER_TOLD,
    ReferralEvent.Kind.QUESTION_SENDER_TOLD,
    ReferralEvent.Kind.START_SENDER_TOLD,
    ReferralEvent.Kind.ENGAGED_SENDER_TOLD,
    ReferralEvent.Kind.PERSON_TOLD,
    ReferralEvent.Kind.CONTACT_PERSON_TOLD,
    ReferralEvent.Kind.START_PERSON_TOLD,
    ReferralEvent.Kind.CONTACT_UNDECIDED,
    ReferralEvent.Kind.DECISION_LATE,
    ReferralEvent.Kind.DECISION_LEAD_TOLD,
    ReferralEvent.Kind.DECISION_OFFICE_TOLD,
)


@dataclass(frozen=True)
class Suggestion:
    """Another place that the network's office named, with what it wrote."""

    service: Service
    note: str
    at: datetime


def suggestions_of(referral: Referral) -> list[Suggestion]:
    """What the network's office suggested while this waited, newest first: for whoever holds the person, and only what can be asked."""
    if side_of(referral) == "receiver":
        return []
    told = ReferralEvent.objects.filter(referral=referral, kind=ReferralEvent.Kind.SUGGESTED)
    when = dict(told.values_list("detail", "recorded_at"))
    if not when:
        return []
    notes = ReferralNote.objects.filter(referral=referral, kind=ReferralNote.Kind.SUGGESTION)
    written = dict(notes.values_list("written_at", "text"))
    services = Service.objects.filter(code__in=when, active=True).select_related("organization")
    found = [
        Suggestion(service, written.get(when[service.code], ""), when[service.code]) for service in services
    ]
    return sorted(found, key=lambda each: each.at, reverse=True)


# And who does it at the receiver is not for the sender.
_RECEIVERS_OWN = (ReferralEvent.Kind.ASSIGNED,)


def events_of(referral: Referral) -> QuerySet[ReferralEvent]:
    """What happened, newest first, as far as this side may read it. What was written is read where it stands."""
    events = (
        ReferralEvent.objects.filter(referral=referral)
        .exclude(kind=ReferralEvent.Kind.MESSAGE)
        .select_related("by", "organization")
        .order_by("-happened_at", "-id")
    )
    return events.exclude(kind__in=_HOLDERS_OWN if side_of(referral) == "receiver" else _RECEIVERS_OWN)


# --- What was written, and not read yet ---------------------------------------------------------------------------

WRITTEN = (ReferralEvent.Kind.MESSAGE, ReferralEvent.Kind.ASKED, ReferralEvent.Kind.ANSWERED_QUESTION)


def unread_among(referral_ids: Collection[int]) -> set[int]:
    """Those of these referrals about which the other side wrote something that this organization has not read."""
    if not referral_ids:
        return set()
    here = current_organization()
    read = ReferralRead.objects.filter(
        organization_id=here, referral_id=OuterRef("referral_id"), read_at__gte=OuterRef("recorded_at")
    )
    written = ReferralEvent.objects.filter(referral_id__in=referral_ids, kind__in=WRITTEN)
    return set(
        written.exclude(organization_id=here)
        .filter(~Exists(read))
        .order_by()
        .values_list("referral_id", flat=True)
        .distinct()
    )


# --- Lists --------------------------------------------------------------------------------------------------------


def parties(
    direction: str, *, only_open: bool = False, state: str = "", service: str = "", other: str = ""
) -> QuerySet[ReferralParty]:
    """Referrals of this organization, newest first: `in` to it, or `out` of it (and those it follows as the holder).

    `service` and `other` (the other organization) are codes.
    """
    sides = (
        [ReferralParty.Side.RECEIVER]
        if direction == "in"
        else [ReferralParty.Side.SENDER, ReferralParty.Side.HOLDER]
    )
    found = ReferralParty.objects.filter(organization_id=current_organization(), side__in=sides)
    if only_open:
        found = found.filter(state__in=OPEN)
    wanted = {"state": state, "service__code": service, "other_organization__code": other}
    found = found.filter(**{name: value for name, value in wanted.items() if value})
    return found.select_related("referral", "service", "other_organization").order_by("-sent_at", "-id")


def names_for(rows: Iterable[ReferralParty]) -> dict[int, Listing]:
    """Who each referral is about, by its id: own files alone, and for a receiver only after their yes."""
    told: dict[int, uuid.UUID] = {
        row.referral_id: row.referral.person_id
        for row in rows
        if row.side != ReferralParty.Side.RECEIVER or said_yes(row.referral)
    }
    names = names_of(list(set(told.values())))
    return {referral_id: names[person] for referral_id, person in told.items() if person in names}


# What is this organization's to do as soon as it is there; what is once its date is near; and what the other side let go by.
_AT_ONCE = (p.ANSWER, p.FIRST_CONTACT, p.ANSWER_QUESTION, p.SETTLE, p.MAIL_FAILED, p.DECIDE_CONTACT)
_WHEN_NEAR = (p.ENGAGE, p.STILL_ENGAGED, p.REVIEW)
# So many lines of what waits are shown at once; whoever has more sees those that fall due first.
MOST_WAITING = 25


def waiting_here(direction: str, chosen: Mapping[str, str]) -> list[Duty]:
    """What waits for this organization among its referrals, as it falls due: one duty a referral.

    One more than `MOST_WAITING` at most, so that it can be said that there are more.
    """
    now = clock.now()
    near = Q(kind__in=_WHEN_NEAR, due_at__lte=current_place().deadline("next_step", now))
    found = parties(
        direction,
        state=chosen.get("state", ""),
        service=chosen.get("service", ""),
        other=chosen.get("other", ""),
    )
    wanted = found.order_by().values("referral_id")
    owed = Duty.objects.filter(
        organization_id=current_organization(),
        subject_kind=p.SUBJECT,
        closed_at__isnull=True,
        subject_id__in=wanted,
    ).filter(Q(kind__in=_AT_ONCE) | near | Q(due_at__lt=now))
    first: dict[int, Duty] = {}
    for duty in owed.order_by("due_at", "id")[: 2 * MOST_WAITING]:
        first.setdefault(duty.subject_id or 0, duty)
    return list(first.values())[: MOST_WAITING + 1]


def to_filter_by(direction: str) -> tuple[list[Service], list[Organization]]:
    """The services and the other organizations among this organization's referrals."""
    ours = parties(direction).order_by()
    services = Service.objects.filter(pk__in=ours.values("service_id")).order_by("name_sort", "id")
    others = Organization.objects.filter(pk__in=ours.values("other_organization_id"))
    return list(services), list(others.order_by("name_sort", "id"))


def question_waits(referral: Referral) -> bool:
    """Whether the last word between the two was a question."""
    return ends_in_a_question(list(ReferralEvent.objects.filter(referral=referral)))


def due_of(referral: Referral) -> datetime | None:
    """By when the next word is due: what it waits for besides comes first, and is the other side's where a question stands."""
    put_off = referral.question_due_at or referral.held_until or referral.review_due_at
    if put_off is not None:
        return put_off
    if referral.state == SENT:
        return referral.answer_due_at
    return referral.contact_due_at if referral.state == ACCEPTED else None


# --- How it stands ------------------------------------------------------------------------------------------------


def may_hold(referral: Referral, side: str) -> bool:
    """Whether this side may put it off now, or move the day to which it did."""
    if "hold" not in REFERRAL.besides(referral.state, side):
        return False
    return not referral.waits_for or (referral.waits_for == "hold" and referral.hold_side == side)


def may_resume(referral: Referral, side: str) -> bool:
    return referral.waits_for == "hold" and referral.hold_side == side


def state_words(referral: Referral) -> str:
    """How it stands, as staff say it: what it waits for besides, else the network's own stage, else the state."""
    if referral.waits_for:
        return str(STAFF_WAITS[referral.waits_for])
    return terms.word("stage", referral.stage) if referral.stage else str(STAFF_WORDS[referral.state])


def told_to_the_person(referral: Referral, language: str) -> str:
    """How it stands, as the person is told."""
    with translation.override(language):
        if referral.waits_for:
            said = str(PARTICIPANT_WAITS[referral.waits_for])
            return f"{said} {_on_the_list(referral)}".strip()
        told = ("stage_told", referral.stage)
        if referral.stage and told in terms.known():
            return terms.known()[told].in_language(language)
        if referral.state == SENT and referral.asked_times > 1:
            return str(ASKED_AGAIN_WORDS)
        return str(PARTICIPANT_WORDS[referral.state])


def _on_the_list(referral: Referral) -> str:
    """`You are number 3. They look again on Tue, Jan 12.`"""
    if referral.review_due_at is None:
        return ""
    day = gettext("They look again on %(day)s.") % {
        "day": short_day(current_place().day_of(referral.review_due_at))
    }
    if referral.list_position is None:
        return day
    return f"{gettext('You are number %(n)s.') % {'n': referral.list_position}} {day}"


def stages_for(referral: Referral) -> list[tuple[str, str]]:
    """The stages that can be said of it now."""
    return stages_of(referral.state)


def stages_of(state: str) -> list[tuple[str, str]]:
    """The stages that can be said of a referral in this state: its own, and those that say that service has begun."""
    if state not in UNDER_WAY:
        return []
    spoken = translation.get_language() or "en"
    found = [term for term in terms.in_force("stage") if term.parent in (state, ENGAGED)]
    return [
        (term.code, term.in_language(spoken))
        for term in sorted(found, key=lambda term: (UNDER_WAY.index(term.parent), term.position))
    ]


def chain_of(referral: Referral) -> tuple[list[Referral], list[Referral]]:
    """What was asked before this one and after it, for the same need, as far as this organization takes part: one loop."""
    before: list[Referral] = []
    after: list[Referral] = []
    earlier, seen = referral.re_referred_from_id, {referral.pk}
    while earlier is not None and earlier not in seen:
        seen.add(earlier)
        found = Referral.objects.select_related("service", "receiver").filter(pk=earlier).first()
        if found is None:
            break
        before.insert(0, found)
        earlier = found.re_referred_from_id
    latest = referral
    while True:
        found = (
            Referral.objects.select_related("service", "receiver")
            .filter(re_referred_from_id=latest.pk)
            .exclude(pk__in=seen)
            .order_by("-sent_at", "-id")
            .first()
        )
        if found is None:
            return before, after
        seen.add(found.pk)
        after.append(found)
        latest = found


# --- The ladder ---------------------------------------------------------------------------------------------------


# What a rung does, as whoever waits for the receiver reads it.
RUNG_WORDS = {
    "seen_reminder": gettext_lazy("they are asked to say that it arrived"),
    "seen_lead": gettext_lazy("their lead hears that nobody has said so"),
    "answer_reminder": gettext_lazy("they are reminded"),
    "answer_lead": gettext_lazy("their lead hears of it"),
    "answer_sender": gettext_lazy("you and the navigators hear of it"),
    "answer_person": gettext_lazy(
        "the person hears that we are still asking; if no mail may reach them, you tell them"
    ),
    "answer_expires": gettext_lazy("it counts as no answer, and you decide what is next"),
    "question_reminder": gettext_lazy("whoever sent it is reminded"),
    "question_lead": gettext_lazy("the lead of whoever holds them hears of it"),
    "question_sender": gettext_lazy("whoever sent it hears of it once more, and so do the navigators"),
    "question_expires": gettext_lazy("it counts as no answer, and you decide what is next"),
    "review_reminder": gettext_lazy("they are reminded to look again"),
    "review_lead": gettext_lazy("their lead hears of it"),
    "review_sender": gettext_lazy("you and the navigators hear of it"),
    "review_expires": gettext_lazy("it counts as no answer, and you decide what is next"),
}


@dataclass(frozen=True)
class Step:
    """One rung of what waits for an answer, with its date."""

    rung: p.Rung
    due_at: datetime

    @property
    def words(self) -> str:
        return str(RUNG_WORDS[self.rung.step])

    @property
    def when_nobody(self) -> str:
        """What these rungs are for."""
        if self.rung in p.WAITING_FOR_REPLY:
            return gettext("If nobody replies")
        return (
            gettext("If nobody looks again")
            if self.rung in p.WAITING_FOR_REVIEW
            else gettext("If nobody answers")
        )


def ladder(sent_at: datetime, service: Service) -> list[Step]:
    """What happens when nobody answers, and when. Where nobody leads at the receiver, no lead hears of it."""
    numbers, has_lead = pace.of(service), has_active_lead(service.organization_id)
    rungs = [rung for rung in p.CLIMBED_IN[SENT] if has_lead or rung.tells != ("receivers_lead",)]
    found = [Step(rung, numbers.due_of_rung(rung, sent_at)) for rung in rungs]
    return sorted(found, key=lambda step: step.due_at)


def ladder_of(referral: Referral) -> list[Step]:
    """The rungs that wait now, with their dates as they are set: what stood still has moved on."""
    waiting = Timer.objects.filter(
        subject_kind=p.SUBJECT, subject_id=referral.pk, fired_at__isnull=True, called_off_at__isnull=True
    )
    has_lead = has_active_lead(referral.receiver_id)
    return [
        Step(p.RUNGS[timer.step], timer.due_at)
        for timer in waiting.order_by("due_at", "id")
        if timer.step in RUNG_WORDS and (has_lead or p.RUNGS[timer.step].tells != ("receivers_lead",))
    ]


def closed_days_between(first: datetime, last: datetime) -> list[date]:
    """Closed days of the place (weekends are known to everybody) that the ladder steps over."""
    place = current_place()
    begins, ends = place.day_of(first), place.day_of(last)
    return sorted(day for day in place.closed_days if begins <= day <= ends and day.weekday() < 5)


# --- Asking again -------------------------------------------------------------------------------------------------


def named_at_the_start(referral: Referral) -> list[int]:
    """Ids of services that the person agreed to at the start, where that consent still stands."""
    if not referral.consent.is_live(clock.now()):
        return []
    return list(referral.alternatives)


def may_receive_a_transfer(organization: Organization) -> bool:
    return has_active_lead(organization.pk)
