"""A NUL byte in an address is refused kindly, and never reaches the database."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address", ["/a/1.1.x%00/", "/people/%00/", "/referrals/%00/", "/directory/?q=%00", "/invitation/%00/"]
)
def test_a_null_byte_in_an_address_is_a_bad_request(address):
    answer = Client(raise_request_exception=False).get(address)
    assert answer.status_code == 400
    assert b"<h1" in answer.content
