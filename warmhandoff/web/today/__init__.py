"""Today: what needs somebody now, why, by when, and the one button that moves it.

Words: line (one duty, told as a sentence), waiting (a duty whose next move is another organization's), news (what the other
side of one's own referrals did lately). The person's page tells its next step with the same lines.
"""
