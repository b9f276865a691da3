"""What a search of the directory costs among 5,000 services: the whole page, asked for in this process as a member asks for it.

Measured after pages and verbs, since it adds services to the network that those were measured on.
"""

from __future__ import annotations

import time
from itertools import cycle, islice
from typing import Any, Final

from django.conf import settings
from django.db import connections, transaction
from django.test import Client

from warmhandoff.cli import visit
from warmhandoff.cli.benchmark import statements
from warmhandoff.cli.benchmark.figures import milliseconds
from warmhandoff.network.models import Membership

SERVICES: Final = 5_000
WARM_UP: Final = 10
HOST: Final = "127.0.0.1"
SEARCHES: Final = (
    "",
    "text=housing",
    "text=capacitacion+sur",
    "text=bench+organization+7",
    "service_code=WRK-TRN&area=south",
    "area=east&language=es&has_room=on",
    "open_now=on",
    "text=training&area=central&has_room=on&open_now=on",
    "service_code=HSG&page=3",
    "text=nothing+of+the+kind",
)

# Services up to the wanted number, each with a criterion, and a place that is open on weekdays.
_FILL = """
CREATE TEMP TABLE more ON COMMIT DROP AS
SELECT nextval(pg_get_serial_sequence('directory_service', 'id')) AS id, i,
       (ARRAY['WRK-TRN','HSG','ID','FOD','WRK-RDY','RCL','TRN','EDU','MH','DIG','PEER','WRK-PLC'])[1 + i % 12] AS code,
       (ARRAY['south','central','east','west','south_bay'])[1 + i % 5] AS area
FROM generate_series(1, greatest(0, {wanted} - (SELECT count(*) FROM directory_service))) i;

INSERT INTO directory_service (id, code, organization_id, name, name_es, name_sort, words_sort, service_code, area, place, serves,
                               languages, room, seats, room_as_of, verified_on, source, active)
SELECT m.id, 'M' || m.id, 1 + m.i % (SELECT count(*) - 1 FROM network_organization), t.en || ' ' || m.i, t.es || ' ' || m.i,
       lower(t.en) || ' ' || m.i,
       lower(t.en) || ' ' || m.i || ' ' || translate(lower(t.es), 'áéíóúüñ', 'aeiouun') || ' ' || m.area, m.code, m.area, '',
       CASE WHEN m.i % 3 = 0 THEN ARRAY[m.area, 'south'] ELSE '{}' END, CASE WHEN m.i % 2 = 0 THEN ARRAY['en', 'es'] ELSE ARRAY['en'] END,
       (ARRAY['open','waitlist','full'])[1 + m.i % 3], CASE WHEN m.i % 3 = 0 THEN 4 END, wh_now()::date - (m.i % 45)::int, wh_now()::date - 9, '', true
FROM more m JOIN foundation_term t ON t.vocabulary = 'service_code' AND t.code = m.code;

INSERT INTO directory_criterion (service_id, position, kind, values, at_least, can_follow, words_en, words_es)
SELECT id, 0, 'age', '{}', 18, false, '', '' FROM more;

INSERT INTO directory_location (code, service_id, name, address, area, phone, access, getting_there, getting_there_es, active)
SELECT 'M' || id, id, '', id || ' Bench Street', area, '555-0100', '{}', '', '', true FROM more;

INSERT INTO directory_hours (location_id, weekday, opens, closes)
SELECT l.id, d, '09:00', '17:00' FROM directory_location l JOIN more m ON m.id = l.service_id, generate_series(0, 4) d;
"""


def measure(*, runs: int) -> dict[str, Any]:
    services = _filled()
    print(f"Searching {services:,} services {runs} times ...", flush=True)
    client = Client(headers={"host": HOST})
    client.cookies[settings.SESSION_COOKIE_NAME] = visit.sign_in(
        Membership.objects.select_related("user").get(pk=2).user
    )
    with statements.heard() as said:
        _search(client, SEARCHES[1])
    asked = statements.counted(said)
    took = [_search(client, query) for query in islice(cycle(SEARCHES), WARM_UP + runs)]
    return {**milliseconds(took[WARM_UP:]), "services": services, "statements": asked}


def _filled() -> int:
    with connections["owner"].cursor() as cursor:
        with transaction.atomic(using="owner"):
            for statement in _FILL.replace("{wanted}", str(SERVICES)).split(";\n"):
                cursor.execute(statement)
        for table in ("service", "criterion", "location", "hours"):
            cursor.execute(f"ANALYZE directory_{table}")
        cursor.execute("SELECT count(*) FROM directory_service WHERE active")
        return int(cursor.fetchone()[0])


def _search(client: Client, query: str) -> float:
    began = time.perf_counter()
    answer = client.get(f"/directory/?{query}")
    took = time.perf_counter() - began
    if answer.status_code != 200:
        raise RuntimeError(f"The directory answered {answer.status_code} to {query}.")
    return took
