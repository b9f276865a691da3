"""Writes the reference pages that come from the code: machines, promises, roles, open tables.

.venv/bin/python tools/reference.py          write them
.venv/bin/python tools/reference.py --check  say which differ, and exit 1
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference"
MADE = "Written by `tools/reference.py` from the code.\n"


def all_machines() -> list[tuple[Any, dict[str, Any], dict[str, Any]]]:
    """Each machine with what staff read of its states, and what the person reads; from the lowest room up."""
    from warmhandoff.casework import states as casework
    from warmhandoff.custody import states as custody
    from warmhandoff.programs import states as programs
    from warmhandoff.referrals import states as referrals

    return [
        (referrals.REFERRAL, referrals.STAFF_WORDS, referrals.PARTICIPANT_WORDS),
        (custody.HANDOVER, {}, {}),
        (casework.APPOINTMENT, casework.APPOINTMENT_WORDS, {}),
        (casework.CLEARANCE, casework.CLEARANCE_WORDS, {}),
        (programs.ENROLLMENT, programs.STAFF_WORDS, programs.PARTICIPANT_WORDS),
        (programs.TRAINING, programs.TRAINING_STAFF_WORDS, {}),
        (programs.PAID_WORK, programs.PAID_WORK_STAFF_WORDS, {}),
    ]


def machines() -> str:
    from warmhandoff.programs.states import ENROLLMENT_TAKES_BACK
    from warmhandoff.referrals.states import REFERRAL, TAKES_BACK, UNSUCCESSFUL

    taken_back = {
        "referral": ("the receiver takes it back", TAKES_BACK),
        "enrollment": ("it is taken back", ENROLLMENT_TAKES_BACK),
    }
    parts = ["# Machines\n", MADE]
    for machine, staff, told in all_machines():
        called = titled(machine)
        parts.append(f"## {called}\n")
        says, to = taken_back.get(machine.name, ("", {}))
        drawn = [f"    {s} --> {t.target}: {t.verb}" for t in machine.transitions for s in t.sources]
        drawn += [
            f"    {state} --> {before}: take back" for state, befores in to.items() for before in befores
        ]
        parts.append(
            f"```mermaid\nstateDiagram-v2\n    [*] --> {machine.initial}\n" + "\n".join(drawn) + "\n```\n"
        )
        parts.append("| Verb | From | To | Who | Asks |\n|---|---|---|---|---|")
        parts += [
            f"| {t.verb} | {', '.join(t.sources)} | {t.target} | {', '.join(t.who)} | {', '.join(t.asks)} |"
            for t in machine.transitions
        ]
        if machine.asides:
            parts.append("\nWithout leaving the state:\n\n| Verb | In | Who | Asks |\n|---|---|---|---|")
            parts += [
                f"| {a.verb} | {', '.join(a.sources)} | {', '.join(a.who)} | {', '.join(a.asks)} |"
                for a in machine.asides
            ]
        parts.append("")
        for state in machine.states:
            parts.append(f"### {called}: {state}\n")
            if state in told:
                parts.append(f'Staff read "{staff[state]}", the person "{told[state]}"\n')
            elif state in staff:
                parts.append(f'Staff read "{staff[state]}".\n')
            onward = [f"{t.verb} ({', '.join(t.who)})" for t in machine.transitions if state in t.sources]
            parts.append(f"Goes on by: {', '.join(onward)}.\n" if onward else "An end.\n")
            if state in to:
                back = " or ".join(to[state])
                parts.append(f"Recorded by mistake, {says}, to {back}, with a correction.\n")
            if machine is REFERRAL and state in UNSUCCESSFUL:
                parts.append(
                    "Whoever holds the person decides what is next: a disposition stays open until then.\n"
                )
    return "\n".join(parts)


def titled(machine: Any) -> str:
    """`Paid work`, of `paid work`."""
    return str(machine.name).capitalize()


def promises() -> str:
    from warmhandoff.foundation.promises import registered

    parts = ["# Promises that `warmhandoff check` proves\n", MADE]
    said: dict[str, list[str]] = {}
    for proof in registered():
        said.setdefault(proof.promise, []).append(proof.says)
    parts += [f"- **{name}**: {'; '.join(dict.fromkeys(words))}" for name, words in sorted(said.items())]
    return "\n".join([*parts, ""])


def roles() -> str:
    from warmhandoff.network.roles import SHEETS

    parts = ["# Roles\n", MADE]
    for sheet in SHEETS.values():
        parts.append(f"## {sheet.label.capitalize()}\n\n{sheet.says}\n")
        parts += [f"- may {permission.value}" for permission in sorted(sheet.permissions)]
        parts.append(f"\nReads: {', '.join(sorted(sheet.classes)) or 'nothing about a person'}.\n")
    return "\n".join(parts)


def open_tables() -> str:
    from warmhandoff.foundation.rows import declared_rules

    parts = [
        "# Tables without row security\n",
        MADE,
        "They hold nothing about a participant.\n",
        "| Table | Why |\n|---|---|",
    ]
    parts += [
        f"| {table} | {rule.open_because} |" for table, rule in sorted(declared_rules()) if rule.is_open
    ]
    return "\n".join([*parts, ""])


def ladder() -> str:
    from warmhandoff.jurisdictions.place import CHECK_INS, current_place
    from warmhandoff.referrals import lately
    from warmhandoff.referrals import protocol as p

    place = current_place()
    parts = [
        "# The ladder: who is told of silence, and when\n",
        MADE,
        f"The numbers are those with which {place.name} begins (`[deadlines_in_business_days]` and `[check_ins_in_days]`). The network's",
        "administrator says others for all services, for a kind of them or for one, under Administration, When nobody answers: what",
        "holds for the service itself comes before what holds for its kind, that before what holds for all, and that before the file. A",
        "number holds for waits that begin after it was said; a wait that has begun keeps its dates. Why it is so:",
        "[silence](../explanation/silence.md).\n",
        f"Days are business days and end at {place.closes:%H:%M} where the place is; those of {', '.join(f'`{name}`' for name in CHECK_INS)}",
        "are days of the calendar, and end on a business day at their end or before it.\n",
    ]
    tells = {
        "mailbox": "the service's mailbox",
        "receivers_lead": "the receiver's lead",
        "sender": "the sender",
        "navigators": "the navigators, on their board",
        "person": "the person; where no mail may reach them, a next step of whoever holds them",
        "holder": "whoever holds the person",
        "holders_lead": "the lead of whoever holds the person",
    }
    then = {
        p.EXPIRES: "the waiting is marked as over, and whoever holds the person decides what is next",
        p.HOLDER_DECIDES: "a duty of whoever holds the person: wait longer, or look elsewhere",
        p.STALLS: "it is marked as stalled",
    }
    for stage, rungs in p.STAGES.items():
        states = [state for state, climbed in p.CLIMBED_IN.items() if set(rungs) <= set(climbed)]
        where = ", ".join(states) or f"sent, while it waits for a {stage}"
        parts.append(f"## {stage.capitalize()}\n\nClimbed in: {where}.\n")
        parts.append("| Rung | After | Kept as | What it is | Tells | Then |\n|---|---|---|---|---|---|")
        for rung in rungs:
            after = f"{place.waits[rung.after]} (`{rung.after}`)" if rung.after else "that morning"
            told = "; ".join(tells[each] for each in rung.tells)
            parts.append(
                f"| {rung.step} | {after} | {rung.event} | {lately.column_of(rung)} | {told} | {then.get(rung.then, '')} |"
            )
        parts.append("")
    return "\n".join(parts)


def mails() -> str:
    from warmhandoff.foundation.messages import Urgency, registered

    parts = [
        "# Mails, and when each goes out\n",
        MADE,
        "The hours of mails are the place's (`[mail_hours]`), on business days; what comes outside them waits for the next. Quiet hours of a",
        "contact hold besides. The daily digest goes out when the hours begin, and only where something needs its reader. Mails about an",
        "account (a new password, an address to be confirmed) go out at once, at any hour.\n",
    ]
    ours = [notice for notice in registered() if notice.__module__.startswith("warmhandoff.")]
    for urgency in Urgency:
        parts.append(f"## {urgency.capitalize()}\n\n| Mail | What it says |\n|---|---|")
        parts += [f"| {n.name} | {_first_line(n)} |" for n in ours if n.urgency is urgency]
        parts.append("")
    parts.append(
        "What goes into the digest is told there by its duty, or as news that its reader may leave out.\n"
    )
    return "\n".join(parts)


def _first_line(notice: type) -> str:
    return " ".join(str(notice.__doc__).split("\n\n")[0].split())


PAGES: dict[str, Callable[[], str]] = {
    "ladder.md": ladder,
    "machines.md": machines,
    "mails.md": mails,
    "promises.md": promises,
    "roles.md": roles,
    "open-tables.md": open_tables,
}


def differing() -> list[str]:
    """Names of the pages that aren't what the code says."""
    return [
        n
        for n, page in PAGES.items()
        if not (FOLDER / n).exists() or (FOLDER / n).read_text("utf-8") != page()
    ]


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warmhandoff.web.site.settings")
    import django

    django.setup()
    names = differing()
    if "--check" in sys.argv:
        print("\n".join(f"{name} differs from the code; run tools/reference.py" for name in names))
        return 1 if names else 0
    for name in names:
        (FOLDER / name).write_text(PAGES[name](), "utf-8")
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    sys.exit(main())
