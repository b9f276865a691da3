"""Where the referrals' desk does what a line or a person's page leads to."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse


def referral_page(code: str) -> str:
    return _address("page", code, f"/referrals/{code}/")


def settle_page(code: str) -> str:
    return _address("settle", code, f"/referrals/{code}/settle/")


def refer_page(file_code: str) -> str:
    """Where a place is looked for, for the person of this file."""
    return _address("refer", file_code, f"/referrals/refer/{file_code}/")


def _address(name: str, code: str, otherwise: str) -> str:
    try:
        return reverse(f"referrals:{name}", args=[code])
    except NoReverseMatch:
        return otherwise
