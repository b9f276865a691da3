"""The network office's row is written at the end of a transaction, when whoever is concerned is locked already.

Written at once, a late yes held this row and waited for the person, while a decision held the person and waited for this row.
"""

from typing import ClassVar

from django.db import migrations

CHANGED = """(OLD.state IS DISTINCT FROM NEW.state
                       OR OLD.stage IS DISTINCT FROM NEW.stage
                       OR OLD.answer_due_at IS DISTINCT FROM NEW.answer_due_at
                       OR OLD.contact_due_at IS DISTINCT FROM NEW.contact_due_at
                       OR OLD.question_due_at IS DISTINCT FROM NEW.question_due_at
                       OR OLD.held_until IS DISTINCT FROM NEW.held_until
                       OR OLD.review_due_at IS DISTINCT FROM NEW.review_due_at
                       OR OLD.stands_since IS DISTINCT FROM NEW.stands_since)"""
DROP = """
DROP TRIGGER wh_network_moves ON referrals_referral;
DROP TRIGGER wh_network_decides ON referrals_disposition;
"""
AT_THE_END = f"""
CREATE CONSTRAINT TRIGGER wh_network_moves AFTER UPDATE ON referrals_referral DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN {CHANGED} EXECUTE FUNCTION wh_guard_network_told();
CREATE CONSTRAINT TRIGGER wh_network_decides AFTER INSERT OR UPDATE ON referrals_disposition DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION wh_guard_network_told();
"""
AT_ONCE = f"""
CREATE TRIGGER wh_network_moves AFTER UPDATE ON referrals_referral
    FOR EACH ROW WHEN {CHANGED} EXECUTE FUNCTION wh_guard_network_told();
CREATE TRIGGER wh_network_decides AFTER INSERT OR UPDATE ON referrals_disposition
    FOR EACH ROW EXECUTE FUNCTION wh_guard_network_told();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("referrals", "0014_answer_time")]
    operations: ClassVar = [migrations.RunSQL(DROP + AT_THE_END, DROP + AT_ONCE)]
