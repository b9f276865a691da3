from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('foundation', '0004_words_change'),
    ]

    operations = [
        migrations.AlterField(
            model_name='actor',
            name='kind',
            field=models.CharField(choices=[('member', 'Member'), ('link', 'Link'), ('mailbox', 'Mailbox'), ('participant', 'Participant'), ('system', 'System'), ('operator', 'Operator')], max_length=12),
        ),
    ]
