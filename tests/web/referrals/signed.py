"""Members of the cast at a browser."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.test import Client

from tests.cast import MONDAY, Cast
from warmhandoff.foundation import clock


class Desk:
    """A signed-in member; the clock stands still."""

    def __init__(self, cast: Cast, name: str, at: datetime = MONDAY) -> None:
        self.client, self.at = Client(), at
        self.client.force_login(cast.members[name].user)

    def get(self, url: str, **data: Any):
        with clock.at(self.at):
            return self.client.get(url, data)

    def page(self, url: str, **data: Any) -> str:
        answer = self.get(url, **data)
        assert answer.status_code == 200, (answer.status_code, url)
        return answer.content.decode()

    def post(self, url: str, data: dict[str, Any] | None = None):
        with clock.at(self.at):
            return self.client.post(url, data or {})

    def press(self, url: str, **data: Any):
        return self.post(url, {"form_key": self.key(url), **data})

    def key(self, url: str) -> str:
        return re.findall(r'name="form_key" value="([^"]+)"', self.page(url))[0]
