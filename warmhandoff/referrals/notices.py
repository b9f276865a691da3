"""Mails about referrals. None holds a name, a need or a word about a person: they say that something waits, and where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.utils.translation import ngettext_lazy

from warmhandoff.custody.reading import custody_of
from warmhandoff.foundation import clock
from warmhandoff.foundation.mail_links import address_of, digits_of
from warmhandoff.foundation.messages import Urgency
from warmhandoff.foundation.models import ContactPoint
from warmhandoff.jurisdictions import dates
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.notices import NetworkNotice, office_phone
from warmhandoff.participants import own_links
from warmhandoff.referrals.looking import SecondLook
from warmhandoff.referrals.models import AnswerLink, Disposition, LinkCode, Referral, ReferralParty
from warmhandoff.referrals.reading import state_words
from warmhandoff.referrals.states import ACCEPTED, CONTACTED, DECLINED, ENGAGED, OPEN, SENT, UNSUCCESSFUL


def due_words(referral: Referral) -> dict[str, Any]:
    """By when the next word is due, and whether that word is the answer; what is waited for besides comes first."""
    put_off = referral.question_due_at or referral.held_until or referral.review_due_at
    due = referral.contact_due_at if referral.state == ACCEPTED else referral.answer_due_at
    at = put_off or due or referral.answer_due_at
    return {
        "asked": referral.state == SENT,
        "called": referral.state == ACCEPTED,
        "waits": referral.waits_for,
        "due": dates.moment(at),
        "due_day": dates.day_of(at),
    }


class LinkNotice(NetworkNotice):
    """To a service's mailbox, with the answer link. The subject is an answer link."""

    wanted_in: tuple[str, ...] = OPEN

    def link_row(self) -> AnswerLink:
        return AnswerLink.objects.select_related("referral__sender", "organization").get(
            pk=self.message.subject_id
        )

    def still_wanted(self) -> bool:
        row = self.link_row()
        return row.revoked_at is None and row.referral.state in self.wanted_in

    def context(self, language: str) -> dict[str, Any]:
        row = self.link_row()
        return super().context(language) | {
            "sender": row.referral.sender.name,
            "phone": row.referral.sender.phone,
            "receiver": row.organization.name,
            "link": address_of(row),
            **due_words(row.referral),
        }


class ReferralReceived(LinkNotice):
    """To a service's mailbox: somebody is referred to it."""

    name = "referrals.received"
    template = "referrals/notices/received"
    wanted_in = (SENT,)


class FreshLink(LinkNotice):
    """A fresh link to the same mailbox, which somebody there asked for this minute."""

    name = "referrals.fresh_link"
    template = "referrals/notices/fresh_link"
    urgency = Urgency.NOW
    wanted_in = (*OPEN, "expired")


class QuestionAnswered(LinkNotice):
    """To a service's mailbox: the reply to its question."""

    name = "referrals.question_answered"
    template = "referrals/notices/question_answered"


class SeenReminder(LinkNotice):
    """Nobody there has said that it arrived."""

    name = "referrals.seen_reminder"
    template = "referrals/notices/seen_reminder"
    wanted_in = (SENT,)

    def still_wanted(self) -> bool:
        return super().still_wanted() and self.link_row().referral.seen_at is None


class AnswerReminder(LinkNotice):
    """To a service's mailbox: its answer is due."""

    name = "referrals.answer_reminder"
    template = "referrals/notices/answer_reminder"
    wanted_in = (SENT,)


class ContactReminder(LinkNotice):
    """To a service's mailbox: the first contact is due."""

    name = "referrals.contact_reminder"
    template = "referrals/notices/contact_reminder"
    wanted_in = (ACCEPTED,)


class ReviewReminder(LinkNotice):
    """The day has come on which they wanted to look at their waitlist again."""

    name = "referrals.review_reminder"
    template = "referrals/notices/review_reminder"
    wanted_in = (SENT,)


class StillHere(LinkNotice):
    """After the first contact, and while it goes on: has it begun, do they still come?"""

    name = "referrals.still_here"
    template = "referrals/notices/still_here"
    wanted_in = (CONTACTED, ENGAGED)

    def context(self, language: str) -> dict[str, Any]:
        return super().context(language) | {"begun": self.link_row().referral.state == ENGAGED}


class MessageForYou(LinkNotice):
    """To a service's mailbox: there is something to read. Not a word of it."""

    name = "referrals.message_for_you"
    template = "referrals/notices/message_for_you"


class PutOff(LinkNotice):
    """The sender has put a referral off."""

    name = "referrals.put_off"
    template = "referrals/notices/put_off"

    def still_wanted(self) -> bool:
        return super().still_wanted() and self.link_row().referral.waits_for == "hold"


class HoldOver(LinkNotice):
    """What was put off goes on."""

    name = "referrals.hold_over"
    template = "referrals/notices/hold_over"

    def still_wanted(self) -> bool:
        return super().still_wanted() and self.link_row().referral.waits_for != "hold"


class CodeMail(NetworkNotice):
    """The six digits, to the same mailbox. Without the link: each alone opens nothing."""

    name = "referrals.code"
    template = "referrals/notices/code"
    urgency = Urgency.NOW

    def row(self) -> LinkCode:
        return LinkCode.objects.select_related("link__referral__sender", "link__organization").get(
            pk=self.message.subject_id
        )

    def still_wanted(self) -> bool:
        """A code that arrives after its ten minutes would only puzzle."""
        row = self.row()
        return row.used_at is None and row.expires_at > clock.now()

    def context(self, language: str) -> dict[str, Any]:
        row = self.row()
        return super().context(language) | {
            "sender": row.link.referral.sender.name,
            "phone": row.link.referral.sender.phone,
            "receiver": row.link.organization.name,
            "code": digits_of(row),
            "until": dates.moment(row.expires_at),
        }


class StaffNotice(NetworkNotice):
    """To someone who signs in. The subject is a referral; the link is to the page behind the sign-in."""

    def referral(self) -> Referral:
        return Referral.objects.select_related("sender", "receiver").get(pk=self.message.subject_id)

    def context(self, language: str) -> dict[str, Any]:
        referral = self.referral()
        return super().context(language) | {
            "sender": referral.sender.name,
            "receiver": referral.receiver.name,
            "phone": office_phone(),
            "state": state_words(referral),
            "met": referral.state == CONTACTED,
            "begun": referral.state == ENGAGED,
            "page": f"{settings.ROOT_URL}/referrals/{referral.code}/",
            **due_words(referral),
        }


class AskedAgain(LinkNotice):
    """The network's office has looked at a no, and asks once more."""

    name = "referrals.asked_again"
    template = "referrals/notices/asked_again"
    wanted_in = (SENT,)


class LookOver(LinkNotice):
    """The network's office has looked at a no, and it stands."""

    name = "referrals.look_over"
    template = "referrals/notices/look_over"
    wanted_in = (DECLINED,)


class LookDecided(StaffNotice):
    """To the sender: what came of the second look at a no."""

    name = "referrals.look_decided"
    template = "referrals/notices/look_decided"
    urgency = Urgency.DIGEST
    digest_words = ngettext_lazy(
        "%(number)s second look at a decline was taken",
        "%(number)s second looks at declines were taken",
        "number",
    )

    def verdict(self) -> str:
        return self.referral().looks.order_by("-id").values_list("verdict", flat=True).first() or ""

    def still_wanted(self) -> bool:
        return self.referral().state == (SENT if self.verdict() == "sent_back" else DECLINED)

    def context(self, language: str) -> dict[str, Any]:
        return super().context(language) | {"verdict": self.verdict()}


class LookWaits(NetworkNotice):
    """To whoever answers for the queue of the network's office: a second look is late. By its code; it names nobody."""

    name = "referrals.look_waits"
    template = "referrals/notices/look_waits"
    urgency = Urgency.DIGEST
    digest_words = ngettext_lazy(
        "%(number)s decline waits for your second look",
        "%(number)s declines wait for your second look",
        "number",
    )

    def look(self) -> SecondLook:
        return SecondLook.objects.get(pk=self.message.subject_id)

    def still_wanted(self) -> bool:
        return self.look().verdict == ""

    def context(self, language: str) -> dict[str, Any]:
        look = self.look()
        row = ReferralParty.objects.select_related("from_organization", "other_organization").get(
            referral_id=look.referral_id, side=ReferralParty.Side.NETWORK
        )
        return super().context(language) | {
            "sender": row.from_organization.name if row.from_organization else "",
            "receiver": row.other_organization.name,
            "due": dates.moment(look.due_at),
            "phone": office_phone(),
            "page": f"{settings.ROOT_URL}/network/declines/{row.code}/",
        }


class AnswerHeard(StaffNotice):
    """To the sender: the other side has said something."""

    name = "referrals.answer_heard"
    template = "referrals/notices/answer_heard"
    urgency = Urgency.DIGEST
    digest_words = ngettext_lazy(
        "%(number)s answer about a referral of yours",
        "%(number)s answers about referrals of yours",
        "number",
    )


class QuestionAsked(StaffNotice):
    """To the sender: the other side asks before it answers."""

    name = "referrals.question_asked"
    template = "referrals/notices/question_asked"
    urgency = Urgency.DIGEST


class LeadTold(StaffNotice):
    """To the receiver's lead: something waits in your organization."""

    name = "referrals.lead_told"
    template = "referrals/notices/lead_told"

    def still_wanted(self) -> bool:
        return self.referral().state in OPEN


class SilenceTold(StaffNotice):
    """To the sender: they are silent, and who knows of it."""

    name = "referrals.silence_told"
    template = "referrals/notices/silence_told"
    urgency = Urgency.DIGEST

    def still_wanted(self) -> bool:
        return self.referral().state in OPEN


class DecisionWaits(StaffNotice):
    """To whoever holds the person, and then to their lead: a referral is over, and nobody has decided what is next."""

    name = "referrals.decision_waits"
    template = "referrals/notices/decision_waits"

    def still_wanted(self) -> bool:
        return self.referral().state in UNSUCCESSFUL and still_undecided(self.message.subject_id)


def still_undecided(referral_id: int) -> bool:
    """Whether this organization still has to decide; as itself."""
    return Disposition.objects.filter(referral_id=referral_id, settled_at__isnull=True).exists()


class QuestionWaits(StaffNotice):
    """To the sender, and to the lead of whoever holds the person: a question waits, and the receiver waits for it."""

    name = "referrals.question_waits"
    template = "referrals/notices/question_waits"

    def still_wanted(self) -> bool:
        return self.referral().waits_for == "reply"


class MessageWaits(StaffNotice):
    """To the sender: there is something to read. Not a word of it."""

    name = "referrals.message_waits"
    template = "referrals/notices/message_waits"
    urgency = Urgency.DIGEST
    digest_words = ngettext_lazy(
        "%(number)s message to read",
        "%(number)s messages to read",
        "number",
    )


class StillAsking(NetworkNotice):
    """To the person: nothing has come of it yet, and somebody has them. From the place's name for participants; it names nobody
    but whom they can call."""

    name = "referrals.still_asking"
    template = "referrals/notices/still_asking"
    secrets: ClassVar[Mapping[str, str]] = {**NetworkNotice.secrets, "page": "[link]"}

    def sender_name(self) -> str:
        return current_place().names.participants

    def referral(self) -> Referral:
        return Referral.objects.get(pk=self.message.subject_id)

    def still_wanted(self) -> bool:
        """While what they were to hear is still so, and whoever wrote it holds them."""
        referral = self.referral()
        return referral.state in (SENT, ACCEPTED, CONTACTED) and custody_of(referral.person_id) is not None

    def context(self, language: str) -> dict[str, Any]:
        referral = self.referral()
        held = custody_of(referral.person_id)
        member = held and (held.membership or (held.queue and held.queue.lead))
        return {
            "network": current_place().names.participants,
            "asked": referral.state == SENT,
            "called": referral.state == ACCEPTED,
            "holder": member.user.name if member else "",
            "organization": held.organization.name if held else "",
            "phone": (member.phone if member else "") or (held.organization.phone if held else ""),
            **self._own_page(),
        }

    def _own_page(self) -> dict[str, str]:
        """Where their own page is, for who reads this mailbox; nothing where they have none."""
        point = ContactPoint.objects.get(pk=self.message.contact_point_id)
        link = own_links.page_for(point)
        return {"page": address_of(link)} if link else {}
