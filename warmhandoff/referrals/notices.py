"""Mails about referrals. None holds a name, a need or a word about a person: they say that something waits, and where."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from warmhandoff.foundation.models import Actor
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.notices import NetworkNotice
from warmhandoff.referrals.models import AnswerLink, LinkCode, Referral
from warmhandoff.referrals.states import ACCEPTED, OPEN, SENT, STAFF_WORDS


class LinkNotice(NetworkNotice):
    """To a service's mailbox, with the answer link. The subject is an answer link."""

    wanted_in: tuple[str, ...] = OPEN

    def link_row(self) -> AnswerLink:
        return AnswerLink.objects.select_related("referral__service", "referral__sender", "organization").get(
            pk=self.message.subject_id
        )

    def still_wanted(self) -> bool:
        row = self.link_row()
        return row.revoked_at is None and row.referral.state in self.wanted_in

    def context(self, language: str) -> dict[str, Any]:
        from warmhandoff.referrals.links import address_of

        row, place = self.link_row(), current_place()
        due = row.referral.contact_due_at if row.referral.state == ACCEPTED else row.referral.answer_due_at
        return super().context(language) | {
            "sender": row.referral.sender.name,
            "receiver": row.organization.name,
            "service": row.referral.service.in_language(language),
            "due_at": place.local(due) if due else None,
            "link": address_of(row),
        }

    def undeliverable(self, actor: Actor) -> None:
        from warmhandoff.referrals.actions import mail_failed

        mail_failed(referral=self.link_row().referral, by=actor)


class ReferralReceived(LinkNotice):
    name = "referrals.received"
    template = "referrals/notices/received"
    wanted_in = (SENT,)


class FreshLink(LinkNotice):
    name = "referrals.fresh_link"
    template = "referrals/notices/fresh_link"
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


class CodeMail(NetworkNotice):
    """The six digits, to the same mailbox. Without the link: each alone opens nothing."""

    name = "referrals.code"
    template = "referrals/notices/code"

    def row(self) -> LinkCode:
        return LinkCode.objects.select_related("link__referral__service").get(pk=self.message.subject_id)

    def still_wanted(self) -> bool:
        return self.row().used_at is None

    def context(self, language: str) -> dict[str, Any]:
        from warmhandoff.referrals.links import digits_of

        row = self.row()
        return super().context(language) | {
            "service": row.link.referral.service.in_language(language),
            "code": digits_of(row),
            "until": current_place().local(row.expires_at),
        }


class StaffNotice(NetworkNotice):
    """To someone who signs in. The subject is a referral; the link is to the page behind the sign-in."""

    def referral(self) -> Referral:
        return Referral.objects.select_related("service", "sender", "receiver").get(
            pk=self.message.subject_id
        )

    def context(self, language: str) -> dict[str, Any]:
        referral, place = self.referral(), current_place()
        due = referral.contact_due_at if referral.state == ACCEPTED else referral.answer_due_at
        return super().context(language) | {
            "sender": referral.sender.name,
            "receiver": referral.receiver.name,
            "service": referral.service.in_language(language),
            "state": str(STAFF_WORDS[referral.state]),
            "due_at": place.local(due) if due else None,
            "page": f"{settings.ROOT_URL}/referrals/{referral.code}/",
        }


class AnswerHeard(StaffNotice):
    name = "referrals.answer_heard"
    template = "referrals/notices/answer_heard"


class QuestionAsked(StaffNotice):
    name = "referrals.question_asked"
    template = "referrals/notices/question_asked"


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

    def still_wanted(self) -> bool:
        return self.referral().state in (SENT, ACCEPTED)
