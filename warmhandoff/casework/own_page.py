"""What a person reads of their appointments on their own page: from the owner's function, bound to their way in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import connection


@dataclass(frozen=True)
class Appointment:
    """One that is to come. What it is about is not here: somebody may look over their shoulder."""

    starts_at: datetime
    how: str
    who: str
    organization: str
    phone: str
    address: str
    getting_there: str
    getting_there_es: str


def appointments() -> list[Appointment]:
    """Those of whoever acts, the first one first; none for anybody but a person behind their own live way in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT wh_own_appointments()::text")
        (found,) = cursor.fetchone()
    return [
        Appointment(
            starts_at=datetime.fromisoformat(each.pop("starts_at")),
            **{name: value or "" for name, value in each.items()},
        )
        for each in json.loads(found or "[]")
    ]
