"""The import page: a file is uploaded, its columns matched, tried row by row, brought in; a spoiled one is mended and fed again."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from tests.cast import MONDAY, Cast
from tests.web.desk import Desk
from warmhandoff.directory.models import PartnerImport, Service
from warmhandoff.exchange.csv import upload
from warmhandoff.foundation import clock, scoping
from warmhandoff.foundation.actors import system_actor
from warmhandoff.foundation.aside import said_aside
from warmhandoff.network.models import Organization
from warmhandoff.network.roles import Permission, may
from warmhandoff.web.tasks import bring_in

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
START = "/organization/import/"
HEADING = "organization,kind,service,service_code,place,source\n"
GOOD = "Chrysalis,cbo,Jobs,WRK-TSE,Hollywood,000\n"
BAD = "Chrysalis,charity,=Housing,HSG,Hollywood,000\n"


@pytest.fixture
def c(settings, the_cast) -> Cast:
    settings.DEMO = True
    return the_cast


@pytest.fixture
def adam(c) -> Desk:
    return Desk(c, "adam")


def bring(desk: Desk, raw: bytes | str, name: str = "partners.csv", status: int = 302) -> str:
    key = desk.soup(START).select_one("main [name=form_key]")["value"]
    raw = raw.encode() if isinstance(raw, str) else raw
    with clock.at(desk.at):
        answer = desk.client.post(START, {"form_key": key, "file": SimpleUploadedFile(name, raw, "text/csv")})
    assert answer.status_code == status, answer.content
    return answer.headers["Location"] if status == 302 else " ".join(answer.content.decode().split())


def tried(desk: Desk, page: str, **fields: str) -> str:
    return desk.send(page, **fields)


def pressed(desk: Desk, page: str) -> str:
    return desk.send(page, at=f"{page}write/")


def jobs_of(key: str = "office", c: Cast | None = None):
    with scoping.acting_as(system_actor(c.organizations[key].pk)):
        return list(PartnerImport.objects.order_by("id"))


def test_who_may_enter(c):
    for name, member in c.members.items():
        Desk(c, name).get(START, 200 if may(member.role, Permission.EDIT_SERVICES) else 403)


def test_a_good_file(c, adam):
    page = bring(adam, HEADING + GOOD)
    said = tried(adam, page)
    assert "1 row can be brought in 1 would be added. Nothing is written yet." in said
    assert "Row 2: Chrysalis, Jobs would be added" in said
    assert not Organization.objects.filter(name="Chrysalis").exists()
    assert "1 row is brought in 1 added. The file is deleted." in pressed(adam, page)
    assert Service.objects.get(name="Jobs").organization.standing == "listed"
    job = jobs_of(c=c)[0]
    assert (job.state, job.content) == ("done", None)


def test_a_spoiled_file_mended_and_fed_again(c, adam):
    page = bring(adam, HEADING + GOOD + BAD)
    said = tried(adam, page)
    assert "1 of 2 rows needs mending" in said
    assert (
        "Row 3, service : It begins with '=', which a spreadsheet runs as a formula. Take that sign away."
        in said
    )
    assert "Bring in the" not in said.replace("Bring in the mended file", "")
    with clock.at(MONDAY):
        mended = adam.client.get(f"{page}errors/").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(mended)))
    assert rows[0] == [*HEADING.strip().split(","), "row", "why", "mend"]
    assert [row[6] for row in rows[1:]] == ["2", "3"]
    assert rows[2][2] == "'=Housing"  # no spreadsheet runs it
    assert not Organization.objects.filter(name="Chrysalis").exists()
    rows[2][1:3] = ["cbo", "Housing"]
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    page = bring(adam, out.getvalue())
    assert "All 2 rows can be brought in" in tried(adam, page)
    assert "2 rows are brought in" in pressed(adam, page)


def test_the_good_rows_are_kept_and_the_others_come_back(c, adam):
    page = bring(adam, HEADING + GOOD + BAD)
    assert "Bring in the 1 good row" in tried(adam, page, keep="good")
    assert "1 row is brought in" in pressed(adam, page)
    assert [service.name for service in Service.objects.filter(organization__name="Chrysalis")] == ["Jobs"]
    with clock.at(MONDAY):
        mended = adam.client.get(f"{page}errors/").content.decode("utf-8-sig")
    assert len(mended.splitlines()) == 2


def test_columns_that_are_called_otherwise_are_remembered(c, adam):
    heading = "Who,Sort,What,Code,Where,Document,Notes\n"
    row = "Chrysalis,cbo,Jobs,WRK-TSE,Hollywood,000,nothing\n"
    named = ("Who", "Sort", "What", "Code", "Where", "Document")
    columns = {
        f"column_{ours}": theirs for ours, theirs in zip(HEADING.strip().split(","), named, strict=True)
    }
    page = bring(adam, heading + row)
    assert "Choose which column of your file this is." in adam.send(page, 422)
    assert "chosen twice" in adam.send(page, 422, **columns | {"column_kind": "Who"})
    pressed_page = tried(adam, page, **columns)
    assert "1 row can be brought in" in pressed_page
    pressed(adam, page)
    page = bring(adam, heading + row)
    assert "1 row can be brought in 1 unchanged." in tried(adam, page)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (HEADING.encode() + "Fundación,cbo,Jobs,HSG,Hollywood,000\n".encode("latin-1"), "UTF-8"),
        ((HEADING + GOOD).encode("utf-16"), "Its letters are written in UTF-16."),
        ((HEADING + GOOD).encode("utf-16-le"), "Its letters are written in UTF-16."),
        (b"PK\x03\x04 a spreadsheet", "no CSV"),
        (b"", "empty"),
        (b"Partners 2026,,,,,\n" + HEADING.encode(), "is a title over all columns"),
        (b"organization,,service,service_code,place,source\n", "cells of the heading were merged"),
        (b"organization,kind,service,Service,place,source\n", "stands there 2 times"),
    ],
)  # fmt: skip
def test_files_that_are_something_else_are_refused_at_once(c, adam, raw, says):
    assert says in bring(adam, raw, status=422)
    assert jobs_of(c=c) == []


def test_a_file_of_another_kind_is_refused(adam):
    assert "This is no CSV file." in bring(adam, HEADING, "partners.xlsx", 422)


def test_a_byte_order_mark_semicolons_and_quotes_are_no_harm(c, adam):
    row = 'Chrysalis;cbo;"Jobs; ""and"" more";HSG;Hollywood;000\n'
    page = bring(adam, b"\xef\xbb\xbf" + (HEADING + row.replace(",", "")).replace(",", ";").encode())
    tried(adam, page)
    pressed(adam, page)
    assert Service.objects.get(organization__name="Chrysalis").name == 'Jobs; "and" more'


def test_an_open_quotation_mark_ends_it(c, adam):
    page = bring(adam, HEADING + GOOD + 'Chrysalis,cbo,"Jobs,HSG,Hollywood,000\n')
    said = tried(adam, page, keep="good")
    assert "This file can't be read" in said
    assert "Close each quotation mark" in said
    adam.post(f"{page}write/", 302, form_key=adam.soup(START).select_one("main [name=form_key]")["value"])
    assert not Organization.objects.filter(name="Chrysalis").exists()


def test_a_lead_brings_in_their_own_services_alone(c):
    vera = Desk(c, "vera")
    heading = "service,service_es,service_code,area,languages,mailbox,about\n"
    rows = (
        "Welding,Soldadura,WRK-TRN,south,en es,welding@valley.example,Twelve weeks\n"
        "Carpentry basics,Carpintería básica,WRK-TRN,south,en es,referrals@valley.example,\n"
        "Nails,,WRK-TRN,Atlantis,en,not a mail,\n"
    )
    page = bring(vera, heading + rows)
    said = tried(vera, page, keep="good")
    assert "Row 4, area : “Atlantis” is no area here." in said
    pressed(vera, page)
    assert {s.name for s in Service.objects.filter(organization=c.organizations["valley"], active=True)} == {
        "Carpentry basics", "Welding",
    }  # fmt: skip


def test_what_an_action_refuses_is_a_row_to_mend(c):
    vera = Desk(c, "vera")
    heading = "service,service_es,service_code,area,languages,mailbox,about\n"
    page = bring(vera, heading + "Nails,,WRK-TRN,south,en,not a mail,\n")
    assert "Row 2, mailbox" in tried(vera, page)


def test_a_stranger_finds_no_file(c, adam):
    page = bring(adam, HEADING + GOOD)
    for stranger in ("vera", "paul", "marcus"):
        Desk(c, stranger).get(page, 404)
        Desk(c, stranger).get(f"{page}errors/", 404)


def test_what_nobody_finishes_is_deleted_after_a_day(c, adam):
    bring(adam, HEADING + GOOD)
    with clock.at(MONDAY + timedelta(days=2)), scoping.acting_as(system_actor(c.organizations["office"].pk)):
        upload.forget_old()
    job = jobs_of(c=c)[0]
    assert (job.state, job.content) == ("failed", None)


def test_a_hundred_thousand_rows_go_to_the_worker(c, adam):
    rows = "".join(f"House {n % 400},cbo,Service {n},HSG,Hollywood,000\n" for n in range(100_000))
    page = bring(adam, HEADING + rows + "House 1,charity,Bad,HSG,Hollywood,000\n")
    assert "Reading your file" in tried(adam, page, keep="good")
    job = jobs_of(c=c)[0]
    with clock.at(MONDAY):
        bring_in(job.pk, job.organization_id)
    assert "1 of 100001 rows needs mending" in adam.get(page)
    assert not Service.objects.filter(organization__standing="listed").exists()
    assert "Bringing it in" in pressed(adam, page)
    with clock.at(MONDAY):
        bring_in(job.pk, job.organization_id)
        bring_in(job.pk, job.organization_id)
    assert "100000 rows are brought in" in adam.get(page)
    assert Service.objects.filter(organization__standing="listed").count() == 100_000
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name LIKE '%run_import'")
        assert all(
            set(row[0]) == {"import_id", "organization_id"}
            for row in cursor.fetchall()
            if isinstance(row[0], dict)
        )


@pytest.fixture
def long_file(c, adam, monkeypatch):
    """Three rows, matched, tried and pressed: the worker has them, and says at each how far it is."""
    monkeypatch.setattr("warmhandoff.directory.actions.listing.AT_ONCE", 1)
    monkeypatch.setattr(upload, "SECONDS_BETWEEN_WORDS", 0)
    page = bring(adam, HEADING + "".join(GOOD.replace("Jobs", name) for name in ("Jobs", "Beds", "Rides")))
    tried(adam, page)
    monkeypatch.setattr(upload, "AT_ONCE_BYTES", 0)
    said = pressed(adam, page)
    assert "Bringing it in 0 of 3 rows done." in said
    return page, jobs_of(c=c)[0]


def aside(monkeypatch, sql: str) -> list[object]:
    """What another connection hears after each word of the worker's, while the work itself is not done."""
    heard: list[object] = []
    says = upload._Aside.__call__

    def listening(self, done):
        says(self, done)
        with said_aside() as cursor:
            cursor.execute(sql)
            heard.append(cursor.fetchone()[0] if cursor.description else cursor.rowcount)

    monkeypatch.setattr(upload._Aside, "__call__", listening)
    return heard


def test_a_long_file_says_how_far_it_is_while_it_is_written(long_file, adam, monkeypatch):
    page, job = long_file
    heard = aside(monkeypatch, "SELECT rows_done FROM directory_partnerimport")
    with clock.at(MONDAY):
        bring_in(job.pk, job.organization_id)
    assert heard == [1, 2, 3]
    assert "3 rows are brought in" in adam.get(page)


def test_the_part_that_changes_is_swapped_alone_until_the_file_is_through(long_file, adam):
    page, job = long_file
    whole = adam.soup(page)
    assert whole.select_one("progress")["max"] == "3"
    with clock.at(MONDAY):
        part = adam.client.get(page, headers={"hx-request": "true"})
    assert part.content.decode().strip() in str(adam.client.get(page).content.decode())
    with clock.at(MONDAY):
        bring_in(job.pk, job.organization_id)
        assert adam.client.get(page, headers={"hx-request": "true"}).headers["HX-Refresh"] == "true"


def test_stopped_while_it_waits_it_brings_in_nothing(long_file, adam):
    page, job = long_file
    key = adam.soup(page).select_one("main form [name=form_key]")["value"]
    assert "Nothing was brought in" in adam.post(f"{page}drop/", form_key=key)
    with clock.at(MONDAY):
        bring_in(job.pk, job.organization_id)
    assert "Nothing was brought in" in adam.get(page)
    assert not Service.objects.filter(organization__standing="listed").exists()


def test_stopped_in_the_middle_all_of_it_is_taken_back(long_file, adam, monkeypatch):
    page, job = long_file
    heard = aside(
        monkeypatch,
        "UPDATE directory_partnerimport SET state = 'failed', content = NULL, ended_at = wh_now()",
    )
    with clock.at(MONDAY):
        bring_in(job.pk, job.organization_id)
    assert heard == [1], "the second word hears that it was stopped"
    assert "Nothing was brought in" in adam.get(page)
    assert not Organization.objects.filter(name="Chrysalis").exists()


def test_stopped_just_before_the_end_all_of_it_is_taken_back(long_file, adam, monkeypatch):
    """After the worker's last word, and before it has committed."""
    page, job = long_file
    tried_out = upload.importing.attempt

    def attempt(*args, **kwargs):
        done = tried_out(*args, **kwargs)
        with said_aside() as cursor:
            cursor.execute(
                "UPDATE directory_partnerimport SET state = 'failed', content = NULL, ended_at = wh_now()"
            )
        return done

    monkeypatch.setattr(upload.importing, "attempt", attempt)
    with clock.at(MONDAY):
        bring_in(job.pk, job.organization_id)
    assert "Nothing was brought in" in adam.get(page)
    assert not Organization.objects.filter(name="Chrysalis").exists()


def test_what_a_leads_file_does_not_speak_of_stays(c):
    vera = Desk(c, "vera")
    before = Service.objects.get(pk=c.services["carpentry"].pk)
    page = bring(vera, f"service,service_code,about\n{before.name},{before.service_code},New words\n")
    form = vera.soup(page)
    assert form.select_one("[name=column_mailbox] option[selected]").get_text() == "Not in this file"
    fields = {"column_service": "service", "column_service_code": "service_code", "column_about": "about"}
    assert "1 row can be brought in 1 would be changed." in tried(vera, page, **fields)
    pressed(vera, page)
    after = Service.objects.get(pk=before.pk)
    assert (after.area, after.languages, after.mailbox_id) == (
        before.area,
        before.languages,
        before.mailbox_id,
    )


def test_a_column_that_every_service_needs_is_asked_for(c):
    vera = Desk(c, "vera")
    page = bring(vera, "service,about\nNails,All of them\n")
    assert "Choose which column of your file this is." in vera.send(page, 422)


def test_a_job_that_breaks_has_written_nothing(c, adam, monkeypatch):
    page = bring(adam, HEADING + GOOD)
    tried(adam, page)
    monkeypatch.setattr(upload, "AT_ONCE_BYTES", 0)
    pressed(adam, page)
    job = jobs_of(c=c)[0]

    def breaks(*args, **kwargs):
        raise RuntimeError("half way")

    monkeypatch.setattr(upload.importing, "attempt", breaks)
    with pytest.raises(RuntimeError):
        bring_in(job.pk, job.organization_id)
    assert "Nothing was brought in" in adam.get(page)
    assert not Organization.objects.filter(name="Chrysalis").exists()
