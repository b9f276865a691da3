"""What mails of the network have in common, the daily digest and the invitation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, time
from functools import cached_property
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, ngettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from warmhandoff.foundation import actors, clock, duties, messages
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.messages import Notice, Urgency
from warmhandoff.foundation.models import Actor, Duty, Message
from warmhandoff.jurisdictions import dates
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network import digests
from warmhandoff.network.invitations import address_of
from warmhandoff.network.models import Digest, Improvement, ImprovementReport, Invitation, Membership
from warmhandoff.network.reading import led_queue_of, name_of, office

INVITATION = "invitation"
DIGEST = "digest"
INVITATION_FAILED = "invitation_failed"
IMPROVEMENT_REPORT = "improvement_report"

STAFF = "membership"
STAFF_MAIL_FAILED = "staff_mail_failed"

duties.name(
    {
        INVITATION_FAILED: duties.Kind(_("An invitation that did not arrive")),
        STAFF_MAIL_FAILED: duties.Kind(_("A colleague whom no mail reaches")),
    }
)


class NetworkNotice(Notice):
    """A mail to staff of the network: it carries the network's public name. Times are said as the place says them."""

    def sender_name(self) -> str:
        return current_place().names.network

    def context(self, language: str) -> dict[str, Any]:
        return {"network": current_place().names.network}


def office_phone() -> str:
    """Whom to call where no organization of the message is nearer."""
    found = office()
    return found.phone if found else ""


class DailyDigest(NetworkNotice):
    """To each member, once a day: what needs them, counted. The subject is their digest's row; what it says is of this minute."""

    name = "network.digest"
    template = "network/notices/digest"

    def still_wanted(self) -> bool:
        """On its own day, while the offices are open, and while something of it still needs them."""
        place, now = current_place(), clock.now()
        day = place.day_of(self.message.queued_at)
        if place.day_of(now) != day or now >= place.end_of(day) or not self._membership.is_active:
            return False
        return self._needs.are_told(digests.choice_of(self._membership))

    def context(self, language: str) -> dict[str, Any]:
        needs = self._needs
        return super().context(language) | {
            "organization": self._membership.organization.name,
            "today": dates.day_of(clock.now()),
            "counted": _counted(needs),
            "groups": [
                (title, _lines(found))
                for title, found in (
                    (gettext("Late"), needs.late),
                    (gettext("Due today"), needs.due_today),
                    (gettext("New"), needs.new),
                )
                if found
            ],
            "news": _news(needs.news),
            "next_day": dates.day_of(needs.next_at) if needs.next_at else "",
            "phone": office_phone(),
            "page": f"{settings.ROOT_URL}/today/",
        }

    def sent(self) -> None:
        digests.put_away(self._needs, Message.State.SENT)
        by = actors.system_actor(self.message.organization_id)
        no_mail = duties.open_about((STAFF, self._membership.pk), STAFF_MAIL_FAILED)
        duties.close(no_mail, how=Duty.Closed.DONE, by=by)

    def undeliverable(self, actor: Actor) -> None:
        """Whoever answers for the queue must know that a colleague gets no mail; asked once, until it is seen to."""
        queue, subject = led_queue_of(self.message.organization_id), (STAFF, self._membership.pk)
        if queue is None or duties.open_about(subject, STAFF_MAIL_FAILED).exists():
            return
        duties.open_duty(
            owner=Owner(self.message.organization_id, queue_id=queue.pk),
            kind=STAFF_MAIL_FAILED,
            due_at=current_place().deadline("next_step", clock.now()),
            by=actor,
            subject=subject,
        )

    @cached_property
    def _digest(self) -> Digest:
        return Digest.objects.select_related("membership__organization").get(pk=self.message.subject_id)

    @property
    def _membership(self) -> Membership:
        return self._digest.membership

    @cached_property
    def _needs(self) -> digests.Needs:
        return digests.needs_of(self._membership, since=self._digest.since)


def _counted(needs: digests.Needs) -> str:
    """`2 late, 1 due today, 3 new`, without what there is none of."""
    said = (
        (ngettext("%(number)s late", "%(number)s late", len(needs.late)), len(needs.late)),
        (
            ngettext("%(number)s due today", "%(number)s due today", len(needs.due_today)),
            len(needs.due_today),
        ),
        (ngettext("%(number)s new", "%(number)s new", len(needs.new)), len(needs.new)),
        (ngettext("%(number)s to read", "%(number)s to read", len(needs.news)), len(needs.news)),
    )
    return ", ".join(words % {"number": number} for words, number in said if number)


def _lines(found: Sequence[Duty]) -> list[dict[str, Any]]:
    """A line a kind: how many, and when the first of them is due."""
    kinds: dict[str, list[Duty]] = {}
    for duty in found:
        kinds.setdefault(str(duties.kind_of(duty.kind).words), []).append(duty)
    return [
        {"words": words, "number": len(each), "due": dates.day_of(each[0].due_at)}
        for words, each in kinds.items()
    ]


def _news(news: Sequence[Notice]) -> list[str]:
    kinds: dict[type[Notice], int] = Counter(type(each) for each in news)
    return [str(kind.digest_words % {"number": number}) for kind, number in kinds.items()]


class InvitationMail(NetworkNotice):
    """The way in, which somebody sent this minute."""

    name = "network.invitation"
    template = "network/notices/invitation"
    urgency = Urgency.NOW

    def still_wanted(self) -> bool:
        invitation = self._invitation()
        return (
            invitation.accepted_at is None
            and invitation.withdrawn_at is None
            and invitation.expires_at > clock.now()
        )

    def context(self, language: str) -> dict[str, Any]:
        invitation = self._invitation()
        by_a_colleague = invitation.invited_by.kind == Actor.Kind.MEMBER
        return super().context(language) | {
            "organization": invitation.organization.name,
            "inviter": name_of(invitation.invited_by) if by_a_colleague else "",
            "phone": invitation.organization.phone or office_phone(),
            "until": dates.day_of(invitation.expires_at),
            "link": address_of(invitation),
        }

    def undeliverable(self, actor: Actor) -> None:
        """Whoever invited must know: the address may be mistyped, and nobody else waits for it."""
        owner = self._who_is_told(self._invitation().invited_by)
        if owner is not None:
            duties.open_duty(
                owner=owner,
                kind=INVITATION_FAILED,
                due_at=current_place().deadline("next_step", clock.now()),
                by=actor,
                subject=(INVITATION, self.message.subject_id),
            )

    @staticmethod
    def _who_is_told(inviter: Actor) -> Owner | None:
        """Whoever invited; where they no longer work there, whoever answers for the queue. An operator reads the log."""
        here, work = inviter.organization_id, inviter.subject_id
        if inviter.kind != Actor.Kind.MEMBER or here is None or work is None:
            return None
        if Membership.objects.filter(pk=work, state=Membership.State.ACTIVE).exists():
            return Owner(here, membership_id=work)
        queue = led_queue_of(here)
        return Owner(here, queue_id=queue.pk) if queue else None

    def _invitation(self) -> Invitation:
        return Invitation.objects.select_related("organization", "invited_by").get(pk=self.message.subject_id)


class ImprovementMail(NetworkNotice):
    """To whoever said that something doesn't work: how it stands now. Nothing of what they typed is in it."""

    name = "network.improvement"
    template = "network/notices/improvement"
    urgency = Urgency.DIGEST
    digest_words = ngettext_lazy(
        "%(number)s thing that you said doesn’t work has a new answer",
        "%(number)s things that you said don’t work have a new answer",
        "number",
    )

    def context(self, language: str) -> dict[str, Any]:
        found = (
            ImprovementReport.objects.select_related("improvement")
            .get(pk=self.message.subject_id)
            .improvement
        )
        said = found.said_es or found.said if language.startswith("es") else found.said
        return super().context(language) | {
            "state": gettext(Improvement.State(found.state).label),
            "said": said,
            "page": f"{settings.ROOT_URL}/improvements/mine/",
        }


def _hours_of_the_place(moment: datetime, on_closed_days: bool, quiet: tuple[time, time] | None) -> datetime:
    return current_place().mails_go_out(moment, on_closed_days=on_closed_days, quiet=quiet)


messages.keep_hours(_hours_of_the_place)
