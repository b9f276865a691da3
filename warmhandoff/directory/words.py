"""Words of the directory that are the same on every page and in every mail."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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
