"""The bench measures on data that keep every promise. How fast anything is, is not asked here."""

from __future__ import annotations

import pytest
from django.db import connections

from warmhandoff.cli.benchmark import data
from warmhandoff.custody.models import Custody
from warmhandoff.directory.models import Service
from warmhandoff.foundation.models import Duty
from warmhandoff.participants.models import Person
from warmhandoff.referrals.models import ReferralParty

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def test_the_data_keep_every_promise():
    findings = data.build(data.Size(people=300, referrals=900, organizations=8))
    examined = {finding.promise: finding.rows for finding in findings}
    assert {finding.promise: finding.broken for finding in findings} == dict.fromkeys(examined, 0)
    assert examined.pop("P5") > 50, "referrals that are under way"
    assert examined.pop("P7") == 0, "nobody corrects anything in these data"
    assert min(examined.values()) > 300
    assert Person.objects.using("owner").count() == 300
    parties = ReferralParty.objects.using("owner")
    assert parties.exclude(side="network").count() == 1800
    written = _at_the_office()
    assert len(written) == 900
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM referrals_referralparty WHERE side = 'network'")
        cursor.execute("SELECT wh_guard_tell_network(id) FROM referrals_referral")
    assert _at_the_office() == written, "as the trigger would have told it"
    services = Service.objects.using("owner").all()
    assert all(service.statements.get().as_of == service.room_as_of for service in services)
    largest = Duty.objects.using("owner").filter(membership_id=2, closed_at__isnull=True)
    assert largest.exists()
    assert Custody.objects.using("owner").filter(until__isnull=True).count() > 80


def _at_the_office():
    rows = ReferralParty.objects.using("owner").filter(side="network").order_by("referral_id")
    return [{name: value for name, value in row.items() if name != "id"} for row in rows.values()]


def test_what_is_due_among_many_is_found_and_done():
    from warmhandoff.cli.benchmark import silence

    data.build(data.Size(people=300, referrals=900, organizations=8))
    figures = silence.measure(referrals=2_000)
    assert figures["due"] > 30 and figures["left"] == 0
    assert figures["idle"]["p95"] > 0


def test_the_own_pages_that_are_measured_open():
    from django.test import Client

    from warmhandoff.cli.benchmark import own
    from warmhandoff.network.access import member
    from warmhandoff.network.models import Membership
    from warmhandoff.participants.models import Participant

    data.build(data.Size(people=300, referrals=900, organizations=8))
    busy = Membership.objects.select_related("user", "organization").get(pk=2)
    codes = list(
        Participant.objects.using("owner")
        .filter(organization_id=busy.organization_id)
        .order_by("id")
        .values_list("code", flat=True)[:3]
    )
    ways = own.let_in(codes, by=member(busy).actor)
    assert len(ways) == 3
    for path, cookie in ways:
        client = Client()
        client.cookies.load(cookie)
        assert client.get(path).status_code == 200


def test_everybody_is_judged_anew():
    from warmhandoff.cli.benchmark import eligibility

    data.build(data.Size(people=300, referrals=900, organizations=8))
    figures = eligibility.measure(people=600)
    assert figures["people"] == 600, "those who were there, and as many more as it takes"
    assert set(figures["found"]) == {"met", "missing", "not_met"}
    assert all(figures["found"].values())


def test_who_came_to_a_group_of_thirty_is_said_in_few_statements():
    from warmhandoff.cli.benchmark import attendance

    data.build(data.Size(people=300, referrals=900, organizations=8))
    figures = attendance.measure(groups_of_thirty=1)
    assert figures["people"] == 30 and figures["posts"] >= 20
    assert figures["statements"] <= 15, figures


def test_each_part_can_be_measured_alone():
    from argparse import Namespace

    from warmhandoff.cli import bench

    assert tuple(bench._parts(Namespace(size="tiny"), None, None)) == bench.PARTS
