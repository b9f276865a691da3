"""What a person reads of themself on their own page: the owner's function, bound to the live way in that they came by.

Whoever acts there acts for no organization, so no policy gives them a row. This function gives them theirs, across all
organizations, and what it doesn't name they don't read. To anybody else, staff among them, it gives nothing.
"""

from typing import ClassVar

from django.db import migrations

# The file behind the way in that acts: only while it is live, and its mailbox may be used.
FILE = """
CREATE FUNCTION wh_guard_own_file() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT w.file_id FROM foundation_actor a
      JOIN participants_ownlink l ON l.id = a.subject_id
      JOIN participants_ownaccess w ON w.link_id = l.id
      LEFT JOIN foundation_contactpoint c ON c.id = l.mailbox_id
     WHERE a.id = NULLIF(current_setting('wh.actor', true), '')::bigint AND a.kind = 'participant'
       AND l.revoked_at IS NULL AND l.dies_at > wh_now() AND c.stopped_at IS NULL
$$;
"""

# One human may stand as several persons: those that live links and merges hold together, and no others.
PEOPLE = """
CREATE FUNCTION wh_guard_own_people() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH RECURSIVE me(id) AS (
        SELECT f.person_id FROM participants_participant f WHERE f.id = wh_guard_own_file()
        UNION
        SELECT CASE WHEN k.kept_id = me.id THEN k.closed_id ELSE k.kept_id END
          FROM me JOIN custody_link k ON k.known_to IS NULL AND me.id IN (k.kept_id, k.closed_id)
    )
    SELECT id FROM me
$$;
"""

PAGE = """
CREATE FUNCTION wh_own_page() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    mine bigint := wh_guard_own_file();
    people uuid[];
BEGIN
    IF mine IS NULL THEN RETURN NULL; END IF;
    people := ARRAY(SELECT wh_guard_own_people());
    RETURN jsonb_build_object(
    'me', (SELECT jsonb_build_object('first_name', c.first_name, 'quiet', c.do_not_contact)
             FROM participants_contact c WHERE c.file_id = mine),
    'home', (SELECT jsonb_build_object('id', o.id, 'name', o.name, 'phone', o.phone)
               FROM participants_participant f JOIN network_organization o ON o.id = f.organization_id WHERE f.id = mine),
    'holder', (SELECT jsonb_build_object('id', o.id, 'name', o.name, 'phone', COALESCE(NULLIF(m.phone, ''), o.phone),
                      'who', COALESCE(u.name, lu.name, ''), 'is_queue', k.queue_id IS NOT NULL, 'since', k.since,
                      'next', jsonb_build_object('kind', d.kind, 'due_at', d.due_at, 'subject_kind', d.subject_kind,
                                                 'subject_id', d.subject_id))
                 FROM custody_custody k JOIN network_organization o ON o.id = k.organization_id
                 JOIN foundation_duty d ON d.id = k.next_step_id
                 LEFT JOIN network_membership m ON m.id = k.membership_id LEFT JOIN network_user u ON u.id = m.user_id
                 LEFT JOIN network_queue q ON q.id = k.queue_id LEFT JOIN network_membership lm ON lm.id = q.lead_id
                 LEFT JOIN network_user lu ON lu.id = lm.user_id
                WHERE k.person_id = ANY(people) AND k.until IS NULL ORDER BY k.since, k.id LIMIT 1),
    'steps', (SELECT COALESCE(jsonb_agg(jsonb_build_object('kind', d.kind, 'due_at', d.due_at, 'organization', o.name)
                     ORDER BY d.due_at, d.id), '[]')
                FROM foundation_duty d JOIN network_organization o ON o.id = d.organization_id
                JOIN custody_custody k ON k.person_id = d.person_id AND k.organization_id = d.organization_id AND k.until IS NULL
               WHERE d.person_id = ANY(people) AND d.closed_at IS NULL AND d.subject_kind = ''),
    'files', (SELECT COALESCE(jsonb_agg(jsonb_build_object('id', f.id, 'person', f.person_id, 'organization_id', o.id,
                     'organization', o.name, 'phone', o.phone, 'origin', f.origin, 'opened_at', f.opened_at,
                     'standing', l.standing) ORDER BY f.opened_at, f.id), '[]')
                FROM participants_participant f JOIN network_organization o ON o.id = f.organization_id
                LEFT JOIN participants_listing l ON l.file_id = f.id WHERE f.person_id = ANY(people)),
    'referrals', (SELECT COALESCE(jsonb_agg(jsonb_build_object('id', r.id, 'state', r.state, 'stage', r.stage,
                     'sender', s.name, 'receiver', t.name, 'phone', t.phone, 'service', v.name, 'service_es', v.name_es,
                     'sent_at', r.sent_at, 'answer_due_at', r.answer_due_at, 'caller_name', r.caller_name,
                     'contact_due_at', r.contact_due_at, 'engaged_at', r.engaged_at, 'ended_at', r.ended_at,
                     'question_due_at', r.question_due_at, 'held_until', r.held_until, 'review_due_at', r.review_due_at,
                     'list_position', r.list_position, 'address', p.address, 'getting_there', p.getting_there,
                     'getting_there_es', p.getting_there_es) ORDER BY r.sent_at DESC, r.id DESC), '[]')
                FROM referrals_referral r JOIN network_organization s ON s.id = r.sender_id
                JOIN network_organization t ON t.id = r.receiver_id JOIN directory_service v ON v.id = r.service_id
                LEFT JOIN LATERAL (SELECT x.address, x.getting_there, x.getting_there_es FROM directory_location x
                                    WHERE x.service_id = v.id AND x.active ORDER BY x.id LIMIT 1) p ON true
               WHERE r.person_id = ANY(people)),
    'shares', (SELECT COALESCE(jsonb_agg(jsonb_build_object('from', o.name, 'to', t.name, 'data_class', h.data_class,
                     'basis', h.basis, 'since', h.since, 'until', LEAST(h.until, h.revoked_at), 'consent', c.code)
                     ORDER BY h.since, h.id), '[]')
                 FROM participants_share h JOIN network_organization o ON o.id = h.organization_id
                 JOIN network_organization t ON t.id = h.recipient_id
                 LEFT JOIN participants_consent c ON c.id = h.consent_id WHERE h.person_id = ANY(people)),
    'consents', (SELECT COALESCE(jsonb_agg(jsonb_build_object('code', c.code, 'organization_id', o.id, 'organization', o.name,
                     'recipients', (SELECT COALESCE(jsonb_agg(x.name ORDER BY x.name_sort), '[]') FROM network_organization x
                                     WHERE x.id = ANY(c.recipients)),
                     'data_classes', c.data_classes, 'parts', c.parts, 'how', c.how, 'language', c.language,
                     'form_version', c.form_version, 'given_at', c.given_at, 'expires_at', c.expires_at,
                     'revoked_at', c.revoked_at, 'refused', c.refused,
                     'waits', EXISTS (SELECT 1 FROM referrals_referral r WHERE r.consent_id = c.id AND r.state = 'sent'))
                     ORDER BY c.given_at DESC, c.id DESC), '[]')
                   FROM participants_consent c JOIN network_organization o ON o.id = c.organization_id
                  WHERE c.person_id = ANY(people)),
    'papers', (SELECT COALESCE(jsonb_agg(jsonb_build_object('slip', i.id, 'organization', o.name, 'to', t.name,
                     'service', v.name, 'service_es', v.name_es, 'handed_at', g.handed_at, 'dies_at', i.dies_at)
                     ORDER BY g.handed_at DESC, g.id DESC), '[]')
                 FROM referrals_carriedreferral g JOIN referrals_slip i ON i.id = g.slip_id
                 JOIN network_organization o ON o.id = g.organization_id JOIN directory_service v ON v.id = i.service_id
                 JOIN network_organization t ON t.id = v.organization_id
                WHERE g.person_id = ANY(people) AND g.closed_at IS NULL AND i.dies_at > wh_now()),
    'questions', (SELECT COALESCE(jsonb_agg(jsonb_build_object('code', q.code, 'organization_id', o.id, 'organization', o.name,
                     'service', v.name, 'service_es', v.name_es, 'receiver', t.name, 'parts', q.parts,
                     'data_classes', q.data_classes, 'days', q.days, 'mode', q.mode, 'asked_at', q.asked_at,
                     'recipients', (SELECT COALESCE(jsonb_agg(x.name ORDER BY x.name_sort), '[]') FROM network_organization x
                                     WHERE x.id = ANY(q.recipients)),
                     'note', (SELECT n.text FROM participants_narrative n WHERE n.about_kind = 'page_question'
                               AND n.about_id = q.id AND n.file_id = q.file_id ORDER BY n.id DESC LIMIT 1))
                     ORDER BY q.asked_at, q.id), '[]')
                   FROM participants_pagequestion q JOIN network_organization o ON o.id = q.organization_id
                   JOIN directory_service v ON v.id = q.service_id JOIN network_organization t ON t.id = v.organization_id
                  WHERE q.person_id = ANY(people) AND q.consent_id IS NULL AND q.withdrawn_at IS NULL
                    AND q.expires_at > wh_now()),
    'wrongs', (SELECT COALESCE(jsonb_agg(jsonb_build_object('about', w.about, 'organization', o.name, 'said_at', w.said_at,
                     'answered_at', w.answered_at, 'outcome', w.outcome,
                     'words', (SELECT n.text FROM participants_narrative n WHERE n.about_kind = 'said_wrong'
                                AND n.about_id = w.id AND n.file_id = w.file_id ORDER BY n.id LIMIT 1),
                     'answer', (SELECT n.text FROM participants_narrative n WHERE n.about_kind = 'said_wrong_answer'
                                 AND n.about_id = w.id AND n.file_id = w.file_id ORDER BY n.id DESC LIMIT 1))
                     ORDER BY w.said_at DESC, w.id DESC), '[]')
                 FROM participants_saidwrong w JOIN network_organization o ON o.id = w.organization_id
                WHERE w.person_id = ANY(people)));
END $$;
"""

# The birth date in a file, asked for with a card in the hand: right or wrong, and never what it is.
BORN = """
CREATE FUNCTION wh_own_born(card bigint, said date) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM participants_ownlink l JOIN participants_ownaccess w ON w.link_id = l.id
        JOIN participants_contact c ON c.file_id = w.file_id
       WHERE l.id = card AND l.kind = 'card' AND l.revoked_at IS NULL AND l.dies_at > wh_now() AND l.tries <= 10
         AND c.birth_date = said)
$$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("referrals", "0025_second_look_kept"),
        ("participants", "0017_own_page_of_a_file"),
        ("custody", "0011_caseload"),
    ]
    operations: ClassVar = [
        migrations.RunSQL(
            FILE + PEOPLE + PAGE + BORN,
            "DROP FUNCTION wh_own_born(bigint, date); DROP FUNCTION wh_own_page();"
            " DROP FUNCTION wh_guard_own_people(); DROP FUNCTION wh_guard_own_file()",
        ),
    ]
