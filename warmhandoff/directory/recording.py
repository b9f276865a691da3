"""What changed, in plain values, with who said it: one row a change, what stood before beside what stands after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, TypeAlias

from warmhandoff.directory.models import Service, ServiceChange
from warmhandoff.foundation.models import Actor
from warmhandoff.network.reading import name_of

# A field, what it said before, and what it says after.
Line: TypeAlias = tuple[str, Any, Any]

# What a service is, whom it is for, and where its referrals go: a reviewer reads it before it stands.
SUBSTANCE = (
    "name", "name_es", "about", "about_es", "service_code", "area", "serves", "mailbox", "criteria",
)  # fmt: skip
AT_ONCE = ("languages", "cost", "cost_note")


def value_of(service: Service, name: str) -> Any:
    """What stands now, as a plain value. The address of a mailbox is read by its own organization alone."""
    if name == "mailbox":
        return service.mailbox.value if service.mailbox else ""
    if name == "criteria":
        return [{**asdict(each.rule), "values": list(each.values)} for each in service.criteria.all()]
    value = getattr(service, name)
    return list(value) if isinstance(value, (list, tuple)) else value


def differences(service: Service, wanted: dict[str, Any]) -> list[Line]:
    """Field by field, what is asked to be otherwise than it stands."""
    found = []
    for name in (*SUBSTANCE, *AT_ONCE):
        before = value_of(service, name)
        if before != wanted[name]:
            found.append((name, before, wanted[name]))
    return found


def first_words(service: Service) -> list[Line]:
    """All that a service says of itself, where nothing stood before."""
    said = [(name, value_of(service, name)) for name in (*SUBSTANCE, *AT_ONCE)]
    return [(name, None, value) for name, value in said if value]


def record(
    service: Service,
    what: str,
    *,
    by: Actor,
    lines: Sequence[Line] = (),
    signed_as: str = "",
    **more: Any,
) -> ServiceChange:
    return ServiceChange.objects.create(
        service=service,
        what=what,
        lines=[list(line) for line in lines],
        by=by,
        said_by=said_as(by, signed_as),
        **more,
    )


def said_as(by: Actor, signed_as: str = "") -> str:
    """The name that stands beside what was said: a member's, or that of whoever reads the mailbox, where they gave one."""
    if by.kind == Actor.Kind.MEMBER:
        return name_of(by)
    return signed_as.strip()[:160] if by.kind == Actor.Kind.MAILBOX else ""
