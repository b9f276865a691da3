"""Background jobs of what people do on pages: ids in, one action out."""

from __future__ import annotations

from procrastinate.contrib.django import app

from warmhandoff.directory.imports import PartnerImport
from warmhandoff.exchange.csv import upload
from warmhandoff.foundation import actors
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.foundation.tasks import with_a_living_connection
from warmhandoff.network.models import Organization


@app.task(queue="imports")
@with_a_living_connection
def run_import(*, import_id: int, organization_id: int) -> None:
    bring_in(import_id, organization_id)


def bring_in(import_id: int, organization_id: int) -> None:
    """Try or write a long file, in one transaction. Where that breaks, nothing was written, and the page says so."""
    try:
        with acting_as(actors.system_actor(organization_id), purpose="import"):
            upload.run_long(import_id)
    except upload.Stopped:
        return
    except Exception:
        with acting_as(actors.system_actor(organization_id), purpose="import"):
            upload.forget(PartnerImport.objects.filter(pk=import_id, ended_at__isnull=True))
        raise


@app.periodic(cron="30 4 * * *")
@app.task(queue="imports", queueing_lock="forget_imports", pass_context=False)
@with_a_living_connection
def forget_imports(timestamp: int = 0) -> None:
    """Files that nobody finished are deleted after a day."""
    for organization_id in Organization.objects.values_list("pk", flat=True):
        with acting_as(actors.system_actor(organization_id), purpose="import"):
            upload.forget_old()
