"""The strip at the foot of each page: where the story stands, what to look at, and the one button that leads on.

The pages are the product's own. The strip knows how the story stands (`demo.followed`) and which page it is shown on; from
the two it says one or two sentences. It never does what a page has its own button for: it leads there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from warmhandoff.demo import followed, network
from warmhandoff.demo.followed import Chapter, Standing
from warmhandoff.foundation import clock
from warmhandoff.jurisdictions import dates
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.web.demo import roles
from warmhandoff.web.demo.forms import LetPass

# In the session; nothing stands there where the visitor has not met the guide yet.
GUIDE: Final = "demo_guide"
OPEN, CLOSED = "open", "closed"
# Where a sign-in leads, instead of to where that role begins.
THEN_ASKED, THEN_CLOSE = "asked", "close"
THEN_NEWS, THEN_LATE = "news", "late"  # parts of Today
STEPS: Final = 6
SIX_DAYS: Final = "6"
LINK_IN_A_MAIL: Final = re.compile(r"/a/[^\s/]+/")


@dataclass(frozen=True)
class Step:
    """`link` is a page, `press` an address that is posted to with `fields`; neither where the page's own button leads on."""

    number: int
    says: str
    button: str = ""
    link: str = ""
    press: str = ""
    fields: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Here:
    """The page that the strip is shown on, and as whom of the story's people."""

    view: str = ""
    at: Mapping[str, str] | None = None
    somebody: str = ""
    shown: Mapping[str, Any] | None = None

    def is_at(self, view: str, **at: str) -> bool:
        return self.view == view and all((self.at or {}).get(name) == value for name, value in at.items())

    def shows(self, name: str) -> Any:
        return (self.shown or {}).get(name)


def here(request: HttpRequest, shown: Mapping[str, Any]) -> Here:
    """`shown` is what the page's template was given."""
    match = request.resolver_match
    who = getattr(request, "who", None)
    mail = who.membership.user.email if who else ""
    somebody = next((name for name in network.STAFF if network.address_of(name) == mail), "")
    return Here(match.view_name if match else "", match.kwargs if match else {}, somebody, shown)


def step(story: Standing, page: Here) -> Step:
    return {
        Chapter.UNASKED: _unasked,
        Chapter.ASKED: _asked,
        Chapter.PROMISED: _promised,
        Chapter.SILENT: _silent,
        Chapter.CLOSED: _closed,
        Chapter.ELSEWHERE: _elsewhere,
    }[story.chapter](story, page)


# --- 1. Nobody has been asked yet ---------------------------------------------------------------------------------


def _unasked(story: Standing, page: Here) -> Step:
    facts = {"name": story.name, "denise": _first_name(followed.CASE_MANAGER)}
    if page.is_at("referrals:refer", code=story.file_code):
        return _referring(story, page)
    if page.somebody == followed.CASE_MANAGER and page.view == "today:home":
        says = _("You are %(denise)s. Look at %(name)s’s line.")
        return Step(
            1, says % facts, _("Find a place"), link=reverse("referrals:refer", args=[story.file_code])
        )
    says = _("%(name)s needs a place, and nobody has been asked. %(denise)s, her case manager, begins.")
    return _see_as_denise(1, says % facts, page)


def _referring(story: Standing, page: Here) -> Step:
    """Who fits, and then what they will see: the page's own choice, best first."""
    chosen, askable = page.shows("chosen"), page.shows("askable")
    if chosen:
        says = _("This is all they will see. When %(name)s agrees, tick it and press Send.")
        return Step(1, says % {"name": story.name}, _("Go to her answer"), link="#agree")
    if not askable:
        return Step(1, _("Choose what she needs."))
    best = askable[0].service
    says = _("%(place)s fits, and says why.")
    return Step(
        1,
        says % {"place": best.organization.name},
        _("See what they will be told"),
        link=f"?need={page.shows('need').pk}&service={best.code}#part-3",
    )


# --- 2. They answer, without an account ---------------------------------------------------------------------------


def _asked(story: Standing, page: Here) -> Step:
    asked = followed.asked(story)
    facts = {"name": story.name, "place": story.receiver, "denise": _first_name(followed.CASE_MANAGER)}
    at_the_link = _at_her_link(page, asked)
    if at_the_link and page.view == "answer:page":
        says = _("What is needed, and no name. Opening this changed nothing.")
        return Step(2, says, _("Yes, we have a place"), link=_answer(page, "yes"))
    if at_the_link and page.is_at("answer:act", slug="yes"):
        return Step(2, _("Write who will call, and press Say yes."))
    if asked and asked.mail and page.is_at("demo:mail", code=asked.mail.code):
        link = LINK_IN_A_MAIL.search(asked.mail.text)
        return Step(2, _("No name in it, only a link."), _("Open its link"), link=link[0] if link else "")
    if asked and page.is_at("demo:mailbox_of", code=asked.box):
        return _in_the_mailbox(asked, facts)
    says = _("Asked. %(denise)s goes on holding %(name)s. Now you are %(place)s. You have no account.")
    return Step(
        2,
        says % facts,
        _("Open their mail"),
        press=reverse("demo:be"),
        fields=(("role", roles.PARTNER), ("then", THEN_ASKED)),
    )


def _in_the_mailbox(asked: followed.Asked, facts: dict[str, str]) -> Step:
    now, place = clock.now(), current_place()
    if asked.mail is None and place.mails_go_out(now) > now:
        says = _("It is %(now)s here. Mails that can wait go out from %(begin)s on, on working days.")
        told = {"now": dates.hour(place.local(now)), "begin": dates.hour(place.mail_hours.begin)}
        return Step(
            2, says % told, _("Let the night pass"), press=reverse("demo:clock"), fields=_let_pass("1")
        )
    if asked.mail is None:
        says = _("The mail about %(name)s is on its way. It takes a second or two.")
        return Step(2, says % facts, _("Look again"), link=reverse("demo:mailbox_of", args=[asked.box]))
    says = _("The newest mail is about %(name)s.")
    return Step(2, says % facts, _("Open the mail"), link=reverse("demo:mail", args=[asked.mail.code]))


def _at_her_link(page: Here, asked: followed.Asked | None) -> bool:
    return asked is not None and (page.at or {}).get("token", "").startswith(f"{asked.link_id}.")


def _answer(page: Here, slug: str) -> str:
    return reverse("answer:act", args=[(page.at or {})["token"], slug])


# --- 3. and 4. A yes; and then nobody calls -----------------------------------------------------------------------


def _promised(story: Standing, page: Here) -> Step:
    facts = {"name": story.name, "place": story.receiver, "denise": _first_name(followed.CASE_MANAGER)}
    if page.somebody == followed.CASE_MANAGER and page.view == "today:home":
        says = _("They said yes. Suppose that nobody there calls %(name)s.")
        fields = (*_let_pass(SIX_DAYS), ("then", THEN_LATE))
        return Step(
            3, says % facts, _("Let six working days pass"), press=reverse("demo:clock"), fields=fields
        )
    if page.view.startswith("answer:"):
        says = _("You serve %(name)s, and %(denise)s goes on holding her.")
    else:
        says = _("%(place)s said yes for %(name)s.")
    return _see_as_denise(3, says % facts, page, THEN_NEWS)


def _silent(story: Standing, page: Here) -> Step:
    facts = {
        "name": story.name,
        "place": story.receiver,
        "adam": _first_name("adam"),
    }
    close = reverse("administration:close", args=[story.house.code])
    if page.is_at("administration:close", code=story.house.code):
        says = _("You are %(adam)s, who looks after the network. Press Close it.")
        return Step(5, says % facts)
    if page.somebody == "adam":
        return Step(
            5, _("Close the organization that holds %(name)s.") % facts, _("Try to lose her"), link=close
        )
    if page.somebody == followed.CASE_MANAGER and page.view == "today:home":
        says = _("Nobody called %(name)s. It stands first, with who knows.")
        return Step(4, says % facts, _("Try to lose her"), press=reverse("demo:be"), fields=_AS_ADAM)
    return _see_as_denise(
        4, _("Days went by, and %(place)s has not reached %(name)s.") % facts, page, THEN_LATE
    )


_AS_ADAM: Final = (("role", "network"), ("then", THEN_CLOSE))


# --- 5. and 6. Try to lose her ------------------------------------------------------------------------------------


def _closed(story: Standing, page: Here) -> Step:
    if page.view == "demo:check":
        says = _("Every row was examined, not a sample. Run it again.")
        return Step(6, says, _("Do it yourself"), link=reverse("demo:start") + "#yourself")
    lead = followed.lead_of_the_holder(story)
    facts = {"name": story.name, "place": story.receiver, "lead": lead, "house": story.house.name}
    if page.view != "administration:closed":
        says = _("%(house)s has closed. %(lead)s holds %(name)s now, and nobody was lost.")
    elif story.is_served:
        says = _("%(name)s is among them. %(place)s goes on serving her.")
    else:
        says = _("%(name)s is among them: %(lead)s holds her now.")
    return Step(5, says % facts, _("See the proof"), link=reverse("demo:check"))


def _elsewhere(story: Standing, page: Here) -> Step:
    says = _("%(name)s’s story went another way than this guide tells it, and she is still held.")
    return Step(
        4, says % {"name": story.name}, _("Try to lose her"), press=reverse("demo:be"), fields=_AS_ADAM
    )


# --- Shared -------------------------------------------------------------------------------------------------------


def _see_as_denise(number: int, says: str, page: Here, then: str = "") -> Step:
    """On to her Today: a link where one is her already, else a sign-in."""
    button = _("See %(denise)s’s day") % {"denise": _first_name(followed.CASE_MANAGER)}
    if page.somebody == followed.CASE_MANAGER:
        return Step(number, says, button, link=reverse("today:home") + (f"#{then}" if then else ""))
    fields = (("role", roles.CASE_MANAGER), ("then", then))
    return Step(number, says, button, press=reverse("demo:be"), fields=fields)


def _let_pass(days: str) -> tuple[tuple[str, Any], ...]:
    return (("days", days), ("form_key", LetPass(initial={"days": days})["form_key"].value()))


def _first_name(name: str) -> str:
    return network.STAFF[name].name.split(" ")[0]
