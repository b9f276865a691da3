"""The bench measures on data that keep every promise. How fast anything is, is not asked here."""

from __future__ import annotations

import pytest

from warmhandoff.cli.benchmark import data
from warmhandoff.custody.models import Custody
from warmhandoff.foundation.models import Duty
from warmhandoff.participants.models import Person
from warmhandoff.referrals.models import ReferralParty

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def test_the_data_keep_every_promise():
    findings = data.build(data.Size(people=300, referrals=900, organizations=8))
    examined = {finding.promise: finding.rows for finding in findings}
    assert {finding.promise: finding.broken for finding in findings} == dict.fromkeys(examined, 0)
    assert min(examined.values()) > 300
    assert Person.objects.using("owner").count() == 300
    assert ReferralParty.objects.using("owner").count() == 1800
    largest = Duty.objects.using("owner").filter(membership_id=2, closed_at__isnull=True)
    assert largest.exists()
    assert Custody.objects.using("owner").filter(until__isnull=True).count() > 80
