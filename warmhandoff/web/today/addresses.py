"""Where the referrals' desk does what a line or a person's page leads to."""

from __future__ import annotations

from functools import lru_cache

from django.urls import reverse


# A page leads to many, and to the same ones each time.
@lru_cache(maxsize=4096)
def person_page(code: str) -> str:
    return reverse("people:person", args=[code])


@lru_cache(maxsize=4096)
def referral_page(code: str) -> str:
    return reverse("referrals:referral", args=[code])


def still_page(code: str) -> str:
    """Where the receiver says that it goes on; it leads to the referral where there is nothing to say."""
    return reverse("referrals:still", args=[code])


@lru_cache(maxsize=4096)
def settle_page(code: str) -> str:
    return reverse("referrals:settle", args=[code])


def met_page(code: str) -> str:
    """Where the holder says whether the need is met that a completed service was for."""
    return reverse("referrals:met", args=[code])


@lru_cache(maxsize=4096)
def refer_page(file_code: str) -> str:
    """Where a place is looked for, for the person of this file."""
    return reverse("referrals:refer", args=[file_code])
