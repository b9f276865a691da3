"""Where the referrals' desk does what a line or a person's page leads to."""

from __future__ import annotations

from django.urls import reverse


def referral_page(code: str) -> str:
    return reverse("referrals:referral", args=[code])


def still_page(code: str) -> str:
    """Where the receiver says that it goes on; it leads to the referral where there is nothing to say."""
    return reverse("referrals:still", args=[code])


def settle_page(code: str) -> str:
    return reverse("referrals:settle", args=[code])


def met_page(code: str) -> str:
    """Where the holder says whether the need is met that a completed service was for."""
    return reverse("referrals:met", args=[code])


def refer_page(file_code: str) -> str:
    """Where a place is looked for, for the person of this file."""
    return reverse("referrals:refer", args=[file_code])
