"""Finding somebody again: who, of an organization's own files, may be the person who stands at the counter.

Names are misheard, shortened, married and mistyped: each file is kept under about thirteen keys (`keys`, `keeping`), those
that share the most are weighed (`scoring`, `finding`), what was typed into the one box is read (`asking`). Whether a partner
knows somebody is asked once, after their yes, and answered yes or no (`elsewhere`). Two files of one organization that may
be one person's are listed for its lead (`duplicates`). Neighbors: `participants.actions` keeps the keys, web/people shows.
"""

from warmhandoff.participants.identity.elsewhere import known_elsewhere, was_known_elsewhere
from warmhandoff.participants.identity.finding import Alike, alike, found

__all__ = ["Alike", "alike", "found", "known_elsewhere", "was_known_elsewhere"]
