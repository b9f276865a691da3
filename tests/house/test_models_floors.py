"""Foreign keys named by strings import nothing, so import-linter can't see them: they obey the same floors."""

import tomllib

from django.apps import apps

from tests.database import ROOT


def floor_of_each_room():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    return {
        room.strip(" ()"): len(layers) - position
        for position, layer in enumerate(layers)
        for room in layer.split("|")
    }


def room_of(model):
    parts = model.__module__.split(".")
    return parts[1] if parts[0] == "warmhandoff" else None


def keys_between_rooms():
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if field.concrete and isinstance(target, type) and room_of(model) and room_of(target):
                yield model._meta.label, field.name, room_of(model), room_of(target)


def test_foreign_keys_go_downstairs():
    floors = floor_of_each_room()
    keys = list(keys_between_rooms())
    assert keys
    upward = [
        f"{label}.{field} points from {room} to {target}"
        for label, field, room, target in keys
        if room != target and floors[target] >= floors[room]
    ]
    assert upward == []
