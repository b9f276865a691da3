"""The page that says what came out: docs/reference/bench.md. What falls short stands there as it is."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import django
import psutil
from django.db import connections

from warmhandoff.foundation import clock

Figures = dict[str, Any]
ORDER: Final = ("tiny", "small", "full", "million")
PAGE_MS, PAGE_STATEMENTS = 30.0, 12
VERB_MS, VERB_STATEMENTS = 40.0, 20
ANSWER_KB, MEMORY_MB = 60.0, 250.0
LOOKUP_MS = 5.0
PRESSES = 2
DIRECTORY_MS = 50.0
FIT_MS = 60.0
DIGESTS_MINUTES = 5
ELIGIBILITY_SECONDS = 30
ATTENDANCE_MS, ATTENDANCE_STATEMENTS = 150.0, 15
HISTORY_MS = 40.0
IDLE_SWEEP_MS, DUE_SECONDS = 100.0, 60.0
GROWTH = 1.3
MEASURED_PAGES: Final = ("Today", "person")  # whose targets are named; the others are measured beside them


def machine() -> dict[str, str]:
    """Asked at the start: a machine that is busy already measures itself."""
    return {
        "date": f"{clock.now():%Y-%m-%d}",
        "processor": _processor(),
        "cores": str(psutil.cpu_count() or "?"),
        "memory": f"{psutil.virtual_memory().total / 1024**3:.0f} GB",
        "busy": busy(),
        "python": platform.python_version(),
        "django": django.get_version(),
    }


def busy() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def _processor() -> str:
    cpu = Path("/proc/cpuinfo")
    for line in cpu.read_text().splitlines() if cpu.exists() else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def remember(folder: Path, figures: Figures) -> list[Figures]:
    """Keep these figures, and return the newest of each size, the smallest first."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{figures['size']}.json").write_text(json.dumps(figures), "utf-8")
    kept = [folder / f"{size}.json" for size in ORDER]
    return [json.loads(each.read_text("utf-8")) for each in kept if each.exists()]


def page(all_sizes: list[Figures]) -> str:
    return "\n".join(_lines(all_sizes)) + "\n"


def _lines(all_sizes: list[Figures]) -> Iterator[str]:
    yield "# Bench\n"
    yield "Written by `make bench` (`make bench SIZE=full` for the larger network). Each size was measured in one run:"
    yield "made-up people written by the owner and proved by `check`, then pages over HTTP and verbs as the app's login with"
    yield "row policies on, on the embedded PostgreSQL as it is shipped (`fsync` on), beside a bare page of the same process."
    yield "Times are whole round trips on one machine, client included, in milliseconds. A figure that falls short stands as it is."
    yield "A load above the number of cores means that the machine did other work meanwhile: then statements, bytes and ratios say"
    yield "more than times.\n"
    for figures in all_sizes:
        yield from _size(figures)
    yield from _growth(all_sizes)


def _size(figures: Figures) -> Iterator[str]:
    data, on, measured = figures["data"], figures["machine"], figures["pages"]
    yield f"## {data['people']:,} people, {data['referrals']:,} referrals, {data['organizations']} organizations\n"
    yield (
        f"{on['date']}; {on['processor']}, {on['cores']} cores, {on['memory']} (load before {on['busy']}, after {figures['busy_after']}); "
        f"Python {on['python']}, Django {on['django']}."
    )
    rows = sum(data["proved"].values())
    yield f"Written in {data['seconds']} s; the promises were then proved over {rows:,} rows: {data['broken']} broken."
    lines = measured["lines"]
    yield (
        f"The case manager with the largest caseload has {lines['Today']} lines due, "
        f"the lead of the largest organization {lines['Today, of the lead']} (Today shows the first 200).\n"
    )
    yield "| Target | Measured | |"
    yield "|---|---|---|"
    for says, value, met in targets(figures):
        yield f"| {says} | {value} | {'met' if met else '**not met**'} |"
    yield "\n| Page | p50 | p95 | Over the bare page (p50) | Statements | KB |"
    yield "|---|---:|---:|---:|---:|---:|"
    pages = measured["pages"]
    for name, f in pages.items():
        over = f["p50"] - pages["bare page"]["p50"]
        yield f"| {name} | {f['p50']:.1f} | {f['p95']:.1f} | {over:.1f} | {f['statements']} | {f['kilobytes']} |"
    yield "\n| Verb, to its commit | Statements | p50 | p95 | The same as raw SQL (p50) | Ratio |"
    yield "|---|---:|---:|---:|---:|---:|"
    for name, f in figures["verbs"].items():
        yield f"| {name} | {f['statements']:.0f} | {f['p50']:.1f} | {f['p95']:.1f} | {f['raw']:.1f} | {f['ratio']:.2f} |"
    yield "\nThe answer page's first visit, compressed as it travels: "
    yield "; ".join(f"{name} {size} KB" for name, size in measured["answer"].items()) + ".\n"
    if "own" in measured:
        yield "\nThe own page's: "
        yield "; ".join(f"{name} {size} KB" for name, size in measured["own"].items()) + ".\n"


def targets(figures: Figures) -> Iterator[tuple[str, str, bool]]:
    """(what is asked, what was measured, whether it is met)."""
    measured = figures["pages"]
    for name in MEASURED_PAGES:
        f = measured["pages"].get(name)
        if f is None:
            yield f"{name}: p95 at most {PAGE_MS:.0f} ms, {PAGE_STATEMENTS} statements", "not built", False
            continue
        yield f"{name}: p95 at most {PAGE_MS:.0f} ms", f"{f['p95']:.1f} ms", f["p95"] <= PAGE_MS
        yield (
            f"{name}: at most {PAGE_STATEMENTS} statements",
            str(f["statements"]),
            f["statements"] <= PAGE_STATEMENTS,
        )
    for name, f in figures["verbs"].items():
        said = f"{f['statements']:.0f} statements, {f['p95']:.1f} ms"
        met = f["statements"] <= VERB_STATEMENTS and f["p95"] <= VERB_MS
        yield f"{name}: at most {VERB_STATEMENTS} statements, p95 {VERB_MS:.0f} ms", said, met
    if "directory" in figures:  # figures of before it was measured are kept too
        f = figures["directory"]
        yield (
            f"directory search over {f['services']:,} services: p95 at most {DIRECTORY_MS:.0f} ms",
            f"{f['p95']:.1f} ms (p50 {f['p50']:.1f}), {f['statements']} statements",
            f["p95"] <= DIRECTORY_MS,
        )
    if "fit" in figures:
        f = figures["fit"]
        among = f"{f['services']:,} services, up to {f['of the need']} of the need"
        says = f"fit of one person against {among}: p95 at most {FIT_MS:.0f} ms"
        yield says, f"{f['p95']:.1f} ms, {f['statements']} statements", f["p95"] <= FIT_MS
    if "lookup" in figures:  # figures of before it was measured are kept too
        yield from _lookup(figures["lookup"])
    if "digests" in figures:
        yield from _digests(figures["digests"])
    yield from _eligibility(figures)
    yield from _attendance(figures)
    yield from _history(figures)
    if "silence" in figures:
        yield from _silence(figures["silence"])
    weight = sum(measured["answer"].values())
    yield (
        f"answer page: at most {ANSWER_KB:.0f} KB the first time",
        f"{weight:.0f} KB, fonts among them",
        weight <= ANSWER_KB,
    )
    yield from _own_page(measured)
    if "presses" in measured:  # figures of before it was counted are kept too
        presses = measured["presses"]
        yield f"answer page: {PRESSES} presses to answer", f"{presses} presses", presses <= PRESSES
    memory = measured["memory"]["after"]
    yield f"web process: at most {MEMORY_MB:.0f} MB", f"{memory:.0f} MB", memory <= MEMORY_MB


def _own_page(measured: Figures) -> Iterator[tuple[str, str, bool]]:
    """A person's own page. Figures of before it was built are kept too."""
    if "own" not in measured:
        return
    page, weight = measured["pages"]["own page"], sum(measured["own"].values())
    yield f"own page: p95 at most {PAGE_MS:.0f} ms", f"{page['p95']:.1f} ms", page["p95"] <= PAGE_MS
    says = f"own page: at most {ANSWER_KB:.0f} KB the first time"
    yield says, f"{weight:.0f} KB, fonts among them", weight <= ANSWER_KB


def _digests(f: Figures) -> Iterator[tuple[str, str, bool]]:
    """A morning's digests, from the sweep to the mail server."""
    yield (
        f"{f['members']:,} daily digests: within {DIGESTS_MINUTES} minutes, none missing, none doubled",
        f"{f['seconds']:.0f} s, {f['members'] - f['sent']} missing, {f['doubled']} doubled",
        f["seconds"] <= DIGESTS_MINUTES * 60 and f["sent"] == f["members"] and not f["doubled"],
    )


def _eligibility(figures: Figures) -> Iterator[tuple[str, str, bool]]:
    """Everybody judged anew. Figures of before it was measured are kept too."""
    if "eligibility" in figures:
        f = figures["eligibility"]
        yield (
            f"eligibility of {f['people']:,} people said anew: at most {ELIGIBILITY_SECONDS} s",
            f"{f['seconds']:.1f} s; {f['found'].get('met', 0):,} of them eligible",
            f["seconds"] <= ELIGIBILITY_SECONDS,
        )


def _attendance(figures: Figures) -> Iterator[tuple[str, str, bool]]:
    """Who came to a whole group, in one post. Figures of before it was measured are kept too."""
    if "attendance" in figures:
        f = figures["attendance"]
        bound = f"at most {ATTENDANCE_MS:.0f} ms, {ATTENDANCE_STATEMENTS} statements"
        took = f"{f['p95']:.1f} ms (p50 {f['p50']:.1f}), {f['statements']} statements"
        yield (
            f"attendance of {f['people']} people in one post: p95 {bound}",
            f"{took}; {f['most']} at most, where a whole group begins or somebody missed two in a row",
            f["p95"] <= ATTENDANCE_MS and f["statements"] <= ATTENDANCE_STATEMENTS,
        )


def _history(figures: Figures) -> Iterator[tuple[str, str, bool]]:
    """Pages of those who have a long past here. Figures of before it was measured are kept too."""
    for name, f in figures.get("history", {}).items():  # figures of before it was measured are kept too
        took = f"{f['p95']:.1f} ms (p50 {f['p50']:.1f}), {f['statements']} statements"
        yield f"{name} of program history: p95 at most {HISTORY_MS:.0f} ms", took, f["p95"] <= HISTORY_MS


def _silence(f: Figures) -> Iterator[tuple[str, str, bool]]:
    """What is due among many: found, and done."""
    among = f"{f['referrals']:,} open referrals"
    idle = f["idle"]
    yield (
        f"nothing due among {among}: swept in {IDLE_SWEEP_MS:.0f} ms",
        f"p95 {idle['p95']:.1f} ms (p50 {idle['p50']:.1f})",
        idle["p95"] <= IDLE_SWEEP_MS,
    )
    left = f", {f['left']:,} left" if f["left"] else ""
    yield (
        f"{f['due']:,} timers due among {among}: {DUE_SECONDS:.0f} s",
        f"{f['seconds']:.1f} s{left}; found in {f['found']:.0f} ms",
        f["seconds"] <= DUE_SECONDS and not f["left"],
    )


def _lookup(f: Figures) -> Iterator[tuple[str, str, bool]]:
    """Finding somebody, misspelt, among an organization's own files."""
    among = f"{f['own']:,} own files within {f['files']:,}"
    yield (
        f"candidates from {among}, the look-up alone: at most {LOOKUP_MS:.0f} ms",
        f"p95 {f['alone']['p95']:.1f} ms (p50 {f['alone']['p50']:.1f}), {f['weighed']['p95']:.1f} ms weighed and listed",
        f["alone"]["p95"] <= LOOKUP_MS,
    )
    yield (
        f"from a key press to the fragment: p95 at most {PAGE_MS:.0f} ms",
        f"{f['fragment']['p95']:.1f} ms (p50 {f['fragment']['p50']:.1f})",
        f["fragment"]["p95"] <= PAGE_MS,
    )


def _growth(all_sizes: list[Figures]) -> Iterator[str]:
    by_size = {each["size"]: each for each in all_sizes}
    if not {"full", "million"} <= by_size.keys():
        return
    yield "## From 200,000 to 1,000,000 referrals\n"
    yield f"| Page | p95 at 200,000 | p95 at 1,000,000 | Ratio (at most {GROWTH}) |"
    yield "|---|---:|---:|---:|"
    before, after = (by_size[size]["pages"]["pages"] for size in ("full", "million"))
    for name in before.keys() & after.keys():
        ratio = after[name]["p95"] / before[name]["p95"]
        yield f"| {name} | {before[name]['p95']:.1f} | {after[name]['p95']:.1f} | {ratio:.2f} |"


def summary(figures: Figures) -> str:
    """What the run prints at its end."""
    connections.close_all()
    lines = [f"{'met    ' if met else 'NOT MET'}  {says}: {value}" for says, value, met in targets(figures)]
    return "\n".join(lines)
