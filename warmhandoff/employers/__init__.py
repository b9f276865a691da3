"""Employers: who gives people work, where, and who is asked there.

Words: employer, site (a work address), contact (a person of the employer's; a worksite supervisor is one). An employer is told the
place's employer-facing name alone: whatever it gets names no program and no network (P9). Above `referrals`, since who hires and
also serves is one organization; below `casework` and `programs`, which place people there.
"""
