"""Words of the directory that are the same on every page and in every mail."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from warmhandoff.directory.models import Service
from warmhandoff.jurisdictions.dates import short_day

ACCESS: dict[str, str | Promise] = {
    "step_free": _("No steps"),
    "restroom": _("Accessible restroom"),
    "sign_language": _("Sign language, ask beforehand"),
    "children": _("Children may come along"),
    "parking": _("Free parking"),
}
WEEKDAYS: tuple[str | Promise, ...] = (
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
)  # fmt: skip


def verified(service: Service) -> str:
    """`Confirmed Tue, Nov 3 by Paul Okafor`: the organization where nobody gave a name. Stands wherever a service is shown."""
    if service.verified_on is None:
        return gettext("Not confirmed yet")
    who = service.verified_by or service.organization.name
    return gettext("Confirmed %(day)s by %(who)s") % {"day": short_day(service.verified_on), "who": who}
