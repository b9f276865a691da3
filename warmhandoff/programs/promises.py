"""What `warmhandoff check` proves of programs."""

from __future__ import annotations

from warmhandoff.foundation.promises import proves
from warmhandoff.participants.under_a_file import differs

proves(
    differs("programs_enrollment", "enrollment"),
    differs("programs_enrollmentevent", "event of an enrollment"),
)
