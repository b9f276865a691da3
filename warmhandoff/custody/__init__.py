"""Custody: who holds each person, from intake until release, without a gap.

Words: holder (one organization, and one named member or a queue with a lead), next step (an open duty), handover (the
handshake by which custody crosses organizations), escheat (by the signed agreement, when an organization closes), assign
(inside one organization), release. Neighbours: participants below; referrals above.
"""
