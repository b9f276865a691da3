"""The receiver's page of a hand-carried referral: a code is typed, and somebody says that the person came. No account, no name.

Neighbors: `web/people/carry.py` prints the paper; `referrals/carried.py` keeps the rules.
"""
