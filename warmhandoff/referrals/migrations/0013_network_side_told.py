"""What was sent before has its row at the network's office too."""

from typing import ClassVar

from django.db import migrations

TELL = "SELECT wh_guard_tell_network(id) FROM referrals_referral"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("referrals", "0012_network_side_rows")]
    operations: ClassVar = [migrations.RunSQL(TELL, migrations.RunSQL.noop)]
