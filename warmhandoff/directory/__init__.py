"""Directory: the services that organizations offer, whom they are for, and whether there is room. HSDS words.

Words: service, service code (what kind of need it meets), mailbox (where referrals to it are sent), open or full until,
seats, requirement (one), verified on. Neighbours: network below; participants, custody and referrals above.
"""
