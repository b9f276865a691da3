"""Whether a page is fit for everybody: axe, the two ties that axe doesn't see, headings, narrow screens.

    with browser() as chromium:
        page = chromium.new_page()
        page.goto(address)
        assert_page_ok(page)

Call it per state: errors shown, menus open, lists empty.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.db import connections
from playwright.sync_api import Browser, Page, sync_playwright

# Pictures are for people to look at (var/pictures): where nobody does, they are not taken.
if os.environ.get("TEST_PICTURES") == "no":
    Page.screenshot = lambda self, **how: b""  # type: ignore[method-assign, assignment]

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--disable-dev-shm-usage",
]
WIDTHS = (1280, 320)
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# What axe leaves undecided, with the reason why it is no fault: (rule, part of the element's HTML, reason).
REVIEWED: tuple[tuple[str, str, str], ...] = (
    (
        "color-contrast",
        'class="me-name"',
        "soft ink on the white panel of the menu, which covers what lies under it",
    ),
    (
        "color-contrast",
        'class="usa-select"',
        "ink on white: the gradient is transparent, the arrow stands beside the text",
    ),
    (
        "color-contrast",
        "usa-checkbox__label-description",
        "soft ink on white: the pseudo-element is the box to its left",
    ),
    (
        "color-contrast",
        'class="service-name"',
        "ink on white: the pseudo-element is the circle to its left",
    ),
    (
        "color-contrast",
        'href="/improvements/office/',
        "accent on white: a link of two lines, whose boxes lie over each other and over nothing else",
    ),
    (
        "color-contrast",
        'class="plain small"',
        "soft ink on white: the pseudo-element is the line of the story to its left",
    ),
    (
        "color-contrast",
        "usa-radio__label-description",
        "soft ink on white: the pseudo-element is the circle to its left",
    ),
)

MISSING_BROWSER = "The page tests need Chromium. Install it, then try again: sudo apt-get install chromium"

FIND_DANGLING = """
() => [...document.querySelectorAll('[aria-describedby],[aria-labelledby],[aria-controls],[aria-owns],[for],[headers],[list]')]
  .flatMap(element => ['aria-describedby', 'aria-labelledby', 'aria-controls', 'aria-owns', 'for', 'headers', 'list']
    .filter(name => element.hasAttribute(name))
    .flatMap(name => element.getAttribute(name).split(/\\s+/).filter(id => id && !document.getElementById(id))
      .map(id => `${name}="${id}" on <${element.localName}> points at nothing`)))
  .concat([...document.querySelectorAll('a[href^="#"]')].map(a => a.hash.slice(1))
    .filter(id => id && !document.getElementById(id)).map(id => `a link to #${id} goes nowhere`))
"""

FIND_LONELY_ERRORS = """
() => [...document.querySelectorAll('.usa-error-message')].flatMap(error => {
  if (!error.id) return ['an error text has no id: ' + error.textContent.trim()];
  const tied = [...document.querySelectorAll('[aria-describedby]')]
    .filter(element => element.getAttribute('aria-describedby').split(/\\s+/).includes(error.id))
    .some(element => element.matches('input,select,textarea') || element.querySelector('input,select,textarea'));
  return tied ? [] : ['no field points at the error: ' + error.textContent.trim()];
})
"""

FIND_BROKEN_HEADINGS = """
() => {
  const levels = [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')]
    .filter(heading => heading.checkVisibility()).map(heading => [Number(heading.localName[1]), heading.textContent.trim()]);
  const found = levels.filter(([level]) => level === 1).length === 1 ? [] : ['a page has exactly one h1'];
  if (levels.length && levels[0][0] !== 1) found.push('the first heading is not the h1: ' + levels[0][1]);
  levels.forEach(([level, text], n) => { if (n && level > levels[n - 1][0] + 1) found.push('a heading level is skipped: ' + text); });
  return found;
}
"""

FIND_SIDEWAYS = """
() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const wide = [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > width + 1).slice(0, 3);
  return ['the page scrolls sideways at ' + width + ' px: ' + wide.map(e => e.outerHTML.slice(0, 120)).join(' ... ')];
}
"""

# WCAG 2.5.8: 24 px, or a link inside a sentence.
FIND_SMALL_TARGETS = """
() => [...document.querySelectorAll('a[href],button,input:not([type=hidden]),select,textarea,summary')]
  .filter(e => e.checkVisibility({opacityProperty: true, visibilityProperty: true}) && !e.classList.contains('usa-skipnav'))
  .filter(e => !e.matches('.usa-radio__input,.usa-checkbox__input'))
  .filter(e => !(e.localName === 'a' && getComputedStyle(e).display === 'inline'))
  .filter(e => { const box = e.getBoundingClientRect(); return box.width < 24 || box.height < 24; })
  .map(e => 'a target smaller than 24 px: ' + e.outerHTML.slice(0, 120))
"""

CHECKS = (FIND_DANGLING, FIND_LONELY_ERRORS, FIND_BROKEN_HEADINGS, FIND_SIDEWAYS, FIND_SMALL_TARGETS)


def chromium_path() -> str:
    for name in NAMES:
        if path := shutil.which(name):
            return path
    raise AssertionError(MISSING_BROWSER)


@contextmanager
def browser() -> Iterator[Browser]:
    """The distribution's Chromium, which talks to nobody but the pages under test."""
    arguments = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    # Inside, Django keeps its connections apart from those outside: none may outlive its side.
    connections.close_all()
    # Playwright keeps an event loop in this thread; Django would take a test's own queries for asynchronous ones. No test that
    # comes after it finds the word for that in its environment.
    with patch.dict(os.environ, DJANGO_ALLOW_ASYNC_UNSAFE="1"), sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=arguments)
        try:
            yield chromium
        finally:
            connections.close_all()
            chromium.close()


def problems(page: Page, widths: tuple[int, ...] = WIDTHS) -> list[str]:
    """Everything that is wrong with the page as it stands now, at each width."""
    before = page.viewport_size
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"[{width}] {problem}" for problem in _axe(page)]
        for check in CHECKS:
            found += [f"[{width}] {problem}" for problem in page.evaluate(check)]
    if before:
        page.set_viewport_size(before)
    return found


def assert_page_ok(page: Page, widths: tuple[int, ...] = WIDTHS) -> None:
    found = problems(page, widths)
    assert not found, f"{page.url}\n" + "\n".join(found)


def _axe(page: Page) -> list[str]:
    # evaluate() isn't bound by the page's content security policy; a script tag would be.
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate((settings.VAR_DIR / "axe" / "axe.min.js").read_text("utf-8"))
    result: dict[str, Any] = page.evaluate(
        "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations', 'incomplete']})", AXE_TAGS
    )
    found = [_said("axe", rule, node) for rule in result["violations"] for node in rule["nodes"]]
    undecided = [(rule, node) for rule in result["incomplete"] for node in rule["nodes"]]
    return found + [
        _said("axe, undecided", rule, node)
        for rule, node in undecided
        if not _reviewed(rule["id"], node["html"])
    ]


def _said(who: str, rule: dict[str, Any], node: dict[str, Any]) -> str:
    return f"{who}: {rule['id']}: {rule['help']}: {node['html'][:200]} {node.get('failureSummary', '')[:300]}"


def _reviewed(rule: str, html: str) -> bool:
    return any(rule == known and part in html for known, part, _reason in REVIEWED)
