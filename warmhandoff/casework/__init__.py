"""Casework: what somebody works on with a person, between the day they come and the day they go.

Words: plan, goal, outcome (chosen at the start, scored at the end), need scale (1 to 5, with anchors), readiness, contact, note,
appointment, service given (code, units, staff, day), coaching session, record clearance (a small machine of its own).
Rows are of the organization whose file the person has. Knows no program: a service given counts for whichever asks.
"""
