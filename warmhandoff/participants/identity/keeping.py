"""Keys are kept as the contact is: written by the action that changes it, made anew where rules or secret are other ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection, connections, transaction

from warmhandoff.participants.identity import keys
from warmhandoff.participants.identity.known import Known, known
from warmhandoff.participants.models import Contact, FileKey, KeyRules, Participant, Reach

CHUNK = 5_000
# What the database holds of a file that is compared: the person's own ways, those no longer used too (they were theirs).
_CONTACT = "c.first_name, c.last_name, c.birth_date, c.area, c.zip_code"
COLUMNS = f"""{_CONTACT},
    (SELECT array_agg(p.channel || ':' || p.value) FROM participants_reach r
       JOIN foundation_contactpoint p ON p.id = r.contact_point_id WHERE r.file_id = c.file_id)"""  # noqa: S608  our own columns
# The same, where nothing that is compared has a way to reach somebody.
WITHOUT_REACH = f"{_CONTACT}, NULL::text[]"


def of_columns(
    first_name: str, last_name: str, birth_date: Any, area: str, zip_code: str, reach: list[str] | None
) -> Known:
    """What COLUMNS told of a file."""
    return known(
        first_name=first_name,
        last_name=last_name,
        birth_date=birth_date,
        area=area,
        postal=zip_code,
        reach=[(channel, value) for channel, _, value in (way.partition(":") for way in reach or ())],
    )


def first_keys(file: Participant, *, contact: Contact, reaches: Iterable[Reach]) -> list[FileKey]:
    """The keys of a file that is just being opened, by what it is opened with: written with it, where nothing is yet."""
    one = known(
        first_name=contact.first_name,
        last_name=contact.last_name,
        birth_date=contact.birth_date,
        reach=[(reach.contact_point.channel, reach.contact_point.value) for reach in reaches],
    )
    return [
        FileKey(file=file, organization_id=file.organization_id, key=key) for key in sorted(keys.keys_of(one))
    ]


def keep(file: Participant) -> None:
    """Bring the keys of one's own file up to date, after its contact or reach has changed."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM participants_contact c WHERE c.file_id = %s", [file.pk])  # noqa: S608  our own columns
        row = cursor.fetchone()
    _write(file, keys.keys_of(of_columns(*row)) if row else set())


def _write(file: Participant, wanted: Iterable[int]) -> None:
    """These keys and no others, in one statement."""
    numbers = sorted(wanted)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH gone AS (DELETE FROM participants_filekey"
            "   WHERE organization_id = %(organization)s AND file_id = %(file)s AND key <> ALL(%(keys)s))"
            " INSERT INTO participants_filekey (organization_id, file_id, key)"
            " SELECT %(organization)s, %(file)s, k FROM unnest(%(keys)s::bigint[]) k"
            " WHERE NOT EXISTS (SELECT 1 FROM participants_filekey f"
            "   WHERE f.organization_id = %(organization)s AND f.file_id = %(file)s AND f.key = k)",
            {"organization": file.organization_id, "file": file.pk, "keys": numbers},
        )


# --- All of them --------------------------------------------------------------------------------------------------


def made_by_these_rules(using: str = "owner") -> bool:
    return KeyRules.objects.using(using).filter(rules=keys.rules()).exists()


def rebuild_after_migrate(sender: object, using: str = "default", **kwargs: object) -> None:
    """New tables, new rules or another secret: all keys are made anew, as the owner, at the end of a migration."""
    if using == "owner" and not made_by_these_rules(using):
        rebuild(using)


def rebuild(using: str = "owner") -> int:
    """Make every file's keys, of all organizations, in one transaction; returns how many there are."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("TRUNCATE participants_filekey")
        made = 0
        last = 0
        while chunk := _chunk(cursor, after=last):
            last = chunk[-1][1]
            made += _copy(cursor, chunk)
        KeyRules.objects.using(using).exclude(rules=keys.rules()).delete()
        KeyRules.objects.using(using).get_or_create(rules=keys.rules())
    return made


def _chunk(cursor: Any, *, after: int) -> list[Any]:
    cursor.execute(
        f"SELECT c.organization_id, c.file_id, {COLUMNS} FROM participants_contact c"  # noqa: S608  our own columns
        " WHERE c.file_id > %s ORDER BY c.file_id LIMIT %s",
        [after, CHUNK],
    )
    found: list[Any] = cursor.fetchall()
    return found


def _copy(cursor: Any, chunk: list[Any]) -> int:
    made = 0
    with cursor.copy("COPY participants_filekey (organization_id, file_id, key) FROM STDIN") as copy:
        for organization_id, file_id, *told in chunk:
            for key in keys.keys_of(of_columns(*told)):
                copy.write_row((organization_id, file_id, key))
                made += 1
    return made
