"""How long organizations take to answer: counted by the owner's function over the whole network, told as one rounded number."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

# Of 180 days. At each time: how many still waited then, and how many were answered then; the curve is the product of those who
# went on waiting. Whoever was never answered is one who waited until it ended, or until now.
TELL = """
CREATE FUNCTION wh_tell_answer_times() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    moment timestamptz := wh_now();
    today date := moment::date;
BEGIN
    LOCK TABLE referrals_answertime IN EXCLUSIVE MODE;
    IF EXISTS (SELECT 1 FROM referrals_answertime WHERE as_of = today) THEN
        RETURN;
    END IF;
    DELETE FROM referrals_answertime;
    INSERT INTO referrals_answertime (organization_id, days, as_of)
    WITH asked AS (
        SELECT receiver_id, person_id, answered_at IS NOT NULL AS answered,
               greatest(COALESCE(answered_at, ended_at, moment) - sent_at, interval '0') AS waited
        FROM referrals_referral WHERE sent_at >= moment - interval '180 days' AND sent_at <= moment
    ), enough AS (
        SELECT receiver_id FROM asked GROUP BY receiver_id HAVING count(DISTINCT person_id) >= 5
    ), times AS (
        SELECT receiver_id, waited, count(*) FILTER (WHERE answered) AS answers,
               sum(count(*)) OVER (PARTITION BY receiver_id ORDER BY waited DESC) AS at_risk
        FROM asked JOIN enough USING (receiver_id) GROUP BY receiver_id, waited
    ), curve AS (
        SELECT receiver_id, waited,
               sum(CASE WHEN answers = at_risk THEN -1000 ELSE ln(1 - answers / at_risk::float8) END)
                   OVER (PARTITION BY receiver_id ORDER BY waited) AS ln_waiting
        FROM times
    ), halves AS (
        SELECT receiver_id, extract(epoch FROM min(waited) FILTER (WHERE ln_waiting <= ln(0.5) + 1e-9)) AS seconds
        FROM curve GROUP BY receiver_id
    )
    SELECT receiver_id, CASE WHEN seconds IS NOT NULL THEN greatest(1, ceil(seconds / 86400)) END, today FROM halves;
END
$$
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("network", "0002_keys_of_foundation"),
        ("referrals", "0013_network_side_told"),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="AnswerTime",
            fields=[
                (
                    "organization",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name="+",
                        serialize=False, to="network.organization",
                    ),
                ),
                ("days", models.PositiveSmallIntegerField(null=True)),
                ("as_of", models.DateField()),
            ],
        ),
        migrations.RunSQL(TELL, "DROP FUNCTION wh_tell_answer_times()"),
    ]
