"""A page by its name in the addresses, as people call it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from warmhandoff.web.site.context import MENU

# What stands in no menu.
BEHIND_LINKS: dict[str, Any] = {
    "answer": gettext_lazy("the page from a mail about a referral"),
    "owner": gettext_lazy("the page from a mail about a service"),
    "carried": gettext_lazy("the page for a code on paper"),
    "stalled": gettext_lazy("the page from a mail about what has stalled"),
    "own": gettext_lazy("a person’s own page"),
    "demo": gettext_lazy("the demo’s pages"),
    "improvements": gettext_lazy("these pages themselves"),
}


def where(page: str) -> str:
    """`Under Referrals`."""
    section = page.partition(":")[0]
    named = next((item.label for item in MENU if item.section == section), None)
    if named is not None:
        return _("Under “%(section)s”") % {"section": named}
    if section in BEHIND_LINKS:
        return _("On %(page)s") % {"page": BEHIND_LINKS[section]}
    return _("Elsewhere")
