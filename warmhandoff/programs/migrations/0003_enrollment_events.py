from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('programs', '0002_program_of_a_file'),
    ]

    operations = [
        migrations.AddField(
            model_name='enrollmentevent',
            name='detail',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddConstraint(
            model_name='enrollmentevent',
            constraint=models.CheckConstraint(condition=models.Q(('supersedes__isnull', True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='enrollmentevent_correction_says_why'),
        ),
        migrations.AddConstraint(
            model_name='enrollmentevent',
            constraint=models.UniqueConstraint(condition=models.Q(('supersedes__isnull', False)), fields=('supersedes',), name='enrollmentevent_corrected_once'),
        ),
    ]
