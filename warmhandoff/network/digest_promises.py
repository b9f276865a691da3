"""What `warmhandoff check` proves of mails: each that waits has what sends it, and nobody has two digests of one day."""

from warmhandoff.foundation.promises import Proof, proves

_SAYS = "a change and its messages are one"

proves(
    Proof(
        "P6",
        _SAYS,
        "SELECT count(*) FROM foundation_message",
        """SELECT 'waits, and nothing sends it', m.code FROM foundation_message m
           WHERE m.state = 'queued'
             AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs j WHERE j.status IN ('todo', 'doing')
               AND j.task_name = 'warmhandoff.foundation.tasks.send_message' AND (j.args->>'message_id')::bigint = m.id)
             AND NOT EXISTS (SELECT 1 FROM foundation_timer t WHERE t.subject_kind = 'message' AND t.subject_id = m.id
               AND t.fired_at IS NULL AND t.called_off_at IS NULL)""",
    ),
    Proof(
        "P6",
        _SAYS,
        "SELECT count(*) FROM network_digest",
        # A day's digests are made while the offices are open: two within twelve hours are of one day.
        """SELECT 'two digests of one day', two.code FROM (
             SELECT code, queued_at - lag(queued_at) OVER (PARTITION BY subject_id ORDER BY queued_at) AS apart
             FROM foundation_message WHERE notice = 'network.digest' AND state <> 'past') two
           WHERE two.apart < interval '12 hours'""",
    ),
)
