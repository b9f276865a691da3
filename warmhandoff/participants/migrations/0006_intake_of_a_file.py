"""Rows of intake belong to their file's organization, and a copied one names its share: as every table of a class."""

from importlib import import_module
from typing import ClassVar

from django.db import migrations

files = import_module("warmhandoff.participants.migrations.0002_files")

CLASS_TABLES = {
    "alternatecontact": "'contact'",
    "unanswered": "NEW.data_class",
    "paper": "'right_to_work'",
    "demographics": "'demographics'",
    "justiceinvolvement": "'justice'",
    "housing": "'housing_family'",
}
# Someone else's number is this organization's own contact point, as a person's is.
ALTERNATE_POINT = migrations.RunSQL(
    files._drop_key("participants_alternatecontact", "contact_point_id")
    + "ALTER TABLE participants_alternatecontact ADD CONSTRAINT alternate_point_and_organization"
    " FOREIGN KEY (contact_point_id, organization_id) REFERENCES foundation_contactpoint (id, organization_id)"
    " DEFERRABLE INITIALLY DEFERRED",
    "ALTER TABLE participants_alternatecontact DROP CONSTRAINT alternate_point_and_organization",
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("participants", "0005_intake")]
    operations: ClassVar = [
        *(files._same_organization(table) for table in CLASS_TABLES),
        *(
            step
            for table, data_class in CLASS_TABLES.items()
            for step in files._copied_by_a_share(table, data_class)
        ),
        ALTERNATE_POINT,
    ]
