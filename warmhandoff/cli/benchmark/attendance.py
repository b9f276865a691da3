"""What it costs to say who came to a group of thirty, in one post: of each meeting of its plan, one after the other.

The group is made by the real actions, of people whom the first organization holds; each post goes through the whole web, as the
facilitator signed in, and its answer is the page that it leads to. Now and then somebody misses two in a row, as people do.
"""

from __future__ import annotations

import time as stopwatch
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.conf import settings
from django.test import Client
from django.urls import reverse

from warmhandoff.cli import visit
from warmhandoff.cli.benchmark import statements
from warmhandoff.cli.benchmark.directory import HOST
from warmhandoff.cli.benchmark.figures import milliseconds
from warmhandoff.foundation import clock, once, scoping
from warmhandoff.foundation.actors import operator_actor
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network import access
from warmhandoff.network.models import Membership, Organization
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Listing, Participant
from warmhandoff.programs.actions import enrollment as enrolling
from warmhandoff.programs.actions import groups, meetings
from warmhandoff.programs.models import (
    Cohort,
    Contract,
    Curriculum,
    CurriculumVersion,
    Funding,
    Meeting,
    Program,
    ProgramTerms,
)
from warmhandoff.programs.scheduling import Slot

PEOPLE: Final = 30
GROUPS: Final = 4  # of 31 meetings each
WARM_UP: Final = 5
# Who of them isn't there: at each meeting others, and now and then the same ones twice.
GONE: Final = (0, 10, 20)
SOURCE: Final = "made up, to be measured"


def measure(*, groups_of_thirty: int = GROUPS) -> dict[str, Any]:
    facilitator = Membership.objects.select_related("user", "organization").get(pk=2)
    made = [_group(facilitator, number) for number in range(groups_of_thirty)]
    print(f"Saying who came to {groups_of_thirty} groups of {PEOPLE}, meeting by meeting ...", flush=True)
    client = Client(
        headers={"host": HOST, "cookie": f"{settings.SESSION_COOKIE_NAME}={visit.sign_in(facilitator.user)}"}
    )
    seconds: list[float] = []
    counts: list[int] = []
    for cohort in made:
        for at, (moment, address, fields) in enumerate(_posts(facilitator, cohort)):
            with clock.at(moment), statements.heard() as said:
                start = stopwatch.perf_counter()
                answer = client.post(address, fields)
                took = stopwatch.perf_counter() - start
            if answer.status_code != 302:
                raise RuntimeError(f"The post was answered with {answer.status_code}.")
            if cohort is not made[0] or at >= WARM_UP:
                seconds.append(took)
                counts.append(statements.counted(said))
    usual = sorted(counts)[len(counts) // 2]
    return {
        "people": PEOPLE, "posts": len(seconds), **milliseconds(seconds), "statements": usual, "most": max(counts),
    }  # fmt: skip


def _group(facilitator: Membership, number: int) -> Cohort:
    by = access.member(facilitator)
    contract = contract_of(by, since=_today() - timedelta(days=30))
    with scoping.acting_as(by.actor, classes=by.classes):
        cohort = groups.open_group(
            contract=contract,
            version=version(),
            name=f"Group {number + 1}",
            room="Room 2",
            starts_on=_today() + timedelta(days=1),
            sizes=groups.Sizes(2, PEOPLE),
            slots=[Slot(1, time(10), 60), Slot(3, time(10 + number), 60)],
            facilitators=[facilitator],
            by=by.actor,
        )
        for file in _files(by, number):
            asked = enrolling.asked_of(contract, language="en")
            enrollment = enrolling.apply(file=file, contract=contract, by=by.actor)
            consent = participants.record_consent(file=file, asked=asked, by=by.actor)
            enrolling.enroll(enrollment=enrollment, consent=consent, by=by.actor)
            groups.join(cohort=cohort, enrollment=enrollment, by=by.actor)
        meetings.schedule(cohort=cohort, by=by.actor)
    return cohort


def contract_of(by: access.Member, *, since: date) -> Contract:
    """A program that asks nothing of anybody, of their house, for another one."""
    house = by.membership.organization
    with scoping.acting_as(operator_actor(by.organization_id)):
        program, _made = Program.objects.get_or_create(slug=f"measured-{since:%Y-%m-%d}")
        ProgramTerms.objects.get_or_create(
            program=program,
            valid_from=since,
            defaults={"name": "Measured", "name_es": "Medido", "source": SOURCE},
        )
        money, _made = Funding.objects.get_or_create(
            program=program, grant="Measured", tranche="", defaults={"valid_from": since, "source": SOURCE}
        )
        agency = Organization.objects.exclude(pk=house.pk).order_by("id").first()
        contract, _made = Contract.objects.get_or_create(
            program=program,
            provider=house,
            defaults={"agency": agency, "funding": money, "slots": 10_000, "valid_from": since},
        )
    return contract


def version() -> CurriculumVersion:
    return Curriculum.objects.get(slug="cbi", organization=None).versions.get()


def _files(by: access.Member, number: int) -> list[Participant]:
    held = Listing.objects.filter(organization_id=by.organization_id, standing=Listing.Standing.HELD)
    found = held.order_by("id").values_list("file_id", flat=True)[number * PEOPLE : (number + 1) * PEOPLE]
    return list(Participant.objects.filter(pk__in=list(found)).order_by("id"))


def _posts(facilitator: Membership, cohort: Cohort) -> list[tuple[datetime, str, dict[str, str]]]:
    """Each at the end of its meeting, where it lies."""
    by = access.member(facilitator)
    with scoping.acting_as(by.actor, classes=by.classes):
        members = list(cohort.members.order_by("id").values_list("code", flat=True))
        held = list(Meeting.objects.filter(cohort=cohort).select_related("template").order_by("starts_at"))
    return [
        (
            one.ends_at,
            reverse("programs:attendance", args=[one.code]),
            _said(members, one.template.number, at),
        )
        for at, one in enumerate(held)
        if one.template is not None
    ]


def _said(members: list[str], number: int, at: int) -> dict[str, str]:
    # One in eight meetings is missed by whoever missed the one before.
    gone = {(each + 3 * (at - (at % 8 == 7))) % len(members) for each in GONE}
    fields = {"form_key": once.new_key(), "how": "seen"}
    for place, code in enumerate(members):
        fields[f"{code}-{number}-mark"] = "absent" if place in gone else "present"
        fields[f"{code}-{number}-why"] = "no_word"
    return fields


def _today() -> date:
    return clock.today(current_place().zone)
