"""How a kind of duty is told in a line: for `lines`, and for each subject of a room above the referrals (`subjects`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warmhandoff.foundation.models import Duty


@dataclass(frozen=True)
class Kind:
    """How a kind of duty is told. `waits`: the next move is the other side's, so it isn't "needs you" until it is late."""

    why: Any
    button: Any
    leads_to: str
    waits: bool = False


# Where the button of a subject's line goes, the subject itself says.
SUBJECT = "subject"


@dataclass(frozen=True)
class Subject:
    """How duties about one kind of subject are told.

    `kinds`: by kind of duty, and `kind:late` where it is told otherwise once it is late; their words may name `%(name)s`, `%(due)s`
    and what `facts` says of each subject by its number, read once for a page. A subject that whoever looks doesn't read has none:
    its line says only that something is open. `page`: where the button goes, by the duty, its facts, and the person's code ("" where
    nobody is named).
    """

    kinds: Mapping[str, Kind]
    facts: Callable[[Sequence[int]], Mapping[int, Mapping[str, Any]]]
    page: Callable[[Duty, Mapping[str, Any], str], str]
