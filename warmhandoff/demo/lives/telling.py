"""How a life is written down here: short, with what isn't known said as such."""

from __future__ import annotations

from datetime import date

from warmhandoff.demo.acts import Beat, Life
from warmhandoff.participants.actions import Told, Way
from warmhandoff.participants.models import Unknown

DOESNT_KNOW, PREFERS_NOT = Unknown.DOESNT_KNOW, Unknown.PREFERS_NOT


def life(
    first_name: str,
    last_name: str,
    *beats: Beat,
    needs: str,
    speaks: str = "en",
    pronouns: str = "",
    born: str = "",
    area: str = "",
    free: str = "",
    text: str = "",
    voice: str = "",
    mail: str = "",
    leave_message: bool = False,
    do_not_contact: bool = False,
    diploma: bool | None = None,
    birth_date_unknown: str = Unknown.NOT_ASKED,
    area_unknown: str = Unknown.NOT_ASKED,
) -> Life:
    """`needs` are codes in one string; `born` is an ISO date; `text`, `voice`, `mail` are ways to reach them."""
    told = Told(
        first_name=first_name,
        last_name=last_name,
        language=speaks,
        pronouns=pronouns,
        birth_date=date.fromisoformat(born) if born else None,
        birth_date_unknown=birth_date_unknown,
        area=area,
        area_unknown=area_unknown,
        availability=free,
        do_not_contact=do_not_contact,
    )
    ways = (("text", text), ("voice", voice), ("email", mail))
    reach = tuple(Way(channel, value, leave_message) for channel, value in ways if value)
    return Life(told, reach, tuple(needs.split()), beats, diploma)
