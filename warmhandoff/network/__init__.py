"""Network: organizations, the people who work there, what each role may do, and the agreements organizations signed.

Words: organization (kinds are a set), membership (one person's work at one organization, in one role), queue (an
organization's people's queue, answered for by its lead), agreement (names the queue that takes an organization's people
if it closes), invitation. Neighbours: jurisdictions and foundation below; directory, participants, custody, referrals above.
"""
