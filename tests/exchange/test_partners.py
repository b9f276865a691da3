"""`warmhandoff import partners`: all or nothing, each bad row by number, field and mend; twice changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from warmhandoff.directory import reading
from warmhandoff.directory.models import Service
from warmhandoff.exchange.csv import partners
from warmhandoff.network.models import Organization

pytestmark = pytest.mark.django_db

DATA = Path(__file__).resolve().parents[2] / "data" / "la_partners.csv"
SPOILED = Path(__file__).parent / "spoiled.csv"
HEADING = "organization,kind,service,service_code,place,source\n"


@pytest.fixture
def file(tmp_path):
    def write(text: str | bytes, heading: str = HEADING) -> Path:
        path = tmp_path / "partners.csv"
        path.write_bytes(text if isinstance(text, bytes) else (heading + text).encode())
        return path

    return write


def refused(path: Path, capsys) -> str:
    assert partners.run(path) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert not Organization.objects.exists()
    assert "Nothing was written" in said.err
    return said.err


def test_the_founding_documents_network(capsys):
    assert partners.run(DATA) == 0
    assert capsys.readouterr().out.splitlines() == [
        "22 rows read.",
        "Organizations: 20 added, 0 changed, 0 unchanged.",
        "Services: 22 added, 0 changed, 0 unchanged.",
    ]
    assert {o.standing for o in Organization.objects.all()} == {"listed"}
    grid = Service.objects.get(organization__name="GRID Alternatives")
    assert (grid.service_code, grid.place, grid.source, grid.verified_on) == (
        "WRK-TRN",
        "Los Angeles County",
        "LeadersUp, “From Pilots to Policy” (2025)",
        None,
    )
    assert Service.objects.get(organization__name="Paving the Way").area == "antelope"
    assert Service.objects.get(organization__name="Brotherhood Crusade").area == "south"
    assert Organization.objects.get(name="Chrysalis").kinds == ["cbo"]


def test_evaluators_need_neither_code_nor_place(capsys):
    partners.run(DATA)
    mdrc = Service.objects.get(organization__name="MDRC")
    assert (mdrc.service_code, mdrc.place, mdrc.organization.kinds) == ("", "", ["evaluator"])


def test_twice_changes_nothing(capsys):
    partners.run(DATA)
    before = list(Service.objects.order_by("id").values())
    capsys.readouterr()
    assert partners.run(DATA) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "Organizations: 0 added, 0 changed, 20 unchanged.",
        "Services: 0 added, 0 changed, 22 unchanged.",
    ]
    assert list(Service.objects.order_by("id").values()) == before


def test_what_a_document_says_anew_replaces_what_it_said(file, capsys):
    partners.run(file("Chrysalis,cbo,Jobs,WRK-TSE,Hollywood,000\n"))
    assert partners.run(file("Chrysalís,employer,JOBS,WRK-PLC,Hollywood,003\n")) == 0
    service = Service.objects.get()
    assert (service.name, service.service_code, service.source) == ("Jobs", "WRK-PLC", "003")
    assert service.organization.kinds == ["cbo", "employer"]
    assert "Services: 0 added, 1 changed" in capsys.readouterr().out


def test_a_spoiled_copy_is_refused_whole(capsys):
    said = refused(SPOILED, capsys).splitlines()
    beginnings = [
        "Row 4, kind: “charity” is no kind of organization. Use one of: cbo, ",
        "Row 5, service_code: “HOUSE” is no kind of service. Use one of: ID, ",
        "Row 6, organization: It is empty. Write the organization's name.",
        "Row 7, the row: It has 7 columns where 6 belong. Put a text that has a comma",
        "Row 9, service: Row 8 has a service of the same name at this organization, told otherwise.",
        "Row 11, the row: Row 10 says the same.",
        "Row 12, service: It begins with '=', which a spreadsheet runs as a formula.",
        "Row 13, place: It is empty.",
        "Row 14, service: It has 180 letters; there is room for 160. Shorten it.",
        "Row 15, service: There is an invisible character in it.",
        "Row 16, source: It is empty.",
        "Nothing was written: 11 things are wrong.",
    ]
    assert len(said) == len(beginnings)
    for line, beginning in zip(said, beginnings, strict=True):
        assert line.startswith(beginning), line


@pytest.mark.parametrize("sign", ["=1+1", "+1", "-1", "@sum", "  =1", "\t1"])
@pytest.mark.parametrize("column", range(6))
def test_a_formula_is_refused_in_each_column(file, capsys, sign, column):
    cells = ["Chrysalis", "cbo", "Jobs", "HSG", "Hollywood", "000"]
    cells[column] = sign
    assert "runs as a formula. Take that sign away." in refused(file(",".join(cells) + "\n"), capsys)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (HEADING.encode() + b"Fundaci\xf3n,cbo,Jobs,HSG,Hollywood,000\n", "Row 2, its letters: There is a letter"),
        (HEADING.encode("utf-16"), "Its letters are written in UTF-16. Save it again as “CSV UTF-8”"),
        (HEADING.encode() + b"Chry\x00salis,cbo,Jobs,HSG,Hollywood,000\n", "Row 2, organization: There is an invis"),
        (b"", "The file: It is empty. Its first row is: organization,kind"),
        (b"name;sort\nx;y\n", "Row 1, the heading: There is no column organization, no column kind,"),
        (HEADING.encode() + b'Chrysalis,cbo,"Jobs,HSG,Hollywood,000\n', "It can't be read as CSV"),
        (HEADING.encode() + b"x" * (32 * 1024 * 1024), "It is larger than 32 MB. Split it"),
    ],
)  # fmt: skip
def test_files_that_are_something_else(file, capsys, raw, says):
    assert says in refused(file(raw), capsys)


def test_a_file_that_is_not_there(tmp_path, capsys):
    assert "can't be read: No such file" in refused(tmp_path / "nothing.csv", capsys)
    assert "can't be read: Is a directory" in refused(tmp_path, capsys)


def test_a_spreadsheet_s_own_marks_are_no_harm(file):
    raw = b"\xef\xbb\xbf" + HEADING.encode() + b"Chrysalis,cbo, Jobs ,HSG,Hollywood,000\r\n,,,,,\r\n"
    assert partners.run(file(raw)) == 0
    assert Service.objects.get().name == "Jobs"


def test_a_member_is_never_overwritten(file, capsys, the_cast):
    cast = the_cast
    capsys.readouterr()
    assert partners.run(file("Éastgate community partners,employer,Housing help,HSG,Hollywood,000\n")) == 0
    eastgate = cast.organizations["eastgate"]
    eastgate.refresh_from_db()
    assert (eastgate.standing, eastgate.kinds, eastgate.source) == ("member", ["cbo"], "")
    assert not eastgate.services.exists()
    assert "members and describe themselves: 1." in capsys.readouterr().out


def test_a_failure_half_way_leaves_nothing(file, monkeypatch):
    def breaks(**kwargs):
        raise RuntimeError("half way")

    monkeypatch.setattr(partners, "list_services", breaks)
    with pytest.raises(RuntimeError):
        partners.run(DATA)
    assert not Organization.objects.exists()


def test_what_is_listed_is_never_asked(capsys):
    partners.run(DATA)
    entries = reading.by_organization(reading.find(reading.Wanted()))
    assert len(entries) == 20
    assert all(entry.is_listed_only for entry in entries)
    assert not Service.objects.exclude(mailbox=None).exists()
