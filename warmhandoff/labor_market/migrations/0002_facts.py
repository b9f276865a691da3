"""What every installation begins with, and: no least wage is changed for a day that has passed."""

from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from django.db import migrations

from warmhandoff.jurisdictions.place import current_place
from warmhandoff.labor_market.loading import load_place, load_wages

WAGES = Path(__file__).resolve().parents[3] / "data" / "oews_may2025.csv"
SOURCE = "U.S. Bureau of Labor Statistics, Occupational Employment and Wage Statistics, May 2025"
# Industries that have a least wage of their own somewhere.
INDUSTRIES = (
    ("fast_food", "Fast-food chain", "Cadena de comida rápida"),
    ("health_facility", "Health facility", "Centro de salud"),
    ("hotel", "Hotel", "Hotel"),
)


def load(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    load_wages(apps, WAGES, as_of=date(2025, 5, 1), source=SOURCE, using=alias)
    load_place(apps, current_place(), using=alias)
    term = apps.get_model("foundation", "Term")
    term.objects.using(alias).bulk_create(
        term(vocabulary="industry", code=code, en=en, es=es, position=position)
        for position, (code, en, es) in enumerate(INDUSTRIES)
    )


def unload(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    apps.get_model("foundation", "Term").objects.using(alias).filter(vocabulary="industry").delete()
    apps.get_model("labor_market", "TargetSector").objects.using(alias).all().delete()
    for name in ("Wage", "WageFloor", "Locality", "Occupation"):
        apps.get_model("labor_market", name).objects.using(alias).order_by("-pk").delete()


# The action knows the place's own day; here a day's grace covers every time zone. What was first written down together, in one
# moment, may speak of the past: nothing was paid by anything else.
KEPT = """
CREATE FUNCTION wh_guard_wagefloor() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE yesterday date := (wh_now() AT TIME ZONE 'UTC')::date - 1;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a least wage is history' USING ERRCODE = '23514', CONSTRAINT = 'wh_p7_wagefloor';
    END IF;
    IF TG_OP = 'UPDATE' AND (
        (OLD.id, OLD.code, OLD.locality_id, OLD.industry, OLD.rate, OLD.valid_from, OLD.source, OLD.recorded_at, OLD.by_id)
          IS DISTINCT FROM
        (NEW.id, NEW.code, NEW.locality_id, NEW.industry, NEW.rate, NEW.valid_from, NEW.source, NEW.recorded_at, NEW.by_id)
        OR (NEW.valid_to IS DISTINCT FROM OLD.valid_to
            AND (OLD.valid_to < yesterday OR COALESCE(NEW.valid_to, 'infinity'::date) < yesterday - 1))) THEN
        RAISE EXCEPTION 'a least wage of a day that has passed' USING ERRCODE = '23514', CONSTRAINT = 'wh_p7_wagefloor';
    END IF;
    IF TG_OP = 'INSERT' AND NEW.valid_from < yesterday AND EXISTS (
        SELECT 1 FROM labor_market_wagefloor f
        WHERE f.locality_id = NEW.locality_id AND f.industry = NEW.industry AND f.recorded_at < wh_now()) THEN
        RAISE EXCEPTION 'a least wage of a day that has passed' USING ERRCODE = '23514', CONSTRAINT = 'wh_p7_wagefloor';
    END IF;
    IF EXISTS (
        SELECT 1 FROM labor_market_wagefloor f
        WHERE f.locality_id = NEW.locality_id AND f.industry = NEW.industry AND f.id <> NEW.id
          AND daterange(f.valid_from, f.valid_to, '[]') && daterange(NEW.valid_from, NEW.valid_to, '[]')) THEN
        RAISE EXCEPTION 'two least wages on one day' USING ERRCODE = '23514', CONSTRAINT = 'wh_wagefloor_overlaps';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER wh_p7_wagefloor BEFORE INSERT OR UPDATE OR DELETE ON labor_market_wagefloor
    FOR EACH ROW EXECUTE FUNCTION wh_guard_wagefloor();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("labor_market", "0001_labor_market")]
    operations: ClassVar = [
        migrations.RunPython(load, unload),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RunSQL(
            KEPT,
            "DROP TRIGGER wh_p7_wagefloor ON labor_market_wagefloor; DROP FUNCTION wh_guard_wagefloor()",
        ),
    ]
