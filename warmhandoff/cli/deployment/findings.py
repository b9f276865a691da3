"""One finding: a sentence about the deployment, and how to mend it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

OK, WARNING, ERROR = "ok", "warning", "error"


@dataclass(frozen=True)
class Finding:
    level: str
    about: str
    says: str
    mend: str = ""


def ok(about: str, says: str) -> Finding:
    return Finding(OK, about, says)


def warning(about: str, says: str, mend: str) -> Finding:
    return Finding(WARNING, about, says, mend)


def error(about: str, says: str, mend: str) -> Finding:
    return Finding(ERROR, about, says, mend)


def as_lines(findings: Iterable[Finding]) -> str:
    return "\n".join(f"{each.level:7}  {each.about:9}  {each.says} {each.mend}".rstrip() for each in findings)


def as_json(findings: Iterable[Finding]) -> str:
    return json.dumps([asdict(each) for each in findings])
