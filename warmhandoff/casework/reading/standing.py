"""How somebody stands now, how they stood at first, and what is ready for work."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from warmhandoff.casework.models import Rating, Ready
from warmhandoff.foundation import privacy, terms
from warmhandoff.foundation.models import Actor, ContactPoint, Term
from warmhandoff.foundation.scoping import current
from warmhandoff.participants.models import Housing, Paper, Participant, Reach
from warmhandoff.participants.profile import LOGGED as OPENED_APART
from warmhandoff.participants.reading import LOGGED

# Said where ways to be reached and housing are said, and nowhere twice.
HELD_ELSEWHERE = ("phone", "email", "housing")
# Where somebody sleeps for now is a place to live only in part.
HOUSED = {"own": "has", "with_others": "on_the_way", "interim": "on_the_way", "facility": "on_the_way"}


@dataclass(frozen=True)
class Stands:
    """One domain: the first rating, the newest, and all of them, oldest first."""

    domain: Term
    ratings: list[Rating]

    @property
    def now(self) -> Rating | None:
        return self.ratings[-1] if self.ratings else None

    @property
    def first(self) -> Rating | None:
        return self.ratings[0] if len(self.ratings) > 1 else None

    @property
    def change(self) -> int:
        """How many steps up since the first time, down where negative; 0 where one of both has no level."""
        levels = [rating.level for rating in (self.first, self.now) if rating and rating.level]
        return levels[1] - levels[0] if len(levels) == 2 else 0


def scale_of(file: Participant, *, by: Actor) -> list[Stands]:
    """Every domain that the reader may read, in the scale's order; opening a class that is logged writes the log."""
    found: dict[str, list[Rating]] = {}
    for rating in _standing(Rating.objects.filter(file=file)).select_related("by").order_by("on", "id"):
        found.setdefault(rating.domain, []).append(rating)
    _log(file, {rating.data_class for ratings in found.values() for rating in ratings}, by=by)
    domains = terms.in_force("scale_domain")
    classes = current().classes
    return [Stands(each, found.get(each.code, [])) for each in domains if each.data_class in classes]


def ready_now(file: Participant) -> dict[str, str]:
    """What is said of each thing that work asks for, wherever it stands; what nobody asked isn't there."""
    said = dict(
        _standing(Ready.objects.filter(file=file)).order_by("on", "id").values_list("item", "standing")
    )
    papers = Paper.objects.filter(file=file, standing_unknown="").values_list("kind", "standing")
    said |= {kind: standing for kind, standing in papers if kind in ("photo_id", "right_to_work")}
    channels = set(
        Reach.objects.filter(file=file, contact_point__stopped_at__isnull=True).values_list(
            "contact_point__channel", flat=True
        )
    )
    phone = {ContactPoint.Channel.TEXT, ContactPoint.Channel.VOICE} & channels
    said |= {"phone": "has"} if phone else {}
    said |= {"email": "has"} if ContactPoint.Channel.EMAIL in channels else {}
    status = Housing.objects.filter(file=file, status_unknown="").values_list("status", flat=True).first()
    return said | ({"housing": HOUSED.get(status, "hasnt")} if status else {})


def checklist(file: Participant, *, by: Actor) -> list[tuple[Term, str]]:
    """Each thing that work asks for and how it stands; empty where nobody asked. Opening a logged class writes the log."""
    said = ready_now(file)
    classes = current().classes
    items = [item for item in terms.in_force("ready_item") if item.data_class in classes]
    _log(file, {item.data_class for item in items if item.code in said}, by=by)
    return [(item, said.get(item.code, "")) for item in items]


def _standing(rows: QuerySet) -> QuerySet:  # type: ignore[type-arg]
    """Without what was corrected."""
    later = rows.model._base_manager.filter(supersedes_id=OuterRef("pk"))
    return rows.filter(~Exists(later))


def _log(file: Participant, classes: set[str], *, by: Actor) -> None:
    opened = classes & (LOGGED | OPENED_APART)
    if opened:
        privacy.opened(person_id=file.person_id, subject=("file", file.pk), classes=opened, by=by)
