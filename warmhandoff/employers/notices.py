"""What every mail to an employer has in common: the place's employer-facing name, and nothing else of us (P9).

Name, address, Message-ID and links of such a mail are of their own settings, so that none of them says what the network is.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings

from warmhandoff.foundation.messages import Notice
from warmhandoff.jurisdictions.place import current_place


class EmployerNotice(Notice):
    def sender_name(self) -> str:
        return current_place().names.employers

    @classmethod
    def sender_address(cls) -> str:
        return str(settings.EMPLOYER_FROM_EMAIL)

    def context(self, language: str) -> dict[str, Any]:
        return {"network": current_place().names.employers}
