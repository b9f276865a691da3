"""What is new on a page on which others act, said in one polite line. The one place where a page asks again.

    @require_safe
    @requires(Permission.SEE_TODAY)
    @live.listens(live.Source(heard, told))
    def home(request): ...

and `{% include "layout/live.html" %}` at the end of the page's `main`. The page's script asks the page's own address every twenty
seconds with `?since=` and a header: the answer is the new lines alone, or 204. Whoever follows the plain link beside it asks
the same address without the header, and gets the page with the lines below it: nothing is lost without scripts.

`since` is a mark: the moment of the page, and digests of what had been heard shortly before it. Who wrote just then may commit
just after: so a little is heard twice and what is known is left out, and nothing is missed and nothing told twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import wraps
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from warmhandoff.foundation import clock, open_forms
from warmhandoff.jurisdictions import dates
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.reading import staff_of
from warmhandoff.web.site.access import View
from warmhandoff.web.site.context import Who

ASKS = "X-Live"
# As long as a transaction that writes may take until its commit.
OVERLAP = timedelta(minutes=2)
# Whoever comes back after days reads the page, and no list of lines.
LONGEST = timedelta(hours=12)
MOST_LINES = 3
MOST_KNOWN = 40
JUST_NOW = timedelta(minutes=1)


@dataclass(frozen=True)
class Heard:
    """Something that happened, by a key of its own; `row` is what its source tells it with."""

    key: str
    at: datetime
    row: Any = None


@dataclass(frozen=True)
class Line:
    """The same in words. `page` is where it is seen; empty: on this page, opened again."""

    says: str
    at: datetime
    page: str = ""
    name: str = ""

    @property
    def hour(self) -> str:
        return dates.hour(current_place().local(self.at))

    @property
    def is_just_now(self) -> bool:
        return clock.now() - self.at <= JUST_NOW


@dataclass(frozen=True)
class Source:
    """What a page listens to. `heard` is asked at every poll: one or two statements, under the row policies of whoever asks.

    `told` is asked where there is something to say. `opens` says which thing a form changes, for pages that are such a form.
    `page`: for a page that tells of the same things itself, from further back: what is heard, and what the view finds as
    `request.live.read`, in one reading.
    """

    heard: Callable[..., Sequence[Heard]]
    told: Callable[..., Sequence[Line]]
    opens: Callable[..., open_forms.Thing] | None = None
    page: Callable[..., tuple[Sequence[Heard], Any]] | None = None


@dataclass(frozen=True)
class Mark:
    """Since when, as whom, and what was known then."""

    moment: datetime
    whose: str
    known: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return "-".join([str(int(self.moment.timestamp() * 1000)), self.whose, *sorted(self.known)])


def read_mark(text: str) -> Mark | None:
    """The mark that a page was given; None where it is no mark. It opens nothing: whoever makes one up hears what is theirs."""
    moment, _, rest = text.partition("-")
    if not moment.isascii() or not moment.isdigit() or len(moment) > 14:
        return None
    whose, *known = rest.split("-")
    at = datetime.fromtimestamp(int(moment) / 1000, UTC)
    return Mark(max(at, clock.now() - LONGEST), whose, frozenset(known[:MOST_KNOWN]))


@dataclass
class Live:
    """What the page's partial needs."""

    address: str
    mark: Mark
    since: Mark | None = None
    lines: Sequence[Line] = ()
    others: Sequence[Other] = ()
    is_form: bool = False
    read: Any = None
    every: float = field(default_factory=lambda: settings.LIVE_SECONDS)

    @property
    def ask(self) -> str:
        """The plain link: this page, and what is new since it was opened."""
        return f"{self.address}{'&' if '?' in self.address else '?'}since={self.mark}"

    @property
    def since_hour(self) -> str:
        """When the page was opened: what the plain link asks from."""
        return dates.hour(current_place().local(self.mark.moment))


@dataclass(frozen=True)
class Other:
    """A colleague who has the same thing open."""

    name: str
    since: datetime

    @property
    def hour(self) -> str:
        return dates.hour(current_place().local(self.since))


def listens(source: Source) -> Callable[[View], View]:
    """Let a page hear what others do. It stands below `@requires`: who may not see the page hears nothing either."""

    def decorate(view: View) -> View:
        @wraps(view)
        def listening(request: HttpRequest, *args: Any, **route: Any) -> HttpResponseBase:
            who: Who = request.who  # type: ignore[attr-defined]
            since = read_mark(request.GET.get("since", ""))
            if ASKS in request.headers:
                return _answer(request, who, source, since, route)
            # Before the view reads: what is written meanwhile is then told, though it is on the page, and never left out.
            thing = source.opens(who, **route) if source.opens else None
            others = _others(who, thing)
            lately, read = clock.now() - OVERLAP, None
            if source.page:
                heard, read = source.page(who, lately, **route)
            else:
                heard = source.heard(who, lately, **route)
            new = _new(source.heard(who, since.moment - OVERLAP, **route), since) if since else []
            request.live = Live(  # type: ignore[attr-defined]
                address=_without_since(request),
                mark=_mark(who, heard, others),
                since=since,
                lines=_told(source, who, new, route),
                others=others,
                is_form=thing is not None,
                read=read,
            )
            answer = view(request, *args, **route)
            if thing is not None and request.method == "POST" and answer.status_code == 302:
                open_forms.close(thing, by=who.membership.pk)
            return answer

        return listening

    return decorate


def _answer(
    request: HttpRequest, who: Who, source: Source, since: Mark | None, route: dict[str, Any]
) -> HttpResponse:
    """What is new since the mark, or nothing. 409: the page was opened as somebody else."""
    if since is None or since.whose != _whose(who):
        return HttpResponse(status=409)
    others = _others(who, source.opens(who, **route) if source.opens else None)
    heard = source.heard(who, since.moment - OVERLAP, **route)
    new = _new(heard, since)
    moved = _key_of(others) not in since.known
    if not new and not moved:
        return HttpResponse(status=204)
    recent = [each for each in heard if each.at >= clock.now() - OVERLAP]
    mark = _mark(who, recent, others)
    answer = render(
        request,
        "layout/live_answer.html",
        {"lines": _told(source, who, new, route), "others": others, "moved": moved},
    )
    answer[ASKS] = str(mark)
    return answer


def _new(heard: Sequence[Heard], since: Mark) -> list[Heard]:
    return [each for each in heard if _digest(each.key) not in since.known]


def _told(source: Source, who: Who, new: Sequence[Heard], route: dict[str, Any]) -> list[Line]:
    if not new:
        return []
    return sorted(source.told(who, new, **route), key=lambda line: line.at, reverse=True)[:MOST_LINES]


def _mark(who: Who, heard: Sequence[Heard], others: Sequence[Other]) -> Mark:
    newest = sorted(heard, key=lambda each: each.at, reverse=True)[: MOST_KNOWN - 1]
    return Mark(
        clock.now(), _whose(who), frozenset({_key_of(others), *(_digest(each.key) for each in newest)})
    )


def _digest(key: str) -> str:
    return blake2b(key.encode(), digest_size=5, key=settings.SECRET_KEY.encode()[:64]).hexdigest()


def _whose(who: Who) -> str:
    """A page that was opened as one member says nothing to another, nor to the same person at another organization."""
    return _digest(f"membership:{who.membership.pk}")


def _key_of(others: Sequence[Other]) -> str:
    return _digest(f"others:{[(each.name, each.since.isoformat()) for each in others]}")


def _others(who: Who, thing: open_forms.Thing | None) -> list[Other]:
    """Say that `who` has the form open, and who else of their organization has."""
    if thing is None:
        return []
    found = open_forms.keep_open(thing, by=who.membership.pk)
    if not found:
        return []
    names = _names(who, [each.membership_id for each in found])
    return [Other(names[each.membership_id], each.opened_at) for each in found if each.membership_id in names]


def _names(who: Who, memberships: Sequence[int]) -> dict[int, str]:
    return {each.pk: each.user.name for each in staff_of(who.organization.pk).filter(pk__in=memberships)}


def _without_since(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("since", None)
    return f"{request.path}?{query.urlencode()}" if query else request.path
