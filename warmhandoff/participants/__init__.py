"""Participants: the opaque person, each organization's own file on them, what is known in one table per data class, consent.

Words: person (a key, nothing more), file (`Participant`: one organization's own, with a code of its own), contact, need,
narrative (free text), consent, share (what a live consent lets another organization read). The listing is the projection
that lists and searches read. Neighbours: directory and network below; custody and referrals above.
"""
