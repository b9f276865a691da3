"""A person's own copy of their file, in plain words and in their language: what it says, as data for the letter.

In it: who looks after them, what is known by class, what they need, their story, referrals, consents, and who could see what,
since when and why. Not in it: names of staff and of others (roles alone), who opened the file when (that protects staff and
is for the organization's own review), reminders among staff, and what was struck as a mistake: it was never about them.
What the rooms above the referrals keep, each subject tells itself (`copies`). See docs/adr/0005-a-persons-own-file.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from warmhandoff.custody.models import Custody
from warmhandoff.foundation import clock, terms, together
from warmhandoff.network.models import Organization
from warmhandoff.network.roles import SHEETS, Role
from warmhandoff.participants.models import AlternateContact, Consent, Need, Share, Unknown
from warmhandoff.participants.profile import NO, YES
from warmhandoff.participants.reading import known_of, said_before
from warmhandoff.referrals.reading import told_to_the_person
from warmhandoff.referrals.states import OPEN
from warmhandoff.web.people.asking import ATTESTED
from warmhandoff.web.people.card import CLASS_WORDS, Card, way_of
from warmhandoff.web.people.copies import PARTS
from warmhandoff.web.people.forms import LANGUAGES, area_choices
from warmhandoff.web.people.letter import Fact, Item, Section, Wording
from warmhandoff.web.people.noted import Notes
from warmhandoff.web.people.story import OUTCOMES, facts_told, known_for, stands
from warmhandoff.web.people.telling import Known
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said
from warmhandoff.web.today.lines import referral_facts

# Next steps, as the person reads of them; another kind keeps the words of staff.
STEPS: dict[str, Any] = {
    "find_place": gettext_lazy("a place for what you asked for"),
    "call": gettext_lazy("a call"),
    "meet": gettext_lazy("a meeting"),
    "documents": gettext_lazy("your papers"),
    "check_in": gettext_lazy("a talk about how it goes"),
    "plan": gettext_lazy("deciding together what comes next"),
}

THEIRS: dict[str, Any] = {
    "custody.taken_in": gettext_lazy(
        "We took you in. Since then we answer for you. Next step: %(step)s, by %(due)s."
    ),
    "custody.assigned": gettext_lazy("Someone else of us looks after you from this day on."),
    "custody.moved_out": gettext_lazy("%(organization)s looks after you from this day on."),
    "custody.moved_in": gettext_lazy("We look after you from this day on. Before, it was %(organization)s."),
    "custody.escheated_out": gettext_lazy(
        "Our organization closed. %(organization)s looks after you from this day on."
    ),
    "custody.escheated_in": gettext_lazy("%(organization)s closed. We look after you from this day on."),
    "custody.next_step_set": gettext_lazy("Next step: %(step)s, by %(due)s."),
    "custody.next_step_done": gettext_lazy("Done: %(step)s."),
    "custody.released": gettext_lazy("We no longer look after you: %(release)s."),
    "custody.asked": gettext_lazy("We asked another organization whether you can come to us."),
    "custody.asked_of_us": gettext_lazy("Another organization asked us whether you can come to them."),
    "custody.offered": gettext_lazy("We asked %(organization)s whether they can look after you."),
    "custody.offered_to_us": gettext_lazy("%(organization)s asked us whether we can look after you."),
    "custody.refused": gettext_lazy("The answer was no. You stay where you are."),
    "custody.asking_withdrawn": gettext_lazy("The question was taken back. You stay where you are."),
    "custody.asking_expired": gettext_lazy("The question had no answer. You stay where you are."),
    "custody.linked": gettext_lazy("%(organization)s looks after you, for us too."),
    "custody.kept": gettext_lazy("We look after you, for %(organization)s too."),
    "custody.unlinked": gettext_lazy("We look after you again, each on our own."),
    "custody.merged": gettext_lazy("We had two files on you and put them together."),
    "custody.unmerged": gettext_lazy("We made two files of it again."),
    "file.taken_in_again": gettext_lazy("You came back to us."),
    "file.received": gettext_lazy("We got what you had agreed to share with us."),
    "file.contact_changed": gettext_lazy("We changed how we reach you, or what we know of you."),
    "file.contact_corrected": gettext_lazy("We mended something about you that was written down wrong."),
    "file.need_opened": gettext_lazy("You told us what you need: %(need)s."),
    "file.need_closed": gettext_lazy("This need is closed: %(need)s. %(outcome)s."),
    "file.consent_given": gettext_lazy("You said yes: we may share with %(recipients)s, until %(until)s."),
    "file.consent_refused": gettext_lazy("You said no: we share nothing with %(recipients)s."),
    "file.consent_revoked": gettext_lazy(
        "You took your yes back: we share nothing more with %(recipients)s."
    ),
    "file.contacted": gettext_lazy("We talked with each other. %(how)s."),
    "file.tried": gettext_lazy("We tried to reach you. %(how)s."),
    "file.noted": gettext_lazy("We wrote a note."),
    "file.learned": gettext_lazy("You told us more about yourself."),
    "file.look_allowed": gettext_lazy("You said yes: we may look whether a partner knows you."),
    "file.look_refused": gettext_lazy("You said no: we do not look whether a partner knows you."),
    "file.carried": gettext_lazy("We gave you a referral on paper. Nothing about you was sent."),
    "file.carried_closed": gettext_lazy("The referral on paper is over."),
    "file.handed_out": gettext_lazy("We gave you a copy of your file."),
    "referral.sent": gettext_lazy("%(receiver)s was asked for you: %(service)s."),
    "referral.seen": gettext_lazy("%(receiver)s has the question and will answer."),
    "referral.asked": gettext_lazy("%(receiver)s asked us something first."),
    "referral.answered_question": gettext_lazy("Their question was answered."),
    "referral.accepted": gettext_lazy("%(receiver)s said yes: %(service)s."),
    "referral.declined": gettext_lazy("%(receiver)s said no: %(reason)s."),
    "referral.asked_again": gettext_lazy("%(receiver)s was asked once more."),
    "referral.expired": gettext_lazy("%(receiver)s did not answer."),
    "referral.attempted": gettext_lazy("%(receiver)s tried to reach you."),
    "referral.contacted": gettext_lazy("You and %(receiver)s talked with each other."),
    "referral.confirmed": gettext_lazy("%(receiver)s says that it goes on: %(service)s."),
    "referral.engaged": gettext_lazy("It began: %(service)s at %(receiver)s."),
    "referral.completed": gettext_lazy("You finished it: %(service)s at %(receiver)s."),
    "referral.completed:place": gettext_lazy("You have a place: %(service)s at %(receiver)s."),
    "referral.ended_early": gettext_lazy("It ended early: %(service)s at %(receiver)s."),
    "referral.lost_contact": gettext_lazy("%(receiver)s could not reach you."),
    "referral.waitlisted": gettext_lazy("%(receiver)s is full. You are on their list."),
    "referral.held": gettext_lazy("It was put off: %(service)s at %(receiver)s."),
    "referral.resumed": gettext_lazy("It goes on: %(service)s at %(receiver)s."),
    "referral.stage": gettext_lazy("%(service)s at %(receiver)s: %(said_stage)s."),
    "referral.withdrawn": gettext_lazy("The question to %(receiver)s was taken back."),
    "referral.receiver_closed": gettext_lazy("%(receiver)s closed."),
    "referral.settled": gettext_lazy("What came after %(receiver)s: %(settled)s."),
}
# Not told to the person: said by another line of the same moment, or how staff remind each other, or a mistake.
UNTOLD = frozenset(
    {
        "file.taken_in", "file.struck", "custody.struck",
        "referral.disposition_opened", "referral.assigned", "referral.message", "referral.question_late",
        "referral.question_lead_told", "referral.review_reminded", "referral.review_lead_told", "referral.review_sender_told",
        "referral.reminded", "referral.lead_told", "referral.sender_told", "referral.contact_late",
        "referral.contact_lead_told", "referral.contact_sender_told", "referral.network_reminded",
        "referral.suggested", "referral.struck", "referral.seen_late", "referral.seen_lead_told", "referral.person_told",
        "referral.question_sender_told", "referral.contact_person_told", "referral.contact_undecided", "referral.start_late",
        "referral.start_lead_told", "referral.start_sender_told", "referral.start_person_told", "referral.engaged_late",
        "referral.engaged_lead_told", "referral.engaged_sender_told", "referral.decision_late", "referral.decision_lead_told",
        "referral.person_told:holder", "referral.contact_person_told:holder", "referral.start_person_told:holder",
        "referral.decision_office_told", "referral.second_look", "referral.look_confirmed", "referral.look_rerouted",
    }
)  # fmt: skip
UNKNOWN_WORDS = {
    Unknown.NOT_ASKED: gettext_lazy("We have not asked yet."),
    Unknown.DOESNT_KNOW: gettext_lazy("You said that you do not know."),
    Unknown.PREFERS_NOT: gettext_lazy("You said that you prefer not to say."),
}
PAPERS = {
    "photo_id": gettext_lazy("Photo ID"),
    "driver_license": gettext_lazy("Driver’s license"),
    "social_security": gettext_lazy("Social Security card"),
    "birth_certificate": gettext_lazy("Birth certificate"),
    "right_to_work": gettext_lazy("Papers that show the right to work"),
}
# What they told, by question: its label, and the vocabulary of its answers.
TOLD: dict[str, tuple[Any, str]] = {
    "diploma": (gettext_lazy("High-school diploma or its equal"), ""),
    "employment": (gettext_lazy("Work"), "employment"),
    "housing": (gettext_lazy("Housing"), "housing_status"),
    "gender": (gettext_lazy("Gender"), "gender"),
    "veteran": (gettext_lazy("Veteran"), ""),
    "disability": (gettext_lazy("Disability"), ""),
    "justice": (gettext_lazy("Ever involved with the justice system"), ""),
    "attested_by": (gettext_lazy("Who says so"), ""),
    "races": (gettext_lazy("Race or origin"), "race"),
}
PAPER_STANDS = {
    "has": gettext_lazy("You have it."),
    "hasnt": gettext_lazy("You do not have it."),
    "on_the_way": gettext_lazy("It is on the way."),
}
HOW_ASKED = {
    "paper": gettext_lazy("on paper"),
    "screen": gettext_lazy("on a screen"),
    "spoken": gettext_lazy("spoken, with a witness"),
}


def letter_of(
    card: Card,
    who: Who,
    *,
    language: str,
    left_out: frozenset[int] = frozenset(),
    behind: Sequence[Card] = (),
) -> dict[str, Any]:
    """What the letter says. `left_out`: notes that tell about somebody else, by their number.

    `behind`: other files on the same person that were put together with this one; nothing of theirs stands in it.
    """
    with translation.override(language):
        organization = card.file.organization
        sections = [
            _who_looks_after_them(card, organization),
            _what_we_know(card, who),
            *_what_they_said_before(card, who),
            _what_they_need(card),
            _story(card, who, left_out),
            _referrals(card),
            *_of_rooms(card, left_out, language),
            what_they_said(card),
            who_could_see(card),
            *(section for other in behind for section in _other_file(other, who, left_out, language)),
            _rights(organization),
        ]
        today = said.full_day(said.today())
        return {
            "lang": language,
            "title": _("Your file"),
            "footer": _("Made on %(day)s") % {"day": today},
            "missing_letters": _("Our printer does not have some of the letters. They stand here as “?”."),
            "lead": [
                _("This is your own copy of what %(name)s keeps about you. It was made on %(day)s, because you asked for it.")
                % {"name": organization.name, "day": today},
                _("People who work with you are named by their work, and not by their names. Keep this paper safe: it is private."),
                _("What we know about your safety, or about violence, is not on this paper, beyond the help that you asked for: somebody else may find it. Ask us, and we tell you."),
            ],
            "sections": [asdict(section) for section in sections],
        }  # fmt: skip


def _other_file(card: Card, who: Who, left_out: frozenset[int], language: str) -> Iterator[Section]:
    """What stands in a file that is no longer shown."""
    yield Section(
        _("Your other file"),
        [_("We had two files on you and put them together. What follows stands in the other one.")],
    )
    yield _what_we_know(card, who)
    yield from _what_they_said_before(card, who)
    yield _what_they_need(card)
    yield _story(card, who, left_out)
    yield _referrals(card)
    yield from _of_rooms(card, left_out, language)
    yield what_they_said(card)
    yield who_could_see(card)


def _who_looks_after_them(card: Card, ours: Organization) -> Section:
    section = Section(_("Who looks after you"))
    if card.custody is not None:
        says = _("%(name)s looks after you since %(day)s. The person for you there: %(role)s.")
        facts = {"name": ours.name, "day": said.full_day(said.day_of(card.custody.since))}
        section.lines.append(says % (facts | {"role": _role_of(card.custody)}))
    else:
        section.lines.append(_("%(name)s does not look after you now.") % {"name": ours.name})
        if card.file.person.closed_at is None and card.works:
            section.lines.append(
                _("Another organization looks after you: %(name)s.") % {"name": card.held.says}
            )
    if ours.phone:
        section.lines.append(_("Phone: %(phone)s") % {"phone": ours.phone})
    return section


def _role_of(custody: Custody) -> str:
    if custody.membership is None:
        return _("whoever is on duty")
    return str(_(SHEETS[Role(custody.membership.role)].label))


# --- What is known ------------------------------------------------------------------------------------------------


def _what_we_know(card: Card, who: Who) -> Section:
    section = Section(_("What we know about you"))
    section.facts = [*_contact(card), *_ways(card), *_told(card, who)]
    return section


def _contact(card: Card) -> Iterator[Fact]:
    contact = card.shown.contact
    if contact is None:
        return
    areas = {str(code): str(words) for code, words in area_choices()}
    yield Fact(_("Name"), contact.name)
    if contact.pronouns:
        yield Fact(_("Pronouns"), contact.pronouns)
    yield Fact(
        _("Birth date"),
        said.full_day(contact.birth_date) if contact.birth_date else _why(contact.birth_date_unknown),
    )
    yield Fact(_("Language"), str(LANGUAGES.get(contact.language, contact.language)))
    yield Fact(_("Area"), areas.get(contact.area, "") or _why(contact.area_unknown))
    address = ", ".join(part for part in (contact.street, contact.zip_code) if part)
    if address:
        yield Fact(_("Address"), address)
    if contact.availability:
        free = said.words_of("availability").of("availability", contact.availability)
        yield Fact(_("When you are free"), free)
    if contact.do_not_contact:
        yield Fact(_("Contact"), _("You asked us not to contact you for now."))


def _why(unknown: str) -> str:
    return str(UNKNOWN_WORDS.get(unknown, UNKNOWN_WORDS[Unknown.NOT_ASKED]))  # type: ignore[call-overload]


def _ways(card: Card) -> Iterator[Fact]:
    for point in card.shown.reach:
        way = way_of(point)
        stopped = _("We no longer use it.") if point.stopped_at else ""
        yield Fact(_("How we reach you"), " ".join(part for part in (way.says + ".", stopped) if part))
    for each in AlternateContact.objects.filter(file=card.file).order_by("id"):
        yield Fact(
            _("Someone else we may call"),
            _("One person whom you named to us.")
            + (" " + _("We may say who calls.") if each.may_say_who_calls else ""),
        )


def _told(card: Card, who: Who) -> Iterator[Fact]:
    """What they told beyond contact and needs. Opening it is written down, as ever."""
    known = known_of(card.file, by=who.actor)
    for kind, standing in known.papers.items():
        yield _fact(kind, standing)
    for name in TOLD:
        answer = ",".join(known.races) or known.races_unknown if name == "races" else getattr(known, name)
        if answer:
            yield _fact(name, answer)


def _fact(name: str, answer: str) -> Fact:
    """One answer by its question, several joined by commas."""
    if name in PAPERS:
        return Fact(str(PAPERS[name]), str(PAPER_STANDS.get(answer, "")) or _why(answer))
    label, vocabulary = TOLD[name]
    return Fact(str(label), _answer(name, answer, vocabulary))


def _answer(name: str, answer: str, vocabulary: str) -> str:
    if answer in (YES, NO):
        return _("Yes.") if answer == YES else _("No.")
    if answer in Unknown.values:
        return _why(answer)
    if name == "attested_by":
        return _("You said so.") if answer == ATTESTED[0][0] else _("A letter says so.")
    return said.together([terms.word(vocabulary, one) for one in answer.split(",")])


def _what_they_said_before(card: Card, who: Who) -> Iterator[Section]:
    """What is kept of what they told before and tell otherwise now; no section where there is nothing of it."""
    section = Section(_("What you told us before"))
    for change in said_before(card.file, by=who.actor):
        if change.was and (change.field in TOLD or change.field in PAPERS):
            before = _fact(change.field, change.was)
            says = _("%(label)s. Before this day it said: %(value)s") % asdict(before)
            section.items.append(Item(said.full_day(said.day_of(change.changed_at)), says))
    if section.items:
        yield section


def _what_they_need(card: Card) -> Section:
    words = said.words_of("service_code")
    section = Section(_("What you need"))
    for need in (*card.shown.needs, *card.shown.closed_needs):
        if need.outcome == Need.Outcome.MISTAKE:
            continue
        says = words.of("service_code", need.code) + "."
        if need.closed_on:
            says += f" {OUTCOMES[need.outcome]} ({said.full_day(need.closed_on)})."
        section.items.append(Item(said.full_day(need.opened_on), says))
    if not section.items:
        section.lines.append(_("Nothing is written down."))
    return section


# --- What happened ------------------------------------------------------------------------------------------------


def _story(card: Card, who: Who, left_out: frozenset[int]) -> Section:
    section = Section(_("What happened"))
    events = stands(card)
    known = known_for(card, who, [(kind, event) for kind, event, _notes in events])
    told = [
        # What was said in the very moment of "we took you in" came with it.
        (event.happened_at, kind != "custody.taken_in", _said_to_them(kind, event, known), notes)
        for kind, event, notes in events
        if kind not in UNTOLD
    ]
    # Notes with a next step or a referral.
    told += [
        (one.first.recorded_at, True, str(THEIRS["file.noted"]), [one])
        for kind, one in known.notes.everything()
        if kind not in TOLD_APART and one.text
    ]
    for at, _order, says, notes in sorted(told, key=lambda each: each[:2]):
        shown = [one.text for one in notes if one.text and one.note.pk not in left_out]
        section.items.append(Item(said.full_day(said.day_of(at)), says, shown))
    hidden = sum(1 for _kind, one in known.notes.everything() if one.text and one.note.pk in left_out)
    if hidden:
        section.lines.append(
            _("Notes that tell about somebody else are left out: %(number)s.") % {"number": hidden}
        )
    return section


# Notes that stand with what they are about.
TOLD_APART = frozenset({"file_event", *(kind for part in PARTS for kind in part.notes)})
# What the rooms above the referrals keep of somebody, in one statement.
_OF_ROOMS = together.Prepared(lambda file: [rows for part in PARTS for rows in part.rows(file)])
_PARTS_OF = [(part, len(part.rows(0))) for part in PARTS]


def _of_rooms(card: Card, left_out: frozenset[int], language: str) -> Iterator[Section]:
    """What they take part in, plan, get and do, as each subject tells it of its own rows."""
    rows, at = _OF_ROOMS.read(file=card.file.pk), 0
    wording = Wording(language, Notes.of(card.shown), left_out)
    for part, number in _PARTS_OF:
        yield from part.tells(rows[at : at + number], wording)
        at += number


def _said_to_them(kind: str, event: Any, known: Known) -> str:
    facts = facts_told(event, known)
    if kind.startswith("custody.") and event.detail in STEPS:
        facts = facts | {"step": STEPS[event.detail]}
    return str(THEIRS[kind]) % facts


def _referrals(card: Card) -> Section:
    words = said.words_of("decline_reason", "end_reason", "withdraw_reason")
    section = Section(_("Where you were referred"))
    for one in card.referrals:
        told = referral_facts(one, words)
        how = told_to_the_person(one, translation.get_language() or "en")
        says = f"{told['service']}, {told['receiver']}. {how}"
        section.items.append(Item(said.full_day(said.day_of(one.sent_at)), says))
    if not section.items:
        section.lines.append(_("Nowhere until now."))
    elif any(one.state in OPEN for one in card.referrals):
        section.lines.append(_("Some are still open. We tell you what comes of them."))
    return section


# --- What they agreed to ------------------------------------------------------------------------------------------


def what_they_said(card: Card) -> Section:
    section = Section(_("What you said yes or no to"))
    consents = card.shown.consents
    names = recipient_names({pk for one in consents for pk in one.recipients})
    for one in sorted(consents, key=lambda each: (each.given_at, each.pk)):
        section.items.append(Item(said.full_day(said.day_of(one.given_at)), _consent(one, names)))
    if not section.items:
        section.lines.append(_("We have not asked you to share anything yet."))
    return section


def recipient_names(pks: set[int]) -> dict[int, str]:
    return dict(Organization.objects.filter(pk__in=pks).values_list("pk", "name"))


def _consent(one: Consent, names: dict[int, str]) -> str:
    facts = {
        "recipients": said.together([names[pk] for pk in one.recipients if pk in names]) or _("anybody"),
        "how": str(HOW_ASKED[one.how]),
        "parts": _classes(one.data_classes),
        "until": said.full_day(said.day_of(one.expires_at)),
    }
    if one.refused:
        return _("You said no to sharing with %(recipients)s (%(how)s).") % facts
    says = _("You said yes to sharing with %(recipients)s: %(parts)s, until %(until)s (%(how)s).") % facts
    if one.revoked_at:
        day = said.full_day(said.day_of(one.revoked_at))
        says += " " + _("You took it back on %(day)s.") % {"day": day}
    return says


def _classes(classes: list[str]) -> str:
    return ", ".join(str(CLASS_WORDS.get(each, each)) for each in sorted(set(classes)))


def who_could_see(card: Card) -> Section:
    section = Section(
        _("Who could see what"),
        [
            _("At our office: case managers and the lead read your file. Peer mentors see your name, how to reach you, and what you take part in: groups, appointments, training and work."),
        ],
    )  # fmt: skip
    shares = Share.objects.filter(file=card.file, organization_id=card.file.organization_id)
    for share in shares.select_related("recipient").order_by("since", "id"):
        facts = {
            "name": share.recipient.name,
            "what": str(CLASS_WORDS.get(share.data_class, share.data_class)),
            "until": said.full_day(said.day_of(min(share.revoked_at or share.until, share.until))),
        }
        why = (
            _("because our organization closed, by its agreement with the network")
            if share.basis == Share.Basis.ESCHEAT
            else _("because you said yes")
        )
        over = share.revoked_at is not None or share.until <= clock.now()
        says = (
            _("%(name)s could see: %(what)s, until %(until)s,")
            if over
            else _("%(name)s can see: %(what)s, until %(until)s,")
        )
        section.items.append(Item(said.full_day(said.day_of(share.since)), f"{says % facts} {why}."))
    if not section.items:
        section.lines.append(_("No other organization could see anything of your file."))
    else:
        section.lines.append(
            _(
                "An organization that was told something keeps what it was told, in its own file. You can ask them for it."
            )
        )
    return section


def _rights(ours: Organization) -> Section:
    return Section(
        _("What you can do"),
        [
            _("Is something wrong? Tell us, and we mend it."),
            _("You can stop sharing at any time. You can say no, and we go on helping you."),
            _("You can ask for this paper again whenever you want."),
        ],
    )
