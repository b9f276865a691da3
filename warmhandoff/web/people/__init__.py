"""People: finding somebody, taking somebody in, and the page of one person with all that is done there.

Words: card (who someone is, who holds them, how to reach them, what we share), story (what happened, as sentences, newest
first), step (a next step that the holder set, unlike what a referral asks for by itself).
"""
