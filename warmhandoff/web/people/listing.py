"""The people's list when nothing is typed: one's own caseload first, by what is due; then everybody, filtered and sorted."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants.models import Listing
from warmhandoff.participants.reading import own_people
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said

Standing = Listing.Standing
YOU, DUE = "you", "due"
SHOWN = {
    "": gettext_lazy("Everyone"),
    YOU: gettext_lazy("With you"),
    DUE: gettext_lazy("Waiting for us"),
    Standing.HELD: gettext_lazy("Held by us"),
    Standing.SERVED: gettext_lazy("Served by us"),
    Standing.CLOSED: gettext_lazy("No longer with us"),
}
EMPTY = {
    YOU: gettext_lazy(
        "Nobody is with you now. Take someone in, or ask your lead for somebody from the queue."
    ),
    DUE: gettext_lazy("Nobody waits for us today."),
    Standing.SERVED: gettext_lazy("Nobody is here by a referral now."),
    Standing.CLOSED: gettext_lazy("Nobody has left yet."),
}
BY_NAME, BY_DATE = "", "date"
SORTS = {BY_NAME: gettext_lazy("By last name"), BY_DATE: gettext_lazy("By next date")}
FIRST = 10


def people(typed: str, shown: str, who: Who, *, sort: str = BY_NAME) -> QuerySet[Listing]:
    """The organization's own people of this view."""
    standing = Standing.HELD if shown in (YOU, DUE) else shown
    found = own_people(typed, standing=standing)
    if shown == YOU:
        found = found.filter(membership_id=who.membership.pk)
    if shown == DUE:
        found = found.filter(next_due_at__lte=current_place().end_of(said.today()))
    return found.order_by("next_due_at", "id") if sort == BY_DATE or shown == DUE else found


def caseload(who: Who) -> list[Listing]:
    """Whom the viewer holds and what of theirs is due first."""
    mine = Listing.objects.filter(
        organization_id=current_organization(), membership_id=who.membership.pk, standing=Standing.HELD
    )
    return list(mine.order_by("next_due_at", "id")[: FIRST + 1])
