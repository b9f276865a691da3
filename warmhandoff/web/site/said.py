"""What a press came to, said on the next page: once, also where an impatient hand pressed twice.

The browser shows the second press's answer alone, so that one says what the first did. Sentences may name people: they wait
sealed in the session, until the next press at most.
"""

from __future__ import annotations

from typing import Any

from cryptography.fernet import InvalidToken
from django.contrib.messages.storage.session import SessionStorage
from django.http.response import HttpResponseBase

from warmhandoff.foundation.sealing import sealer

LAST_PRESS = "_last_press"  # the form's key, and what was said
_PURPOSE = "sentences for the next page"


class SaidToWhoPressed(SessionStorage):
    def update(self, response: HttpResponseBase) -> Any:
        key = self.request.POST.get("form_key", "") if self.request.method == "POST" else ""
        queued: list[Any] = self._queued_messages  # type: ignore[has-type]
        if key and queued:
            self._prepare_messages(queued)  # type: ignore[attr-defined]
            self.request.session[LAST_PRESS] = [key, self.serialize_messages(queued)]
        elif key and response.status_code == 302:
            pressed, said = self.request.session.get(LAST_PRESS) or ("", "")
            if pressed == key:
                self._queued_messages = self.deserialize_messages(said)
                self.added_new = True
        return super().update(response)

    def serialize_messages(self, messages: Any) -> str:
        return sealer(_PURPOSE).encrypt(super().serialize_messages(messages).encode()).decode()

    def deserialize_messages(self, data: Any) -> Any:
        if not data:
            return []
        try:
            opened = sealer(_PURPOSE).decrypt(data.encode()).decode()
        except InvalidToken:  # sealed under a key that is gone: nothing but a sentence is lost
            return []
        return super().deserialize_messages(opened)
