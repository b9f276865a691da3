"""Each waiting as one line: how long, where, what for, and the button that helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext as _

from warmhandoff.custody.models import HandoverParty
from warmhandoff.custody.reading import parties_of
from warmhandoff.custody.states import ACCEPTED, DECLINED, OFFERED
from warmhandoff.custody.states import EXPIRED as NO_ANSWER
from warmhandoff.foundation import terms
from warmhandoff.jurisdictions.dates import day_of
from warmhandoff.network.models import Organization
from warmhandoff.referrals import board, pace
from warmhandoff.referrals.models import ReferralParty
from warmhandoff.referrals.reading import names_for
from warmhandoff.referrals.states import EXPIRED, STAFF_WORDS
from warmhandoff.web.organization.forms import PressForm
from warmhandoff.web.today import said


@dataclass(frozen=True)
class Asked:
    """How it stands with the question whether the office may take the person over."""

    says: str
    page: str


@dataclass(frozen=True)
class Line:
    """One waiting. Its button is what helps most now; what helps too stands below it.

    `remind` is the one-use form of that button. A reminder comes first; where somebody has to decide, another place helps more
    than a call.
    """

    row: ReferralParty
    days: str
    where: str
    service: str
    route: str
    why: str
    more: str
    remind: PressForm | None
    may_suggest: bool
    may_take_over: bool
    asked: Asked | None
    name: str = ""
    person_page: str = ""

    @property
    def suggests_first(self) -> bool:
        decides = self.row.waits_for == "decision" and self.row.state != EXPIRED
        return self.may_suggest and not self.remind and (decides or not self.phone)

    @property
    def organization(self) -> Organization:
        return self.row.at_organization or self.row.other_organization

    @property
    def phone(self) -> str:
        return self.organization.phone

    @property
    def dials(self) -> str:
        return "".join(letter for letter in self.phone if letter.isdigit() or letter == "+")


def lines_of(rows: Sequence[ReferralParty]) -> list[Line]:
    names = _names(rows)
    asked = parties_of({row.take_over_id for row in rows if row.take_over_id})
    return [_line(row, names, asked.get(row.take_over_id or 0)) for row in rows]


def _names(rows: Sequence[ReferralParty]) -> dict[int, tuple[str, str]]:
    """Who it is, where the office takes part in the referral itself: as sender, receiver or holder. Else nobody is named."""
    here = {row.organization_id for row in rows}
    own = ReferralParty.objects.filter(
        organization_id__in=here, referral_id__in=[row.referral_id for row in rows]
    ).exclude(side=ReferralParty.Side.NETWORK)
    named = names_for(list(own.select_related("referral"))) if rows else {}
    return {
        referral_id: (listed.short_name, reverse("people:person", args=[listed.code]))
        for referral_id, listed in named.items()
    }


def _line(row: ReferralParty, names: dict[int, tuple[str, str]], asked: HandoverParty | None) -> Line:
    name, page = names.get(row.referral_id, ("", ""))
    at = row.at_organization or row.other_organization
    return Line(
        row=row,
        days=days_said(board.business_days_since(row.since or row.sent_at)),
        where=gettext("At %(organization)s") % {"organization": at.name},
        service=row.service.in_language(get_language() or "en"),
        route=_route(row),
        why=_why(row),
        more=_more(row),
        remind=PressForm() if board.may_remind(row) else None,
        may_suggest=board.may_suggest(row),
        # Whom the office knows by name is asked for on the person's own page.
        may_take_over=not name and board.may_ask_to_take_over(row, asked),
        asked=_asked(asked),
        name=name,
        person_page=page,
    )


def _asked(party: HandoverParty | None) -> Asked | None:
    """Nothing of a question that was taken back."""
    says = {
        OFFERED: _("You asked to take them over. They answer by %(day)s."),
        DECLINED: _("They said no to your taking them over: %(reason)s."),
        NO_ANSWER: _("Nobody answered whether you may take them over."),
        ACCEPTED: _("They said yes: they are with you."),
    }.get(party.state if party else "")
    if party is None or says is None:
        return None
    facts = {
        "day": day_of(party.answer_due_at),
        "reason": said.inside(terms.word("refusal_reason", party.reason)) if party.reason else "",
    }
    return Asked(says % facts, reverse("people:move", args=[party.code]))


def days_said(number: int) -> str:
    return ngettext("%(number)s day", "%(number)s days", number) % {"number": number}


def _route(row: ReferralParty) -> str:
    """Where it came from, or where it goes: whichever it isn't at."""
    at_receiver = row.at_organization_id == row.other_organization_id
    if at_receiver and row.from_organization is not None:
        return gettext("from %(organization)s") % {"organization": row.from_organization.name}
    return gettext("to %(organization)s") % {"organization": row.other_organization.name}


def _why(row: ReferralParty) -> str:
    promised = pace.of(row.service).number
    if row.waits_for == "reply":
        asked = gettext("%(organization)s asked a question. No reply.")
        return asked % {"organization": row.other_organization.name}
    if row.waits_for == "review":
        return gettext("The next look at their waitlist is overdue.")
    if row.waits_for == "decision" and row.state == EXPIRED:
        return gettext("No answer at all. Promised in %(days)s.") % {"days": promised("answer")}
    if row.waits_for == "decision":
        return gettext("%(stage)s. Nobody has settled it.") % {"stage": _ended(row)}
    if row.state == "accepted":
        return gettext("Accepted, no first contact. Promised in %(days)s.") % {
            "days": promised("first_contact")
        }
    if row.state == "contacted":
        return gettext("They have talked with each other, and it has not begun.")
    if row.state == "engaged":
        return gettext("Begun, and nobody has said for long how it goes.")
    return gettext("No answer. Promised in %(days)s.") % {"days": promised("answer")}


def _ended(row: ReferralParty) -> str:
    words = str(STAFF_WORDS[row.state])
    ended = words[:1].upper() + words[1:]
    return f"{ended}: {reason_of(row)}" if row.decline_reason else ended


def reason_of(row: ReferralParty) -> str:
    return terms.word("decline_reason", row.decline_reason)


def _more(row: ReferralParty) -> str:
    if board.reminded_today(row):
        return gettext("You reminded them today.")
    if row.reminded_at is not None:
        return gettext("Reminded on %(day)s.") % {"day": day_of(row.reminded_at)}
    if row.waits_for == "decision" and row.state == EXPIRED and row.from_organization is not None:
        return gettext("%(organization)s decides what’s next.") % {"organization": row.from_organization.name}
    return ""
