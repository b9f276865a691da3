"""How long organizations take to answer: one rounded number each, told by the database alone.

Each sender reads its own referrals, and one's own few tell little. So the owner's function counts over the whole network, and
what it leaves is a number of days and no more: not by whom, about whom or how many were asked. It tells of an organization
only where five people or more were referred to it in the time counted, and anew at most once a day, so that nobody can watch
one answer move it.

The number is the median of Kaplan and Meier: who still waits, or stopped waiting without an answer, counts as one who has waited so
long, and not as an answer. Where more than half never had one, there is no such day, and that is told too.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection, models

from warmhandoff.foundation.rows import SELECT, open_table


class AnswerTime(models.Model):
    """Within how many days half of those who asked an organization had its answer; none where half of them had none."""

    organization = models.OneToOneField(
        "network.Organization", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    days = models.PositiveSmallIntegerField(null=True)
    as_of = models.DateField()

    class Meta:
        app_label = "referrals"

    class Rows:
        rule = open_table(
            "one number of days an organization, over five people or more, written by the database alone",
            grants=(SELECT,),
        )


@dataclass(frozen=True)
class Usually:
    """What is known of an organization's answers; `days` is None where half of those who asked had none."""

    days: int | None


def usually(organization_ids: Collection[int]) -> dict[int, Usually]:
    """By organization; those that nothing can be said of are not in it."""
    found = AnswerTime.objects.filter(organization_id__among=organization_ids)
    return {pk: Usually(days) for pk, days in found.values_list("organization_id", "days")}


def tell() -> None:
    """Count anew; does nothing where that was done today."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT wh_tell_answer_times()")
