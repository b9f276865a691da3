"""The people whom the others hold: nine at Harbor Reentry, one at Valley Trades, one at the network's office."""

from __future__ import annotations

from warmhandoff.demo.acts import (
    beat,
    begins,
    comes_in,
    completes,
    decides,
    live,
    meets,
    no,
    plans,
    refer,
    takes_back_consent,
    talks,
    transfer,
    yes,
)
from warmhandoff.demo.lives.telling import DOESNT_KNOW, PREFERS_NOT, life

HARBOR = (
    # Eastgate said yes on the last business day, and promised to reach him today.
    life("Andre", "Williams",
         beat(5, "10:30", comes_in("ines")),
         beat(3, "09:45", refer("ines", "ready")),
         beat(1, "14:30", yes("Denise", by="denise", days=1)),
         needs="WRK-RDY", pronouns="he/him", born="1991-09-27", area="east", free="weekdays", text="555-0130"),
    # The newcomer whom Eastgate is asked about: no name before a yes.
    life("Teresa", "Quintanilla",
         beat(1, "15:45", comes_in("ines")),
         live(0, "09:35", refer("ines", "rooms")),
         needs="HSG", speaks="es", pronouns="she/her", born="1984-03-22", area="east", text="555-0131"),
    # What waits in Sunrow's mailbox when the demo begins.
    life("Curtis", "Bell",
         beat(1, "11:20", comes_in("paul")),
         live(0, "09:50", refer("paul", "solar", note="Was a roofer for six years.")),
         needs="WRK-TRN", pronouns="he/him", born="1980-05-05", area="south_bay", free="any", voice="555-0132"),
    # Came from Eastgate: a transfer, so that custody moved when Harbor accepted.
    life("Marisol", "Flores",
         beat(15, "09:50", comes_in("denise")),
         beat(14, "14:35", transfer("denise", "beds", note="Two children, seven and nine.")),
         beat(12, "10:15", yes("Inés", by="ines")),
         beat(10, "13:00", meets("voice", by="ines")),
         beat(4, "11:00", begins(by="ines")),
         needs="HSG FAM", speaks="es", pronouns="she/her", born="1989-07-18", area="south_bay", text="555-0133"),
    life("Edgar", "Menjívar",
         beat(25, "10:05", comes_in("ines")),
         beat(24, "09:20", refer("ines", "carpentry")),
         beat(23, "15:50", yes("Vera", by="vera")),
         beat(21, "11:35", meets("text", by="vera")),
         beat(14, "08:45", begins(by="vera")),
         needs="WRK-TRN", speaks="es", pronouns="he/him", born="1997-01-06", area="south", text="555-0134"),
    life("Shanice", "Turner",
         beat(24, "13:40", comes_in("paul")),
         beat(23, "10:50", refer("paul", "ready")),
         beat(22, "09:25", yes("Naira", by="naira")),
         beat(20, "14:15", meets("text", by="naira")),
         beat(18, "09:00", begins(by="naira")),
         beat(6, "15:30", completes(by="naira")),
         beat(6, "16:10", plans("paul", "call", 8)),
         # It is done: nobody needs to know any more.
         beat(5, "12:30", takes_back_consent("paul")),
         needs="WRK-RDY", pronouns="she/her", born="1995-12-14", area="east", text="555-0135"),
    # Called Danny. Nobody at Bright IT has answered: their silence is known, and he goes on being held.
    life("Hyun-woo “Danny”", "Lee",
         beat(7, "09:35", comes_in("ines")),
         beat(6, "11:15", refer("ines", "support")),
         beat(3, "16:40", talks("ines", "text", "Told him that we go on asking.", hours_ago=2)),
         needs="WRK-TRN", pronouns="he/him", born="2000-10-25", area="central", text="555-0136"),
    life("Ashley", "Novak",
         beat(2, "14:05", comes_in("paul")),
         beat(1, "10:45", plans("paul", "documents", 4)),
         needs="ID", pronouns="they/them", area="south_bay", mail="ash.novak@post.example", birth_date_unknown=DOESNT_KNOW),
    life("Ricardo", "Bautista",
         beat(14, "15:10", comes_in("ines")),
         beat(13, "09:30", refer("ines", "solar")),
         beat(12, "16:25", no("full", "full_open")),
         beat(11, "10:40", decides("ines", "stays")),
         beat(11, "10:45", plans("ines", "check_in", 14)),
         needs="WRK-TRN", speaks="es", pronouns="he/him", born="1986-06-02", area="south", text="555-0137"),
)  # fmt: skip

VALLEY = (
    # Came from Harbor by transfer: the school holds him itself while he learns.
    life("Hrant", "Avakian",
         beat(13, "11:25", comes_in("paul")),
         beat(12, "09:15", transfer("paul", "carpentry")),
         beat(11, "13:45", yes("Vera", by="vera")),
         beat(9, "10:35", meets("voice", by="vera")),
         beat(3, "08:40", begins(by="vera")),
         needs="WRK-TRN", pronouns="he/him", born="1983-02-09", area="south", voice="555-0138"),
)  # fmt: skip

OFFICE = (
    # Walked into the office itself.
    life("Wendell", "Pryor",
         beat(6, "13:10", comes_in("luz")),
         beat(5, "10:25", refer("luz", "ready")),
         beat(4, "09:55", yes("Marcus", by="marcus")),
         beat(2, "11:50", meets("voice", by="marcus")),
         needs="WRK-RDY", pronouns="he/him", born="1968-08-31", area="east", voice="555-0139", birth_date_unknown=PREFERS_NOT),
)  # fmt: skip

ELSEWHERE = (*HARBOR, *VALLEY, *OFFICE)
