"""Each answer behind the link: does it, twice, in the wrong state, by a stranger."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from tests.web.answer.behind import SECRETS, behind

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture(autouse=True)
def nothing_counted_yet():
    cache.clear()


def test_the_question_is_shown_without_a_name():
    b = behind()
    answer = b.get()
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Eastgate Community Partners refers someone to your Solar Installer training" in page
    assert "Job training" in page and "Prefers Spanish" in page and "South" in page
    assert not [word for word in SECRETS if word in page]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
