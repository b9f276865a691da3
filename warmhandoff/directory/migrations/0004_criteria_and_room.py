"""The one requirement of each service becomes its criterion; what was last said of its room becomes a statement as of that day."""

import unicodedata
from typing import Any, ClassVar

from django.db import migrations

# requirement -> kind, values, at_least, at_most, can_follow
CRITERIA = {
    "diploma": ("diploma", [], None, None, False),
    "photo_id": ("document", ["photo_id"], None, None, True),
    "driver_license": ("document", ["driver_license"], None, None, False),
    "women": ("gender", ["woman"], None, None, False),
    "young_adult": ("age", [], 18, 25, False),
}


def write(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    service = apps.get_model("directory", "Service")
    criterion = apps.get_model("directory", "Criterion")
    for each in service.objects.using(alias).order_by("pk"):
        if each.requirement in CRITERIA:
            kind, values, at_least, at_most, can_follow = CRITERIA[each.requirement]
            criterion.objects.using(alias).create(
                service=each, kind=kind, values=values, at_least=at_least, at_most=at_most, can_follow=can_follow
            )
        said = {"words_sort": _plain(f"{each.name} {each.name_es}"), **_room(each)}
        service.objects.using(alias).filter(pk=each.pk).update(**said)
        if said.get("room"):
            _state(apps, alias, each, said["room"])


def _room(each: Any) -> dict[str, Any]:
    """Seats were said on the day on which all of it was said; no seats and no day: nobody said anything of its room."""
    if each.verified_on is None or (each.seats is None and each.full_until is None):
        return {}
    full = each.full_until is not None or each.seats == 0
    return {
        "room": "full" if full else "open",
        "seats": None if full else each.seats,
        "room_as_of": each.verified_on,
    }


def _state(apps: Any, alias: str, each: Any, room: str) -> None:
    actor, _ = apps.get_model("foundation", "Actor").objects.using(alias).get_or_create(
        kind="system", organization_id=each.organization_id, subject_id=None
    )
    apps.get_model("directory", "CapacityStatement").objects.using(alias).create(
        service=each,
        room=room,
        seats=each.seats if room == "open" else None,
        full_until=each.full_until if room == "full" else None,
        as_of=each.verified_on,
        by=actor,
    )


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


class Migration(migrations.Migration):
    dependencies: ClassVar = [("directory", "0003_places_and_room")]
    operations: ClassVar = [migrations.RunPython(write, migrations.RunPython.noop)]
