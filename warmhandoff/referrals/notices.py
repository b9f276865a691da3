"""Mails about referrals. None holds a name, a need or a word about a person: they say that something waits, and where."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import ngettext_lazy

from warmhandoff.foundation import clock
from warmhandoff.foundation.mail_links import address_of, digits_of
from warmhandoff.foundation.messages import Urgency
from warmhandoff.jurisdictions import dates
from warmhandoff.network.notices import NetworkNotice, office_phone
from warmhandoff.referrals.models import AnswerLink, LinkCode, Referral
from warmhandoff.referrals.reading import state_words
from warmhandoff.referrals.states import ACCEPTED, OPEN, SENT


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
    name = "referrals.received"
    template = "referrals/notices/received"
    wanted_in = (SENT,)


class FreshLink(LinkNotice):
    name = "referrals.fresh_link"
    template = "referrals/notices/fresh_link"
    urgency = Urgency.NOW
    wanted_in = (*OPEN, "expired")


class QuestionAnswered(LinkNotice):
    name = "referrals.question_answered"
    template = "referrals/notices/question_answered"


class AnswerReminder(LinkNotice):
    name = "referrals.answer_reminder"
    template = "referrals/notices/answer_reminder"
    wanted_in = (SENT,)


class ContactReminder(LinkNotice):
    name = "referrals.contact_reminder"
    template = "referrals/notices/contact_reminder"
    wanted_in = (ACCEPTED,)


class ReviewReminder(LinkNotice):
    """The day has come on which they wanted to look at their waitlist again."""

    name = "referrals.review_reminder"
    template = "referrals/notices/review_reminder"
    wanted_in = (SENT,)


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
            "page": f"{settings.ROOT_URL}/referrals/{referral.code}/",
            **due_words(referral),
        }


class AnswerHeard(StaffNotice):
    name = "referrals.answer_heard"
    template = "referrals/notices/answer_heard"
    urgency = Urgency.DIGEST
    digest_words = ngettext_lazy(
        "%(number)s answer about a referral of yours",
        "%(number)s answers about referrals of yours",
        "number",
    )


class QuestionAsked(StaffNotice):
    name = "referrals.question_asked"
    template = "referrals/notices/question_asked"
    urgency = Urgency.DIGEST


class LeadTold(StaffNotice):
    """To the receiver's lead: something waits in your organization."""

    name = "referrals.lead_told"
    template = "referrals/notices/lead_told"

    def still_wanted(self) -> bool:
        return self.referral().state in (SENT, ACCEPTED)


class SilenceTold(StaffNotice):
    """To the sender: they are silent, and who knows of it."""

    name = "referrals.silence_told"
    template = "referrals/notices/silence_told"
    urgency = Urgency.DIGEST

    def still_wanted(self) -> bool:
        return self.referral().state in (SENT, ACCEPTED)


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
