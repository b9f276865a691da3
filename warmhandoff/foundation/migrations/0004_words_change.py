"""Words that are data may change while the product runs: what was changed by whom is kept, and one number says that something was."""

import django.db.models.deletion
import warmhandoff.foundation.database
from django.db import migrations, models


# The number is that of the transaction, so that one which was rolled back can't be taken for another. A term is known by its code
# for ever: whatever was once chosen keeps its meaning.
SQL = """
CREATE FUNCTION wh_guard_terms_version() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE foundation_termsversion SET version = pg_current_xact_id()::text::bigint
        WHERE version IS DISTINCT FROM pg_current_xact_id()::text::bigint;
    RETURN NULL;
END $$;
CREATE TRIGGER wh_terms_version AFTER INSERT OR UPDATE OR DELETE ON foundation_term
    FOR EACH STATEMENT EXECUTE FUNCTION wh_guard_terms_version();
CREATE FUNCTION wh_guard_term() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF (OLD.id, OLD.vocabulary, OLD.code, OLD.data_class) IS DISTINCT FROM (NEW.id, NEW.vocabulary, NEW.code, NEW.data_class) THEN
        RAISE EXCEPTION 'term % keeps its code', OLD.id USING ERRCODE = '23514', CONSTRAINT = 'wh_p7_history';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER wh_p7_term BEFORE UPDATE ON foundation_term FOR EACH ROW EXECUTE FUNCTION wh_guard_term();
INSERT INTO foundation_termsversion (version) VALUES (0);
"""
UNDO = """
DROP TRIGGER wh_p7_term ON foundation_term; DROP FUNCTION wh_guard_term();
DROP TRIGGER wh_terms_version ON foundation_term; DROP FUNCTION wh_guard_terms_version();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('foundation', '0003_crossing'),
    ]

    operations = [
        migrations.CreateModel(
            name='TermsVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='TermChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.CharField(max_length=12)),
                ('before', models.CharField(blank=True, max_length=200)),
                ('after', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField(db_default=warmhandoff.foundation.database.WhNow())),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='foundation.actor')),
                ('term', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='foundation.term')),
            ],
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
