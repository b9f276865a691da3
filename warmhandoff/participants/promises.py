"""What `warmhandoff check` proves of files: no row whose file and organization differ, no copied row without a share, each
table with the policy its model declares or on the open list."""

from __future__ import annotations

from warmhandoff.foundation.promises import Proof, proves
from warmhandoff.participants.under_a_file import differs

_UNDER_A_FILE = (
    "contact",
    "filechange",
    "reach",
    "need",
    "narrative",
    "schooling",
    "alternatecontact",
    "unanswered",
    "paper",
    "demographics",
    "justiceinvolvement",
    "housing",
    "listing",
    "consent",
    "share",
    "fileevent",
    "ownaccess",
    "saidwrong",
    "pagequestion",
)
_CLASS_OF = {
    "contact": "'contact'",
    "reach": "'contact'",
    "need": "t.data_class",
    "narrative": "'narrative'",
    "schooling": "'work_education'",
    "alternatecontact": "'contact'",
    "unanswered": "t.data_class",
    "paper": "'right_to_work'",
    "demographics": "'demographics'",
    "justiceinvolvement": "'justice'",
    "housing": "'housing_family'",
}
SAYS = "no one sees what is not theirs"


def _copied(table: str, data_class: str) -> Proof:
    return Proof(
        "P8",
        SAYS,
        f"SELECT count(*) FROM participants_{table} WHERE copied OR share_id IS NOT NULL",
        f"""SELECT 'copied {table} without a share', t.id::text FROM participants_{table} t
            JOIN participants_participant f ON f.id = t.file_id
            LEFT JOIN participants_share s ON s.id = t.share_id
            WHERE (t.copied OR t.share_id IS NOT NULL) AND (s.id IS NULL OR NOT t.copied
               OR s.recipient_id <> t.organization_id OR s.person_id <> f.person_id OR s.data_class <> {data_class})""",
    )


def _received_contact() -> Proof:
    return Proof(
        "P8",
        SAYS,
        "SELECT count(*) FROM participants_participant WHERE origin <> 'intake'",
        """SELECT 'received file without the share it came by', f.id::text FROM participants_participant f
           JOIN participants_contact c ON c.file_id = f.id WHERE f.origin <> 'intake' AND NOT c.copied""",
    )


def _reached() -> Proof:
    return Proof(
        "P8",
        SAYS,
        "SELECT count(*) FROM participants_reach",
        """SELECT 'reach by another organization''s contact point', r.id::text FROM participants_reach r
           LEFT JOIN foundation_contactpoint c ON c.id = r.contact_point_id
           WHERE c.id IS NULL OR c.organization_id <> r.organization_id""",
    )


def _alternates() -> Proof:
    return Proof(
        "P8",
        SAYS,
        "SELECT count(*) FROM participants_alternatecontact",
        """SELECT 'someone else by another organization''s contact point', a.id::text FROM participants_alternatecontact a
           LEFT JOIN foundation_contactpoint c ON c.id = a.contact_point_id
           WHERE c.id IS NULL OR c.organization_id <> a.organization_id""",
    )


def _drafts() -> Proof:
    return Proof(
        "P8",
        SAYS,
        "SELECT count(*) FROM participants_draft",
        """SELECT 'draft of someone who works elsewhere', d.id::text FROM participants_draft d
           LEFT JOIN network_membership m ON m.id = d.membership_id
           WHERE m.id IS NULL OR m.organization_id <> d.organization_id""",
    )


def _told() -> Proof:
    return Proof(
        "P8",
        SAYS,
        "SELECT count(*) FROM participants_participant",
        """SELECT 'file on someone of whom nobody told', f.id::text FROM participants_participant f
           WHERE EXISTS (SELECT 1 FROM participants_participant e WHERE e.person_id = f.person_id AND e.id < f.id)
             AND NOT EXISTS (SELECT 1 FROM participants_share s
                             WHERE s.person_id = f.person_id AND s.recipient_id = f.organization_id)""",
    )


def _found_again() -> Proof:
    return Proof(
        "P8",
        SAYS,
        "SELECT count(*) FROM participants_filekey",
        """SELECT 'key of another organization''s file', k.file_id::text FROM participants_filekey k
           LEFT JOIN participants_participant f ON f.id = k.file_id
           WHERE f.id IS NULL OR f.organization_id <> k.organization_id
           UNION ALL
           SELECT 'file that no key finds', c.file_id::text FROM participants_contact c
           WHERE NOT EXISTS (SELECT 1 FROM participants_filekey k WHERE k.file_id = c.file_id)""",
    )


def _looked() -> Proof:
    return Proof(
        "P8",
        SAYS,
        "SELECT count(*) FROM participants_networklook",
        """SELECT 'a partner was asked for without the person''s yes', l.id::text FROM participants_networklook l
           LEFT JOIN participants_participant f ON f.id = l.file_id
           WHERE f.id IS NULL OR f.organization_id <> l.organization_id OR (
               SELECT e.kind FROM participants_fileevent e WHERE e.file_id = l.file_id
                  AND e.kind IN ('look_allowed', 'look_refused') AND e.recorded_at <= l.looked_at
               ORDER BY e.recorded_at DESC, e.id DESC LIMIT 1) IS DISTINCT FROM 'look_allowed'""",
    )


def _own_page(table: str) -> Proof:
    """What a person reads of themself is found by their person: it is that of the file, and the way in was the file's house's."""
    return Proof(
        "P8",
        SAYS,
        f"SELECT count(*) FROM participants_{table}",
        f"""SELECT '{table} of somebody else', t.id::text FROM participants_{table} t
            JOIN participants_participant f ON f.id = t.file_id WHERE f.person_id <> t.person_id""",
    )


def _ways_in() -> Proof:
    return Proof(
        "P8",
        SAYS,
        "SELECT count(*) FROM participants_ownlink",
        """SELECT 'way in to nobody''s page, or of another organization', l.id::text FROM participants_ownlink l
           LEFT JOIN participants_ownaccess w ON w.link_id = l.id
           LEFT JOIN foundation_contactpoint c ON c.id = l.mailbox_id
           WHERE w.id IS NULL OR w.organization_id <> l.organization_id
              OR (l.mailbox_id IS NOT NULL AND (c.organization_id <> l.organization_id
                  OR NOT EXISTS (SELECT 1 FROM participants_reach r WHERE r.contact_point_id = c.id AND r.file_id = w.file_id)))""",
    )


def _answered_themselves() -> Proof:
    return Proof(
        "P8",
        SAYS,
        "SELECT count(*) FROM participants_pagequestion WHERE consent_id IS NOT NULL",
        """SELECT 'answer that the person did not give themself', q.id::text FROM participants_pagequestion q
           JOIN participants_consent c ON c.id = q.consent_id JOIN foundation_actor a ON a.id = c.recorded_by_id
           WHERE a.kind <> 'participant' OR c.person_id <> q.person_id OR c.how <> 'screen'""",
    )


def _shares() -> Proof:
    return Proof(
        "P8",
        SAYS,
        "SELECT count(*) FROM participants_share",
        """SELECT 'share beyond its consent or agreement', s.id::text FROM participants_share s
           LEFT JOIN participants_consent c ON c.id = s.consent_id
           LEFT JOIN network_agreement a ON a.id = s.agreement_id LEFT JOIN network_queue q ON q.id = a.escheat_queue_id
           LEFT JOIN network_organization o ON o.id = s.organization_id
           WHERE (s.basis IN ('consent', 'program') AND (c.id IS NULL OR c.refused OR c.person_id <> s.person_id
                    OR NOT s.recipient_id = ANY(c.recipients) OR NOT s.data_class = ANY(c.data_classes)
                    OR s.until > c.expires_at OR (c.revoked_at IS NOT NULL AND s.revoked_at IS NULL)))
              OR (s.basis = 'program' AND (s.data_class <> 'program' OR c.purpose <> 'program'))
              OR (s.basis = 'escheat' AND (a.id IS NULL OR a.organization_id <> s.organization_id
                    OR q.organization_id <> s.recipient_id OR s.data_class <> 'contact' OR o.state <> 'closed'))
              OR s.basis NOT IN ('consent', 'escheat', 'program')""",
    )


# Which row holds the answer that a change tells of, and in which column, by table.
_ANSWERED = {
    "contact": ("c.data_class = 'contact' AND left(c.field, 4) <> 'why_'", "c.field"),
    "schooling": ("c.data_class = 'work_education'", "c.field"),
    "housing": ("c.field = 'housing'", "'status'"),
    "demographics": ("c.data_class = 'demographics'", "c.field"),
    "justiceinvolvement": (
        "c.data_class = 'justice'",
        "CASE c.field WHEN 'justice' THEN 'involved' ELSE c.field END",
    ),
    "paper": ("c.data_class = 'right_to_work' AND t.kind = c.field", "'standing'"),
    "unanswered": ("c.field = 'why_' || t.question", "'why'"),
}


def _said_before() -> Proof:
    """What was kept leads to what stands now: each change begins where the one before it ended, and the last ends here."""
    # Why there is no answer counts as none: it was not kept from the beginning.
    none = "('', 'not_asked', 'doesnt_know', 'prefers_not')"
    stands = " UNION ALL ".join(
        f"""SELECT c.id, c.became, wh_guard_answer(to_jsonb(t), {column}) AS follows
            FROM changes c JOIN participants_{table} t ON t.file_id = c.file_id AND {where} WHERE c.follows IS NULL"""
        for table, (where, column) in _ANSWERED.items()
    )
    return Proof(
        "P7",
        "nothing is overwritten",
        "SELECT count(*) FROM participants_filechange",
        f"""WITH changes AS (SELECT f.*, lead(was) OVER (PARTITION BY file_id, field ORDER BY id) AS follows
                             FROM participants_filechange f),
                 steps AS (SELECT id, became, follows FROM changes WHERE follows IS NOT NULL UNION ALL {stands})
            SELECT 'answer that came from nowhere', s.id::text FROM steps s
            WHERE s.became <> left(s.follows, 160) AND NOT (s.became IN {none} AND s.follows IN {none})""",
    )


def corrections(table: str, author: str, same: str) -> Proof:
    """`same` says that the correction `n` and what it corrects, `e`, are of one kind and about one thing."""
    return Proof(
        "P7",
        "nothing is overwritten",
        f"SELECT count(*) FROM {table} WHERE supersedes_id IS NOT NULL",
        f"""SELECT 'correction of something else, or by someone else', n.id::text FROM {table} n
            JOIN {table} e ON e.id = n.supersedes_id JOIN foundation_actor a ON a.id = n.{author}
            WHERE n.reason = '' OR e.organization_id <> n.organization_id OR NOT ({same})
               OR (n.{author} <> e.{author} AND a.kind <> 'member')""",
    )


proves(
    corrections("participants_fileevent", "by_id", "e.file_id = n.file_id AND n.kind IN (e.kind, 'struck')"),
    corrections(
        "participants_narrative",
        "written_by_id",
        "e.file_id = n.file_id AND e.about_kind = n.about_kind AND e.about_id = n.about_id",
    ),
    _said_before(),
    *(differs(f"participants_{table}", table) for table in _UNDER_A_FILE),
    *(_copied(table, data_class) for table, data_class in _CLASS_OF.items()),
    _received_contact(),
    _reached(),
    _alternates(),
    _drafts(),
    _told(),
    _found_again(),
    _looked(),
    _shares(),
    *(_own_page(table) for table in ("ownaccess", "saidwrong", "pagequestion")),
    _ways_in(),
    _answered_themselves(),
)
