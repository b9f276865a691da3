"""The people whom Valley Trades (eight) and the network's office (six) hold."""

from __future__ import annotations

from warmhandoff.demo.acts import (
    answers,
    asks,
    beat,
    begins,
    comes_in,
    meets,
    refer,
    transfer,
    yes,
)
from warmhandoff.demo.lives.courses import also, asked, came, course, plan
from warmhandoff.demo.lives.telling import DOESNT_KNOW, PREFERS_NOT, life

VALLEY = (
    # Came from Harbor by transfer: the school holds him itself while he learns.
    life("Hrant", "Avakian",
         beat(13, "11:25", comes_in("paul")),
         beat(12, "09:15", transfer("paul", "carpentry")),
         beat(11, "13:45", yes("Vera", by="vera")),
         beat(9, "10:35", meets("voice", by="vera")),
         beat(3, "08:40", begins(by="vera")),
         needs="WRK-TRN", pronouns="he/him", born="1983-02-09", area="south", voice="555-0138"),
    life("Jorge Alberto", "Sandoval",
         *course(came("naira", 18),
                 asked("naira", "crew", 17, transfer=True, via=("Sam", "sam"), yes=16, met=14, begun=9)),
         needs="WRK-OJT", speaks="es", pronouns="he/him", born="1995-02-18", area="south", text="323-555-0151"),
    # Asked a place that takes its time: the yes came on the fourth day, when their lead had been told.
    life("Tyler", "Brandt",
         *course(came("sam", 10), asked("sam", "legal", 9, yes=5, met=3, how="voice")),
         needs="CIV", pronouns="he/him", born="1990-07-29", area="south", voice="323-555-0152"),
    life("Emmanuel", "Osei",
         *course(came("sam", 6), plan("sam", "documents", 5, 8, "The union wants the card with his second name on it.")),
         needs="ID WRK-APP", pronouns="he/him", born="1999-01-15", area="south", text="323-555-0153"),
    life("Karapet", "Simonyan",
         *course(came("vera", 25), plan("vera", "check_in", 24, 12, done=12), plan("vera", "check_in", 12, 14)),
         needs="WRK-APP", pronouns="he/him", born="1986-04-27", area="san_fernando", voice="818-555-0154"),
    life("Xavier", "Delacroix",
         *course(came("mei", 12), asked("mei", "crew", 11, transfer=True, via=("Sam", "sam"), yes=10, met=8)),
         needs="WRK-OJT", pronouns="he/him", born="2004-03-12", area="south", free="any", text="323-555-0155"),
    life("Hannah", "Yoo",
         *course(came("sam", 3), plan("sam", "meet", 2, 6)),
         needs="WRK-APP", pronouns="she/her", born="2000-12-24", area="central", mail="hannah.yoo@post.example"),
    life("Benito", "Carrasco",
         *course(came("sam", 15), asked("sam", "beds", 14), also(13, asks("Does he smoke? The free bed is in the front house.", by="ines")),
                 also(12, answers("sam", "No. And he would take either house.")),
                 also(12, yes("Inés", by="ines")), also(10, meets("voice", by="ines")), also(6, begins(by="ines"))),
         needs="HSG", speaks="es", pronouns="he/him", born="1976-09-03", area="south", voice="323-555-0156"),
)  # fmt: skip

OFFICE = (
    # Walked into the office itself.
    life("Wendell", "Pryor",
         beat(6, "13:10", comes_in("luz")),
         beat(5, "10:25", refer("luz", "ready")),
         beat(4, "09:55", yes("Marcus", by="marcus")),
         beat(2, "11:50", meets("voice", by="marcus")),
         needs="WRK-RDY", pronouns="he/him", born="1968-08-31", area="east", voice="555-0139", birth_date_unknown=PREFERS_NOT),
    life("Ingrid", "Salvatierra",
         *course(came("luz", 12), asked("luz", "shelter", 11, yes=11, met=9, begun=5)),
         needs="HSG", pronouns="she/her", born="1972-05-30", area="san_fernando", text="747-555-0161"),
    life("Calvin", "Thibodeaux",
         *course(came("luz", 3), asked("luz", "clearance", 2)),
         needs="RCL", pronouns="he/him", born="1979-10-21", area="south_bay", voice="310-555-0162"),
    life("Nare", "Khachikyan",
         *course(came("luz", 8), asked("luz", "solar", 7, yes=7, met=4)),
         needs="WRK-TRN", pronouns="she/her", born="1997-06-06", area="central", text="818-555-0163"),
    life("Oswaldo", "Bonilla",
         *course(came("luz", 5), plan("luz", "documents", 4, 5, "The consulate gave him Thursday.")),
         needs="ID FOD", speaks="es", pronouns="he/him", area="central", text="213-555-0164", birth_date_unknown=DOESNT_KNOW),
    life("Patrice", "Dumont",
         *course(came("luz", 19), asked("luz", "ready", 18, via=("Marcus", "marcus"), yes=17, met=15, begun=12)),
         needs="WRK-RDY", pronouns="she/her", born="1984-02-11", area="east", text="323-555-0165"),
)  # fmt: skip

ELSEWHERE = (*VALLEY, *OFFICE)
