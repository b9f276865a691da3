"""Stalled desk: one page on which an organization says how it goes with all that has stalled, behind a mail or signed in."""
