"""The part of a stylesheet that pages use: rules for elements and for the classes named, and the fonts named.

Reads the minified CSS that the design system ships. What it can't tell apart it keeps.
"""

import re
from collections.abc import Collection, Iterator
from typing import Final

# A text, an address, a comment, an escaped sign: what may hold braces and commas that mean nothing.
OPAQUE: Final = r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|url\((?:[^)\"'\\]|\\.)*\)|/\*.*?\*/|\\."
SIGN: Final = re.compile(rf"({OPAQUE})|[{{}};]", re.DOTALL)
COMMAS: Final = re.compile(rf"((?:{OPAQUE}|\((?:{OPAQUE}|[^()]|\([^()]*\))*\)|[^,])+)", re.DOTALL)
CLASS: Final = re.compile(r"\.((?:\\.|[\w-])+)")
BESIDE_CLASSES: Final = re.compile(r":not\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\]")
FAMILY: Final = re.compile(r"font-family:\s*[\"']?([^\"';}]+)")
ANIMATED: Final = re.compile(r"animation(?:-name)?:([^;}]+)")


def subset(css: str, *, classes: Collection[str], fonts: Collection[str]) -> str:
    """`css` with what these classes, the plain elements and these fonts need, in the same order."""
    kept = "".join(_kept(css, frozenset(classes), frozenset(fonts)))
    moved = " ".join(ANIMATED.findall(kept))
    return "".join(text for text in _blocks(kept) if _is_needed_animation(text, moved))


def _kept(css: str, classes: frozenset[str], fonts: frozenset[str]) -> Iterator[str]:
    for block in _blocks(css):
        head, brace, body = _parted(block)
        if not brace:
            yield block
        elif head.startswith("@font-face"):
            family = FAMILY.search(body)
            if family is None or family[1].strip() in fonts:
                yield block
        elif head.startswith(("@media", "@supports")):
            inside = "".join(_kept(body, classes, fonts))
            if inside:
                yield f"{head}{{{inside}}}"
        elif head.startswith("@"):
            yield block
        elif selectors := [one for one in COMMAS.findall(head) if _is_used(one, classes)]:
            yield f"{','.join(selectors)}{{{body}}}"


def _is_used(selector: str, classes: frozenset[str]) -> bool:
    return set(CLASS.findall(BESIDE_CLASSES.sub("", selector))) <= classes


def _is_needed_animation(block: str, moved: str) -> bool:
    head, brace, _ = _parted(block)
    return not (brace and head.startswith("@keyframes")) or head.split()[-1] in moved.split()


def _blocks(css: str) -> Iterator[str]:
    """The rules of the outermost level, each whole."""
    depth, block = 0, ""
    for piece in _pieces(css):
        block += piece
        depth += (piece == "{") - (piece == "}")
        if depth == 0 and piece in ";}":
            yield block
            block = ""
    if block.strip():
        yield block


def _pieces(css: str) -> Iterator[str]:
    at = 0
    for found in SIGN.finditer(css):
        if found[1]:
            continue
        if found.start() > at:
            yield css[at : found.start()]
        yield found[0]
        at = found.end()
    if at < len(css):
        yield css[at:]


def _parted(block: str) -> tuple[str, str, str]:
    """(selectors or at-rule, "{" where there is a body, the body)."""
    head, brace, rest = block.partition("{")
    return head.strip(), brace, rest.rstrip().removesuffix("}")
