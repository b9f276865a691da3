"""What happened to someone, as sentences: one entry an event of ours, newest first; corrections shown as corrections.

`TELLINGS` says how each kind of event is told. The sentences never say more than the viewer may read: who reads contact alone
gets the contacts alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from warmhandoff.custody.correcting import UNDO_FOR
from warmhandoff.custody.models import CustodyEvent
from warmhandoff.foundation import clock, privacy, terms, together
from warmhandoff.foundation.models import Actor, EventBase
from warmhandoff.network.models import Membership, Organization, User
from warmhandoff.network.roles import Permission
from warmhandoff.participants.models import Consent, FileEvent, Need
from warmhandoff.participants.reading import LOGGED
from warmhandoff.referrals.actions.silence import BY_THEIR_HOLDER
from warmhandoff.referrals.models import ReferralEvent
from warmhandoff.referrals.states import WITH_A_PLACE
from warmhandoff.web.people.card import Card, tell_who_did
from warmhandoff.web.people.forms import HOW
from warmhandoff.web.people.noted import Noted, Notes, code_of, words_of_reason
from warmhandoff.web.people.said_before import Changed, changed
from warmhandoff.web.people.tellers import TELLERS
from warmhandoff.web.people.telling import (
    CONTACTS,
    FILE,
    REFERRALS,
    SHARING,
    STEPS,
    Entry,
    Known,
    who_did,
)
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said
from warmhandoff.web.today.lines import REASONS, reason_of, referral_facts

# Each event with how it is told, by what it is.
ByItself = dict[tuple[type[EventBase], int], tuple[str, EventBase]]


@dataclass(frozen=True)
class Telling:
    icon: str
    group: str
    says: Any


def _t(icon: str, group: str, says: Any) -> Telling:
    return Telling(icon, group, says)


TELLINGS: dict[str, Telling] = {
    # Custody
    "custody.taken_in": _t("person", STEPS, gettext_lazy("%(who)s took %(name)s in. Next: %(step)s, due %(due)s.")),
    "custody.assigned": _t("people", STEPS, gettext_lazy("%(who)s gave %(name)s to %(member)s, with all that is open.")),
    "custody.moved_out": _t("people", STEPS, gettext_lazy("%(organization)s took %(name)s over. They hold them now.")),
    "custody.moved_in": _t("people", STEPS, gettext_lazy("%(name)s came over from %(organization)s. You hold them now.")),
    "custody.escheated_out": _t("people", STEPS, gettext_lazy("The organization closed. %(organization)s holds %(name)s now.")),
    "custody.escheated_in": _t("people", STEPS, gettext_lazy("%(organization)s closed. By its agreement you hold %(name)s now.")),
    "custody.next_step_set": _t("event", STEPS, gettext_lazy("%(who)s set the next step: %(step)s, due %(due)s.")),
    "custody.next_step_done": _t("check", STEPS, gettext_lazy("%(who)s finished: %(step)s.")),
    "custody.asked": _t("people", STEPS, gettext_lazy("%(who)s asked %(organization)s about %(name)s.")),
    "custody.asked_of_us": _t("people", STEPS, gettext_lazy("%(organization)s asked about %(name)s.")),
    "custody.offered": _t("people", STEPS, gettext_lazy("%(who)s offered %(name)s to %(organization)s.")),
    "custody.offered_to_us": _t("people", STEPS, gettext_lazy("%(organization)s offered %(name)s to you.")),
    "custody.refused": _t("info_outline", STEPS, gettext_lazy("The answer was no: %(refusal)s.")),
    "custody.asking_withdrawn": _t("info_outline", STEPS, gettext_lazy("The question was taken back.")),
    "custody.asking_expired": _t("schedule", STEPS, gettext_lazy("The question was not answered. Everything stays as it is.")),
    "custody.linked": _t("people", STEPS, gettext_lazy("Connected with %(organization)s, which goes on holding %(name)s.")),
    "custody.kept": _t("people", STEPS, gettext_lazy("Connected with %(organization)s. You go on holding %(name)s.")),
    "custody.unlinked": _t("people", STEPS, gettext_lazy("%(name)s is no longer connected with another organization’s file.")),
    "custody.merged": _t("people", STEPS, gettext_lazy("%(who)s put this file together with another one of the same person.")),
    "custody.unmerged": _t("people", STEPS, gettext_lazy("%(who)s made two files of it again.")),
    "custody.released": _t("flag", STEPS, gettext_lazy("%(who)s released %(name)s: %(release)s.")),
    # The file
    "file.taken_in_again": _t("undo", STEPS, gettext_lazy("%(name)s came back.")),
    "file.received": _t("file_present", SHARING, gettext_lazy("You received what %(name)s had agreed to share.")),
    "file.contact_changed": _t("edit", FILE, gettext_lazy("%(who)s changed the contact details.")),
    "file.need_opened": _t("add_circle_outline", FILE, gettext_lazy("%(who)s wrote down a need: %(need)s.")),
    "file.need_closed": _t("check", FILE, gettext_lazy("%(who)s closed a need: %(need)s. %(outcome)s.")),
    "file.consent_given": _t("verified_user", SHARING, gettext_lazy("%(name)s agreed to share with %(recipients)s, until %(until)s.")),
    "file.consent_refused": _t("do_not_disturb", SHARING, gettext_lazy("%(name)s did not agree to share with %(recipients)s.")),
    "file.consent_revoked": _t("do_not_disturb", SHARING, gettext_lazy("%(name)s took back the agreement to share with %(recipients)s.")),
    "file.contacted": _t("chat", CONTACTS, gettext_lazy("%(who)s talked with %(name)s. %(how)s.")),
    "file.tried": _t("phone", CONTACTS, gettext_lazy("%(who)s tried to reach %(name)s. %(how)s.")),
    "file.learned": _t("edit", FILE, gettext_lazy("%(who)s wrote down more about %(name)s.")),
    "file.look_allowed": _t("verified_user", SHARING, gettext_lazy("%(name)s said yes: we may look whether a partner knows them.")),
    "file.look_refused": _t("do_not_disturb", SHARING, gettext_lazy("%(name)s said no: we don’t look whether a partner knows them.")),
    "file.carried": _t("file_present", SHARING, gettext_lazy("%(who)s gave %(name)s a referral on paper. Nothing was sent.")),
    "file.carried_closed": _t("check", STEPS, gettext_lazy("The referral on paper is over: %(carried)s.")),
    "file.noted": _t("comment", FILE, gettext_lazy("%(who)s noted:")),
    "file.contact_corrected": _t("edit", FILE, gettext_lazy("%(who)s corrected the contact details.")),
    "file.handed_out": _t("file_present", SHARING, gettext_lazy("%(who)s gave %(name)s their file.")),
    # Referrals
    "referral.sent": _t("send", REFERRALS, gettext_lazy("%(who)s referred %(name)s to %(receiver)s, %(service)s.")),
    "referral.seen": _t("visibility", REFERRALS, gettext_lazy("%(receiver)s has the referral and will answer.")),
    "referral.asked": _t("help_outline", REFERRALS, gettext_lazy("%(who)s asked a question about the referral.")),
    "referral.answered_question": _t("chat", REFERRALS, gettext_lazy("%(who)s answered the question about the referral.")),
    "referral.accepted": _t("check_circle", REFERRALS, gettext_lazy("%(receiver)s said yes: %(service)s. %(caller)s will reach %(name)s by %(contact_due)s.")),
    "referral.declined": _t("do_not_disturb", REFERRALS, gettext_lazy("%(receiver)s declined: %(reason)s.")),
    "referral.expired": _t("schedule", REFERRALS, gettext_lazy("%(receiver)s did not answer. The waiting is over.")),
    "referral.attempted": _t("phone", CONTACTS, gettext_lazy("%(who)s tried to reach %(name)s. %(how)s.")),
    "referral.contacted": _t("chat", CONTACTS, gettext_lazy("%(receiver)s and %(name)s talked with each other.")),
    "referral.engaged": _t("flag", REFERRALS, gettext_lazy("%(service)s at %(receiver)s began.")),
    "referral.completed": _t("check_circle", REFERRALS, gettext_lazy("%(name)s completed %(service)s at %(receiver)s.")),
    "referral.completed:place": _t("check_circle", REFERRALS, gettext_lazy("%(name)s has a place in %(service)s at %(receiver)s. The referral is done.")),
    "referral.ended_early": _t("info_outline", REFERRALS, gettext_lazy("%(service)s at %(receiver)s ended early: %(reason)s.")),
    "referral.lost_contact": _t("info_outline", REFERRALS, gettext_lazy("%(receiver)s could not reach %(name)s.")),
    "referral.waitlisted": _t("schedule", REFERRALS, gettext_lazy("%(receiver)s is full and put %(name)s on its list. It looks again on %(put_off)s.")),
    "referral.held": _t("schedule", REFERRALS, gettext_lazy("%(who)s put %(service)s off until %(put_off)s: %(why_held)s.")),
    "referral.resumed": _t("check", REFERRALS, gettext_lazy("%(service)s at %(receiver)s goes on.")),
    "referral.confirmed": _t("check", REFERRALS, gettext_lazy("%(receiver)s: still in %(service)s. %(last_seen)sNext: %(said_next)s, by %(put_off)s.")),
    "referral.stage": _t("check", REFERRALS, gettext_lazy("%(service)s at %(receiver)s: %(said_stage)s.")),
    "referral.message": _t("comment", REFERRALS, gettext_lazy("%(who)s wrote about the referral to %(service)s.")),
    "referral.question_late": _t("schedule", REFERRALS, gettext_lazy("The question of %(receiver)s still waited for its reply.")),
    "referral.review_reminded": _t("schedule", REFERRALS, gettext_lazy("%(receiver)s was reminded to look at its list again.")),
    "referral.review_lead_told": _t("schedule", REFERRALS, gettext_lazy("%(receiver)s had not looked at its list again. Their lead was told.")),
    "referral.review_sender_told": _t("schedule", REFERRALS, gettext_lazy("%(receiver)s still had not looked at its list again. %(sender_told)s and the navigators were told.")),
    "referral.withdrawn": _t("undo", REFERRALS, gettext_lazy("%(who)s took the referral to %(receiver)s back: %(reason)s.")),
    "referral.receiver_closed": _t("info_outline", REFERRALS, gettext_lazy("%(receiver)s closed.")),
    "referral.settled": _t("check", REFERRALS, gettext_lazy("%(who)s decided after the referral to %(receiver)s: %(settled)s.")),
    "referral.reminded": _t("schedule", REFERRALS, gettext_lazy("%(receiver)s had not answered and was reminded.")),
    "referral.lead_told": _t("schedule", REFERRALS, gettext_lazy("No answer from %(receiver)s. Their lead was told.")),
    "referral.sender_told": _t("schedule", REFERRALS, gettext_lazy("Still no answer from %(receiver)s. %(sender_told)s and the navigators were told.")),
    "referral.contact_late": _t("schedule", REFERRALS, gettext_lazy("%(receiver)s had not reached %(name)s and was reminded.")),
    "referral.contact_lead_told": _t("schedule", REFERRALS, gettext_lazy("%(receiver)s had not reached %(name)s. Their lead was told.")),
    "referral.contact_sender_told": _t("schedule", REFERRALS, gettext_lazy("%(receiver)s still had not reached %(name)s. %(sender_told)s and the navigators were told.")),
    "referral.seen_late": _t("schedule", REFERRALS, gettext_lazy("Nobody at %(receiver)s had said that it arrived. They were reminded.")),
    "referral.seen_lead_told": _t("schedule", REFERRALS, gettext_lazy("Still nobody at %(receiver)s had said that it arrived. Their lead was told.")),
    "referral.question_sender_told": _t("schedule", REFERRALS, gettext_lazy("The question of %(receiver)s still waited for its reply. The navigators were told.")),
    "referral.person_told": _t("schedule", REFERRALS, gettext_lazy("%(name)s was told that we are still asking %(receiver)s.")),
    "referral.person_told:holder": _t("schedule", REFERRALS, gettext_lazy("No mail may reach %(name)s: whoever holds them was asked to tell them that we are still asking %(receiver)s.")),
    "referral.contact_person_told:holder": _t("schedule", REFERRALS, gettext_lazy("No mail may reach %(name)s: whoever holds them was asked to tell them that we ask why %(receiver)s has not called.")),
    "referral.start_person_told:holder": _t("schedule", REFERRALS, gettext_lazy("No mail may reach %(name)s: whoever holds them was asked to tell them that we ask %(receiver)s when it begins.")),
    "referral.contact_person_told": _t("schedule", REFERRALS, gettext_lazy("%(name)s was told that we ask why %(receiver)s has not called.")),
    "referral.contact_undecided": _t("schedule", REFERRALS, gettext_lazy("Nobody at %(receiver)s had reached %(name)s. Their holder decides whether to wait longer.")),
    "referral.start_late": _t("schedule", REFERRALS, gettext_lazy("It had not begun at %(receiver)s. They were reminded.")),
    "referral.start_lead_told": _t("schedule", REFERRALS, gettext_lazy("It had not begun at %(receiver)s. Their lead was told.")),
    "referral.start_sender_told": _t("schedule", REFERRALS, gettext_lazy("It still had not begun at %(receiver)s. %(sender_told)s and the navigators were told.")),
    "referral.start_person_told": _t("schedule", REFERRALS, gettext_lazy("%(name)s was told that we ask %(receiver)s when it begins.")),
    "referral.engaged_late": _t("schedule", REFERRALS, gettext_lazy("Nobody at %(receiver)s had said how it goes. They were reminded.")),
    "referral.engaged_lead_told": _t("schedule", REFERRALS, gettext_lazy("Nobody at %(receiver)s had said how it goes. Their lead was told.")),
    "referral.engaged_sender_told": _t("schedule", REFERRALS, gettext_lazy("Still nobody at %(receiver)s had said how it goes. %(sender_told)s and the navigators were told.")),
    "referral.decision_late": _t("schedule", REFERRALS, gettext_lazy("Nobody had decided what comes after %(receiver)s. Their holder was reminded.")),
    "referral.decision_lead_told": _t("schedule", REFERRALS, gettext_lazy("Nobody had decided what comes after %(receiver)s. The holder’s lead was told.")),
    "referral.decision_office_told": _t("schedule", REFERRALS, gettext_lazy("Nobody had decided what comes after %(receiver)s. The navigators were told.")),
    "referral.suggested": _t("comment", REFERRALS, gettext_lazy("The network’s office suggests another place for %(service)s.")),
    "referral.second_look": _t("visibility", REFERRALS, gettext_lazy("The network’s office looks at the no of %(receiver)s once more, by %(put_off)s.")),
    "referral.look_confirmed": _t("check", REFERRALS, gettext_lazy("The network’s office has looked at the no of %(receiver)s: it stands.")),
    "referral.look_rerouted": _t("check", REFERRALS, gettext_lazy("The network’s office has looked at the no of %(receiver)s: it stands, and another place may help.")),
    "referral.asked_again": _t("help_outline", REFERRALS, gettext_lazy("The network’s office has looked at the no, and asks %(receiver)s once more.")),
    "referral.network_reminded": _t("schedule", REFERRALS, gettext_lazy("The network’s office sent a reminder.")),
}  # fmt: skip
# What comes first where several things happened in one moment, as at intake.
RANK = {
    kind: place
    for place, kind in enumerate(
        (
            "file.taken_in_again",
            "custody.taken_in",
            "custody.moved_in",
            "custody.escheated_in",
            "file.received",
            "file.need_opened",
            "file.consent_given",
            "referral.sent",
        )
    )
}
# Said by another entry of the same moment.
UNSAID = frozenset(
    {"file.taken_in", "referral.disposition_opened", "referral.assigned", "referral.question_lead_told"}
)
OUTCOMES = {
    "met": gettext_lazy("It is met"),
    "met_elsewhere": gettext_lazy("It was met elsewhere"),
    "no_longer": gettext_lazy("They no longer need it"),
    "mistake": gettext_lazy("It was never one: written down by mistake"),
}
# Each stands, struck through, in the correction that took its place.
CORRECTIONS = frozenset({"file.struck", "custody.struck", "referral.struck"})
SETTLED = {
    "re_referred": gettext_lazy("referred elsewhere"),
    "stays": gettext_lazy("stays with you, the need is open"),
    "person_stopped": gettext_lazy("the person chose to stop"),
    "met_elsewhere": gettext_lazy("met elsewhere"),
    "not_eligible": gettext_lazy("not eligible anywhere in the network"),
    "deceased": gettext_lazy("the person died"),
    "late_yes": gettext_lazy("they said yes after all"),
    "taken_back": gettext_lazy("what ended it was recorded by mistake"),
    "asked_again": gettext_lazy("the same place is asked once more"),
}
# With these entries stands what was said before.
CHANGE_TOLD = frozenset({"file.learned", "file.contact_changed", "file.contact_corrected"})
# Stands for an entry's code in an address.
NO_CODE = "entry-code"
VOCABULARIES = ("service_code", "next_step", "release_reason", "refusal_reason", *REASONS.values())


def story_of(card: Card, who: Who, *, only: str = "") -> list[Entry]:
    """Everything that happened and that `who` may read, newest first."""
    events = list(_events(card))
    rooms = _OF_ROOMS.read(file=card.file.pk)
    theirs = [row for rows in rooms for row in rows if isinstance(row, EventBase)]
    known = known_for(card, who, events, also=theirs)
    told = [*_entries(events, known), *_of_rooms(rooms, known)]
    entries = [*told, *_notes_alone(known, {note.note.pk for entry in told for note in entry.notes})]
    wanted = [entry for entry in entries if not only or entry.group == only]
    return sorted(wanted, key=lambda entry: (entry.at, entry.recorded_at, entry.rank), reverse=True)


# What the rooms above the referrals wrote down, in one statement.
_OF_ROOMS = together.Prepared(lambda file: [part for teller in TELLERS for part in teller.rows(file)])


def _of_rooms(rooms: list[list[Any]], known: Known) -> Iterator[Entry]:
    """What each teller makes of its own rows."""
    at = 0
    for teller, parts in _PARTS_OF:
        for entry in teller.tells(rooms[at : at + parts], known):
            if entry.notes:
                entry.notes = [_with_page(note, known) for note in entry.notes]
            yield entry
        at += parts


_PARTS_OF = [(teller, len(teller.rows(0))) for teller in TELLERS]


def _events(card: Card) -> Iterator[tuple[str, EventBase]]:
    """(kind of telling, event), oldest first."""
    for event in card.events.file:
        if event.kind == FileEvent.Kind.STRUCK and event.detail == FileEvent.Kind.CONTACTED:
            yield "file.struck", event
        elif event.kind == FileEvent.Kind.CONTACTED:
            yield ("file.tried" if event.detail.endswith(":tried") else "file.contacted"), event
        elif card.works:
            yield f"file.{event.kind}", event
    if not card.works:
        return
    for moved in card.events.custody:
        yield f"custody.{moved.kind}", moved
    for asked in card.events.referrals:
        by_holder = asked.kind.endswith("person_told") and asked.detail == BY_THEIR_HOLDER
        with_a_place = asked.kind == ReferralEvent.Kind.COMPLETED and asked.detail == WITH_A_PLACE
        how = f":{asked.detail}" if by_holder or with_a_place else ""
        yield f"referral.{asked.kind}{how}", asked


def known_for(
    card: Card, who: Who, events: list[tuple[str, EventBase]], *, also: Sequence[EventBase] = ()
) -> Known:
    """What sentences about these events are filled with; and about those that `also` are told, which learn who did them."""
    consents = {consent.pk: consent for consent in card.shown.consents} if card.works else {}
    needs = {need.pk: need for need in (*card.shown.needs, *card.shown.closed_needs)}
    _log_closed_needs(card, needs.values(), who)
    moved = [event for _kind, event in events if isinstance(event, CustodyEvent)]
    people = {event.membership_id for event in moved}
    notes = Notes.of(card.shown)
    writers = {event.by_id: event.by for _kind, event in events}
    unknown = {note.first.written_by_id for _kind, note in notes.everything()}
    unknown = (unknown | {event.by_id for event in also}) - writers.keys()
    writers |= Actor.objects.in_bulk(unknown) if unknown else {}
    tell_who_did(also, writers)
    people |= {actor.subject_id for actor in writers.values() if actor.kind == Actor.Kind.MEMBER}
    others = {event.other_organization_id for event in moved}
    others |= {recipient for consent in consents.values() for recipient in consent.recipients}
    members, organizations = _colleagues({pk for pk in people if pk}, {pk for pk in others if pk})
    return Known(
        card=card,
        who=who,
        words=said.words_of(*VOCABULARIES),
        members=members,
        organizations=organizations,
        needs=needs,
        consents=consents,
        notes=notes,
        writers=writers,
        how={code: str(words) for code, words in HOW},
        corrects=reverse("people:correct", args=[card.file.code, NO_CODE]),
    )


def _with_their_names(members: Sequence[int], organizations: Sequence[int]) -> tuple[QuerySet[Any], ...]:
    memberships = Membership.objects.filter(pk__in=members)
    return (
        memberships,
        User.objects.filter(pk__in=memberships.order_by().values("user_id")),
        Organization.objects.filter(
            Q(pk__in=organizations) | Q(pk__in=memberships.order_by().values("organization_id"))
        ),
    )


_NAMED = together.Prepared(_with_their_names)


def _colleagues(
    members: set[int], organizations: set[int]
) -> tuple[dict[int, Membership], dict[int, Organization]]:
    """The members and organizations that the story names."""
    found, users, named = _NAMED.read(members=sorted(members), organizations=sorted(organizations))
    user_of, organization_of = {one.pk: one for one in users}, {one.pk: one for one in named}
    for membership in found:
        membership.user = user_of[membership.user_id]
        membership.organization = organization_of[membership.organization_id]
    return {one.pk: one for one in found}, {
        pk: organization_of[pk] for pk in organizations if pk in organization_of
    }


def _log_closed_needs(card: Card, needs: Iterable[Need], who: Who) -> None:
    """The card has logged the open ones; a closed need of a sensitive class is opened here too."""
    logged = {need.data_class for need in card.shown.needs}
    fresh = ({need.data_class for need in needs} & LOGGED) - logged
    if fresh:
        privacy.opened(
            person_id=card.file.person_id, subject=("file", card.file.pk), classes=fresh, by=who.actor
        )


def _entries(events: list[tuple[str, EventBase]], known: Known) -> Iterator[Entry]:
    """An entry each, but for what was corrected: that stands, struck out, in its correction."""
    corrected = {(type(event), event.supersedes_id) for _kind, event in events if event.supersedes_id}  # type: ignore[attr-defined]
    before: ByItself = {(type(event), event.pk): (kind, event) for kind, event in events} if corrected else {}
    together = _needs_together(events)
    escheated = {event.happened_at for kind, event in events if kind == "custody.escheated_in"}
    for kind, event in events:
        if kind == "file.received" and event.happened_at in escheated:
            continue  # it came by the agreement: the person was not asked
        if kind in UNSAID or (type(event), event.pk) in corrected or _said_by_the_answer(kind, event):
            continue
        if kind == "file.need_opened" and event.pk not in together:
            continue
        entry = _entry(kind, event, known)
        if kind == "file.need_opened" and len(together[event.pk]) > 1:
            entry.sentence = partial(_needs_sentence, together[event.pk], known)
        if before and (old := _chain(event, before)):
            _tell_as_correction(entry, old, event, known)
        yield entry


def stands(card: Card) -> list[tuple[str, EventBase, list[Noted]]]:
    """What happened as it is known now, with its notes: without what was corrected or struck."""
    events = list(_events(card))
    before: ByItself = {(type(event), event.pk): (kind, event) for kind, event in events}
    gone = {(type(event), event.supersedes_id) for _kind, event in events if event.supersedes_id}  # type: ignore[attr-defined]
    notes = Notes.of(card.shown)
    found = []
    for kind, event in events:
        if kind in CORRECTIONS or (type(event), event.pk) in gone or _said_by_the_answer(kind, event):
            continue
        about = [each.pk for _kind, each in (*_chain(event, before), (kind, event))]
        found.append((kind, event, notes.about("file_event", about) if isinstance(event, FileEvent) else []))
    return found


def _chain(event: EventBase, before: ByItself) -> list[tuple[str, EventBase]]:
    """What an event corrects, oldest first."""
    chain: list[tuple[str, EventBase]] = []
    at = before.get((type(event), event.supersedes_id))  # type: ignore[attr-defined]
    while at is not None:
        chain.insert(0, at)
        at = before.get((type(at[1]), at[1].supersedes_id))  # type: ignore[attr-defined]
    return chain


def _tell_as_correction(
    entry: Entry, old: list[tuple[str, EventBase]], event: EventBase, known: Known
) -> None:
    was = [_entry(*each, known) for each in old]
    entry.icon, entry.group = "edit", was[-1].group
    entry.reason = words_of_reason(event.reason)
    entry.by = _("you") if event.by == known.who.actor else who_did(event.by, known, event)
    entry.before = [
        one.says if one.on == entry.on else _("%(day)s: %(says)s") % {"day": one.day, "says": one.says}
        for one in was
    ]
    entry.notes = [*(note for one in was for note in one.notes), *entry.notes]


def _needs_together(events: list[tuple[str, EventBase]]) -> dict[int, list[FileEvent]]:
    """Needs that were written down in one go, under the first of them."""
    at_once: dict[tuple[datetime, int], list[FileEvent]] = {}
    for kind, event in events:
        if kind == "file.need_opened" and isinstance(event, FileEvent):
            at_once.setdefault((event.happened_at, event.by_id), []).append(event)
    return {found[0].pk: found for found in at_once.values()}


def _needs_sentence(events: list[FileEvent], known: Known) -> str:
    needs = said.together([_need_said(event, known) for event in events])
    return _("%(who)s wrote down what is needed: %(needs)s.") % {
        "who": who_did(events[0].by, known),
        "needs": needs,
    }


def _said_by_the_answer(kind: str, event: EventBase) -> bool:
    """A yes or a no says that they have it; "seen" in the same moment would say so twice."""
    return (
        kind == "referral.seen"
        and isinstance(event, ReferralEvent)
        and event.referral.answered_at == event.happened_at
    )


def _entry(kind: str, event: EventBase, known: Known) -> Entry:
    if kind in CORRECTIONS:
        return Entry("edit", FILE, "", event.happened_at, event.recorded_at)
    telling = TELLINGS.get(
        kind, Telling("info_outline", FILE, gettext_lazy("Something was written down by %(who)s."))
    )
    return Entry(
        icon=telling.icon,
        group=telling.group,
        sentence=lambda: str(telling.says) % facts_told(event, known),
        at=event.happened_at,
        recorded_at=event.recorded_at,
        notes=_notes_of(event, known),
        changes=_changes_of(kind, event, known),
        correction=partial(_correct_page, event, known),
        rank=RANK.get(kind, len(RANK)),
    )


def facts_told(event: EventBase, known: Known) -> said.Facts:
    facts = said.Facts(who=who_did(event.by, known, event), name=known.card.first)
    if isinstance(event, CustodyEvent):
        return facts | _custody_facts(event, known)
    if isinstance(event, FileEvent):
        return facts | _file_facts(event, known)
    if isinstance(event, ReferralEvent):
        told = referral_facts(event.referral, known.words)
        return (
            facts
            | told
            | {
                "how": known.how.get(event.detail, event.detail),
                "sender_told": _("You")
                if event.referral.sender_id == known.who.organization.pk
                else event.referral.sender.name,
                "settled": str(SETTLED.get(event.detail, event.detail)),
                "reason": lambda: reason_of(event.referral, known.words, event),
                "put_off": said.day(event.due_at) if event.due_at else "",
                "said_stage": said.inside(terms.word("stage", event.detail)),
                "said_next": said.inside(terms.word("what_next", event.detail)),
                "last_seen": said.last_seen(event.last_seen_on),
                "why_held": said.inside(terms.word("hold_reason", event.detail)),
            }
        )
    return facts


def _custody_facts(event: CustodyEvent, known: Known) -> dict[str, str]:
    member = known.members.get(event.membership_id or 0)
    other = known.organizations.get(event.other_organization_id or 0)
    return {
        "step": known.words.inside("next_step", event.detail),
        "release": known.words.inside("release_reason", event.detail),
        "refusal": known.words.inside("refusal_reason", event.detail),
        "due": said.weekday(event.due_at) if event.due_at else "",
        "member": _("the queue")
        if member is None
        else _("you")
        if member == known.who.membership
        else member.user.name,
        "organization": other.name if other else _("Another organization"),
    }


CARRIED_OUTCOMES: dict[str, Any] = {
    "arrived": gettext_lazy("they got there and are being helped"),
    "turned_away": gettext_lazy("they got there and could not be helped"),
    "did_not_go": gettext_lazy("they did not go"),
    "no_longer": gettext_lazy("they no longer want it"),
}


def _file_facts(event: FileEvent, known: Known) -> dict[str, Any]:
    return {
        "need": lambda: _need_said(event, known),
        "outcome": lambda: OUTCOMES.get(event.detail, ""),
        "carried": lambda: CARRIED_OUTCOMES.get(event.detail, ""),
        "recipients": lambda: _recipients_said(event, known),
        "until": lambda: said.day(consent.expires_at) if (consent := _consent_of(event, known)) else "",
        "how": lambda: known.how.get(event.detail.split(":")[0], ""),
    }


def _need_said(event: FileEvent, known: Known) -> str:
    need = known.needs.get(event.subject_id or 0)
    return known.words.inside("service_code", need.code) if need else _("one that your role doesn’t read")


def _consent_of(event: FileEvent, known: Known) -> Consent | None:
    return known.consents.get(event.subject_id or 0) if event.subject_kind == "consent" else None


def _recipients_said(event: FileEvent, known: Known) -> str:
    consent = _consent_of(event, known)
    asked = [
        known.organizations[pk].name
        for pk in (consent.recipients if consent else [])
        if pk in known.organizations
    ]
    return said.together(asked) or _("anybody")


# What a note is about, by the event of the same moment that it was written with.
WRITTEN_WITH: dict[str, str] = {
    CustodyEvent.Kind.NEXT_STEP_SET: "duty",
    ReferralEvent.Kind.SENT: "referral",
    ReferralEvent.Kind.SETTLED: "disposition",
}


def _notes_of(event: EventBase, known: Known) -> list[Noted]:
    if isinstance(event, FileEvent):
        return [_with_page(one, known) for one in known.notes.about("file_event", [event.pk])]
    about = WRITTEN_WITH.get(event.kind) if isinstance(event, CustodyEvent | ReferralEvent) else None
    if about is None:
        return []
    return [
        _with_page(note, known)
        for kind, note in known.notes.everything()
        if kind == about and note.first.recorded_at == event.recorded_at
    ]


def _notes_alone(known: Known, told: set[int]) -> Iterator[Entry]:
    """Notes that no entry has told yet, as what came with a referral: their own entries."""
    for kind, note in known.notes.everything():
        if kind == "file_event" or note.note.pk in told:
            continue
        says = str(TELLINGS["file.noted"].says) % {
            "who": who_did(known.writers[note.first.written_by_id], known)
        }
        at = note.first.recorded_at
        yield Entry("comment", FILE, says, at, at, [_with_page(note, known)])


# --- What can be corrected ----------------------------------------------------------------------------------------


def _may_correct(author_id: int, known: Known) -> bool:
    return author_id == known.who.actor.pk or known.who.may(Permission.CORRECT)


def _with_page(note: Noted, known: Known) -> Noted:
    if not note.text or note.note.copied or not _may_correct(note.note.written_by_id, known):
        return note
    page = reverse("people:correct_note", args=[known.card.file.code, code_of("note", note.note.pk)])
    return replace(note, correct=page)


def _correct_page(event: EventBase, known: Known) -> str:
    if not isinstance(event, FileEvent) or event.kind != FileEvent.Kind.CONTACTED:
        return ""
    if not _may_correct(event.by_id, known):
        return ""
    return known.corrects.replace(NO_CODE, code_of("event", event.pk))


def _changes_of(kind: str, event: EventBase, known: Known) -> list[Changed]:
    """What stood there before, with the entry that tells of the change; each once, where one moment has two such entries."""
    if kind not in CHANGE_TOLD:
        return []
    at = event.recorded_at
    changes = [one for one in known.card.shown.changes if one.changed_at == at]
    if kind == "file.learned":
        return changed(one for one in changes if one.data_class != "contact")
    told_apart = any(
        one.kind == FileEvent.Kind.LEARNED and one.recorded_at == at for one in known.card.events.file
    )
    return changed(one for one in changes if one.data_class == "contact" or not told_apart)


# --- What was just done -------------------------------------------------------------------------------------------


def just_done(card: Card, who: Who) -> list[FileEvent | CustodyEvent]:
    """What the viewer wrote down here within the last minute, in one press, that can be undone."""
    written: list[FileEvent | CustodyEvent] = [*card.events.file, *card.events.custody]
    own = [
        event
        for event in written
        if event.by_id == who.actor.pk and clock.now() - event.recorded_at <= UNDO_FOR
    ]
    if not own:
        return []
    last = max(event.recorded_at for event in own)
    gone = {(type(event), event.supersedes_id) for event in own if event.supersedes_id}
    return [
        event
        for event in own
        if event.recorded_at == last
        and event.supersedes_id is None
        and event.kind in ("contacted", "next_step_done")
        and (type(event), event.pk) not in gone
    ]
