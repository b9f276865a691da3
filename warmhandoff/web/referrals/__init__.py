"""Referring, and both sides of a referral for whoever signs in."""
