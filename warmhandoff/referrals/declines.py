"""Noes that are looked at once more: the desk of the network's office, by code; and how it stands, for both sides."""

from __future__ import annotations

from dataclasses import dataclass

from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import NotYours
from warmhandoff.network.reading import navigators, office
from warmhandoff.referrals import board
from warmhandoff.referrals.looking import SecondLook
from warmhandoff.referrals.models import Referral, ReferralNote, ReferralParty
from warmhandoff.referrals.states import DECLINED, MOST_ROUNDS

Verdict = SecondLook.Verdict


@dataclass(frozen=True)
class Review:
    """One no at the desk: the look, and the office's own row of the referral."""

    look: SecondLook
    row: ReferralParty

    @property
    def waits(self) -> bool:
        return self.look.verdict == ""

    @property
    def late(self) -> bool:
        return self.waits and self.look.due_at < clock.now()


def to_review() -> list[Review]:
    """What waits for the office, oldest first."""
    looks = list(SecondLook.objects.filter(verdict="").order_by("opened_at", "id"))
    rows = {
        row.referral_id: row
        for row in board.rows().filter(referral_id__in=[look.referral_id for look in looks])
    }
    return [Review(look, rows[look.referral_id]) for look in looks if look.referral_id in rows]


def review_or_404(code: str) -> Review:
    """The newest look at the referral with this code, waiting or decided."""
    row = board.row_or_404(code)
    look = SecondLook.objects.filter(referral_id=row.referral_id).order_by("-id").first()
    if look is None:
        raise NotYours()
    return Review(look, row)


def earlier_than(look: SecondLook) -> list[SecondLook]:
    """How the noes before this one were decided, oldest first."""
    return list(
        SecondLook.objects.filter(referral_id=look.referral_id, pk__lt=look.pk)
        .exclude(verdict=Verdict.MOOT)
        .order_by("id")
    )


# --- For both sides -----------------------------------------------------------------------------------------------


def look_at(referral: Referral) -> SecondLook | None:
    """The look at the no that stands now; None where nobody looks, or looked."""
    if referral.state != DECLINED:
        return None
    looks = SecondLook.objects.filter(referral=referral, round=referral.asked_times)
    return looks.exclude(verdict=Verdict.MOOT).first()


def may_look(referral: Referral) -> bool:
    """Whether somebody can look at this no once more. A transfer that was declined is over: its handover is, too."""
    return (
        referral.state == DECLINED
        and not referral.is_transfer
        and referral.asked_times <= MOST_ROUNDS
        and look_at(referral) is None
        and office() is not None
        and navigators().exists()
    )


def asked_to_look_again(referral: Referral) -> str:
    """What the network's office wrote when it sent the last no back; empty where it never did."""
    if referral.asked_times == 1:
        return ""
    notes = ReferralNote.objects.filter(referral=referral, kind=ReferralNote.Kind.LOOK)
    return notes.order_by("-written_at", "-id").values_list("text", flat=True).first() or ""
