"""Employers and what an hour pays: who gives people work, where, whom we ask there; least wages and occupations."""
