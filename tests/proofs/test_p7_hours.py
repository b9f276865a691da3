"""P7 of hours: what the app's login can't do, and that the check finds it where the owner did it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connections, transaction

from tests.programs import paid_work
from tests.programs.paid_work import written
from tests.proofs.test_check_finds import LOOSE
from warmhandoff.foundation import promises
from warmhandoff.programs.models import TimesheetAnswer

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

BREAKAGES = {
    "hours approved by whoever wrote them down": """
        INSERT INTO programs_timesheetanswer (file_id, organization_id, timesheet_id, approved, seen, reason, by_id, happened_at)
        SELECT file_id, organization_id, id, true, 'paper', '', by_id, '2026-11-01' FROM programs_timesheet""",
    "day of more than 24 hours": """
        INSERT INTO programs_timesheet (file_id, organization_id, code, work_id, week, hours, reason, by_id, happened_at)
        SELECT file_id, organization_id, 'TWICE', work_id, week, '{20,0,0,0,0,0,0}', '', by_id, '2026-11-01' FROM programs_timesheet""",
}


@pytest.fixture
def sheet(the_cast):
    c = the_cast
    with c.acting("denise") as denise:
        return written(paid_work.begun(c, denise), denise)


@pytest.mark.parametrize("says", BREAKAGES)
def test_the_check_finds_what_the_owner_broke(sheet, says):
    assert {each.promise for each in promises.run() if each.broken} == set()
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE programs_timesheet DROP CONSTRAINT IF EXISTS timesheet_once_a_week")
        cursor.execute("DROP INDEX IF EXISTS timesheet_once_a_week")
        cursor.execute(LOOSE)
        cursor.execute(BREAKAGES[says])
        found = [each for each in promises.run() if each.broken]
        transaction.set_rollback(True, using="owner")
    assert [each.promise for each in found] == ["P7"]


def test_the_apps_login_approves_nothing_of_its_own(sheet):
    with connections["default"].cursor() as cursor, transaction.atomic():
        cursor.execute(
            "SELECT wh_enter(%s, %s, 'contact,program', 'service', '')",
            [str(sheet.organization_id), str(sheet.by_id)],
        )
        with (
            pytest.raises(IntegrityError, match="somebody else than who wrote them down"),
            transaction.atomic(),
        ):
            cursor.execute(BREAKAGES["hours approved by whoever wrote them down"])
        for change in (
            "UPDATE programs_timesheetanswer SET approved = true",
            "DELETE FROM programs_timesheet",
            "UPDATE programs_workwage SET hourly = 1",
        ):
            with pytest.raises(Exception, match="permission denied"), transaction.atomic():
                cursor.execute(change)
    assert not TimesheetAnswer.objects.using("owner").exists()
