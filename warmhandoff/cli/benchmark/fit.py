"""What it costs to put the services for one person's need in order, among the 5,000 that the directory's search leaves.

Measured as a page does it, in a transaction of the case manager with the largest caseload: services, what they ask for, what is
known of the person, how long organizations take, and each card that a page shows at first, in words.
"""

from __future__ import annotations

import time
from itertools import cycle, islice
from typing import Any, Final

from warmhandoff.cli.benchmark import statements
from warmhandoff.cli.benchmark.figures import milliseconds
from warmhandoff.directory.models import Service
from warmhandoff.foundation import scoping
from warmhandoff.network import access
from warmhandoff.network.models import Membership
from warmhandoff.participants.models import Listing, Participant
from warmhandoff.referrals import answering_time
from warmhandoff.referrals.fit import offers_for

WARM_UP: Final = 15
SHOWN: Final = 12


def measure(*, runs: int) -> dict[str, Any]:
    answering_time.tell()
    member = access.member(Membership.objects.select_related("user", "organization").get(pk=2))
    services = Service.objects.filter(active=True)
    codes = sorted(set(services.values_list("service_code", flat=True)))
    with scoping.acting_as(member.actor, classes=member.classes):
        held = Listing.objects.filter(membership_id=member.membership.pk, standing=Listing.Standing.HELD)
        people = list(held.order_by("id").values_list("file_id", flat=True)[:50])
    print(f"Putting services in order for a person {runs} times ...", flush=True)
    asks = list(islice(zip(cycle(people), cycle(codes), strict=False), WARM_UP + runs))
    with statements.heard() as said:
        number = _fit(member, *asks[0])[1]
    counted = statements.counted(said) - 1  # the file is the page's
    took, numbers = zip(*(_fit(member, *each) for each in asks), strict=True)
    return {
        **milliseconds(took[WARM_UP:]),
        "services": services.count(),
        "of the need": max(number, *numbers),
        "statements": counted,
    }


def _fit(member: access.Member, file_id: int, code: str) -> tuple[float, int]:
    with scoping.acting_as(member.actor, classes=member.classes):
        file = Participant.objects.select_related("contact").get(pk=file_id)
        began = time.perf_counter()
        offers = offers_for(file=file, contact=file.contact, need_code=code)
        words = [(offer.chip, offer.reasons) for offer in offers[:SHOWN]]
        took = time.perf_counter() - began
    return took, max(len(offers), len(words))
