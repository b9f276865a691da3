"""One-use form keys: the second post shows the first's result, however fast it comes.

The insert waits for another transaction that is using the same key, so two presses at once can't both act.
"""

from __future__ import annotations

import uuid

from django.db import connection

from warmhandoff.foundation.errors import BadValue
from warmhandoff.foundation.models import Actor, FormKey


def new_key() -> str:
    return str(uuid.uuid4())


def claim(key: str, *, by: Actor | None) -> str | None:
    """Claim a form's key. None: it is yours, act. Otherwise: where the first post's result is shown."""
    try:
        value = uuid.UUID(str(key))
    except ValueError:
        raise BadValue(
            "form_key", "This form is incomplete.", mend="Open the page again and send it once more."
        ) from None
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO foundation_formkey (key, actor_id, result) VALUES (%s, %s, '') ON CONFLICT (key) DO NOTHING",
            [value, by.pk if by else None],
        )
        if cursor.rowcount:
            return None
    return FormKey.objects.filter(pk=value).values_list("result", flat=True).first() or "/"


def result_of(key: str) -> str | None:
    """Where the result of a form with this key is shown; None where the key wasn't used."""
    try:
        value = uuid.UUID(str(key))
    except ValueError:
        return None
    return FormKey.objects.filter(pk=value).values_list("result", flat=True).first() or None


def settle(key: str, result: str) -> None:
    """Remember the path that shows what the first post did."""
    FormKey.objects.filter(pk=uuid.UUID(str(key))).update(result=result[:200])
