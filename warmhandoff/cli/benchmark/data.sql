-- A made-up network of any size, written by the owner, set by set. Statements end with a semicolon at a line's end.
-- `pg_temp.size` (people, referrals, organizations) and the two name tables are there already (data.py).
--
-- Organization 1 is the largest: every third person is theirs. The last one is the network's office and holds nobody.
-- Numbers are drawn by `dice`, so that the same size is the same network each time.

CREATE FUNCTION pg_temp.dice(i bigint, salt bigint, n bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS
    'SELECT abs(hashint8extended($1, $2) % $3)';

-- Unlike each other and in no order, as real codes are: an odd factor modulo a power of two meets each number once.
CREATE FUNCTION pg_temp.code(i bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
    'SELECT upper(lpad(to_hex(($1 * 11400714819) % 17592186044416), 11, ''0''))';

-- --- Organizations, staff, services -----------------------------------------------------------------------------

INSERT INTO network_organization (id, code, name, name_sort, kinds, standing, phone, source, state)
SELECT i, pg_temp.code(i),
       CASE WHEN i = 1 THEN 'Largest Community Partners' WHEN i = organizations THEN 'Network Office'
            ELSE 'Organization ' || i END,
       CASE WHEN i = 1 THEN 'largest community partners' WHEN i = organizations THEN 'network office'
            ELSE 'organization ' || i END,
       CASE WHEN i = organizations THEN ARRAY['network_office'] ELSE ARRAY['cbo'] END, 'member', '555-0100', '', 'active'
FROM size, generate_series(1, organizations) i;

-- As many case managers as it takes for about fifty open people each; number 1 of each organization is its lead.
CREATE TEMP TABLE staff AS
SELECT row_number() OVER (ORDER BY o, n) AS id, o AS organization_id, n, members
FROM (SELECT o, CASE WHEN o = 1 THEN greatest(4, people / 375) ELSE greatest(4, people / (organizations * 60)) END AS members
      FROM size, generate_series(1, organizations) o) s, generate_series(1, members) n;

INSERT INTO network_user (id, password, email, name, language, is_active)
SELECT id, '!', 'member' || id || '@bench.example', f.name || ' ' || l.name, 'en', true
FROM staff JOIN first_names f ON f.i = pg_temp.dice(id, 1, (SELECT count(*) FROM first_names))
           JOIN last_names l ON l.i = pg_temp.dice(id, 2, (SELECT count(*) FROM last_names));

INSERT INTO foundation_contactpoint (id, code, organization_id, channel, value, language, leave_message, stopped_why)
SELECT id, pg_temp.code(id), organization_id, 'email', 'member' || id || '@bench.example', 'en', false, '' FROM staff;

INSERT INTO network_membership (id, code, role, phone, state, user_id, organization_id, mail_id)
SELECT id, pg_temp.code(id),
       CASE WHEN n > 1 THEN 'case_manager' WHEN organization_id = organizations THEN 'navigator' ELSE 'lead' END,
       '555-0142', 'active', id, organization_id, id
FROM staff, size;

INSERT INTO network_queue (id, code, name, lead_id, organization_id)
SELECT organization_id, pg_temp.code(organization_id), 'People', id, organization_id FROM staff WHERE n = 1;

INSERT INTO network_agreement (id, code, signed_on, organization_id, escheat_queue_id)
SELECT i, pg_temp.code(i), current_date - 800, i, organizations FROM size, generate_series(1, organizations - 1) i;

-- Actors: of each member, by the member's own number, then of the system for each organization.
INSERT INTO foundation_actor (id, kind, organization_id, subject_id)
SELECT id, 'member', organization_id, id FROM staff
UNION ALL SELECT (SELECT count(*) FROM staff) + i, 'system', i, NULL FROM size, generate_series(1, organizations) i;

CREATE TEMP TABLE services AS
SELECT s AS id, 1 + (s - 1) % (organizations - 1) AS organization_id,
       (ARRAY['WRK-TRN','HSG','ID','FOD','WRK-RDY','RCL','TRN','EDU','MH','DIG','PEER','WRK-PLC'])[1 + s % 12] AS code,
       (SELECT count(*) FROM staff) + s AS mailbox_id
FROM size, generate_series(1, (organizations - 1) * 2) s;

INSERT INTO foundation_contactpoint (id, code, organization_id, channel, value, language, leave_message, stopped_why)
SELECT mailbox_id, pg_temp.code(mailbox_id), organization_id, 'email', 'service' || id || '@bench.example', 'en', false, ''
FROM services;

INSERT INTO directory_service (id, code, name, name_es, name_sort, words_sort, service_code, area, place, languages, room, seats,
                               room_as_of, source, active, mailbox_id, organization_id)
SELECT s.id, pg_temp.code(s.id), t.en || ' ' || s.id, t.es || ' ' || s.id, lower(t.en) || ' ' || s.id,
       lower(t.en) || ' ' || s.id || ' ' || translate(lower(t.es), 'áéíóúüñ', 'aeiouun') || ' south', s.code, 'south', '',
       ARRAY['en', 'es'], 'open', 6, current_date - (s.id % 10)::int, '', true, s.mailbox_id, s.organization_id
FROM services s JOIN foundation_term t ON t.vocabulary = 'service_code' AND t.code = s.code;

-- Each organization's lead has said that there is room.
INSERT INTO directory_capacitystatement (service_id, room, seats, as_of, said_at, said_by, by_id)
SELECT s.id, s.room, s.seats, s.room_as_of, s.room_as_of, '', l.id
FROM directory_service s JOIN staff l ON l.organization_id = s.organization_id AND l.n = 1;

-- --- Who is who -------------------------------------------------------------------------------------------------

-- Two in five are held now, the others were released. Eighty are with one case manager (number 2 of the largest
-- organization): nobody's caseload is larger. One in thirty waits in the queue.
CREATE TEMP TABLE who AS
WITH drawn AS (
    SELECT i, md5('person' || i)::uuid AS id, CASE WHEN i % 3 = 0 THEN 1 ELSE 2 + pg_temp.dice(i, 3, organizations - 2) END AS organization_id,
           pg_temp.dice(i, 4, 100) < 40 AS is_open
    FROM size, generate_series(1, people) i),
timed AS (
    SELECT d.*, now() - (1 + pg_temp.dice(i, 5, 300)) * interval '1 day' AS closed_at,
           row_number() OVER (PARTITION BY organization_id, is_open ORDER BY i) AS position
    FROM drawn d)
SELECT t.i, t.id, t.organization_id, t.is_open,
       CASE WHEN t.is_open THEN now() - (10 + pg_temp.dice(t.i, 6, 290)) * interval '1 day'
            ELSE t.closed_at - (60 + pg_temp.dice(t.i, 7, 340)) * interval '1 day' END AS opened_at,
       CASE WHEN t.is_open THEN now() ELSE t.closed_at END AS ended_at,
       lead.id AS lead_id,
       CASE WHEN t.organization_id = 1 AND t.is_open AND t.position <= 80 THEN m2.id
            ELSE m2.id + 1 + pg_temp.dice(t.i, 8, lead.members - 2) END AS member_id,
       t.is_open AND t.position > 80 AND t.i % 30 = 0 AS in_queue,
       pg_temp.dice(t.i, 9, (SELECT count(*) FROM first_names)) AS first_name,
       pg_temp.dice(t.i, 10, (SELECT count(*) FROM last_names)) AS last_name,
       CASE WHEN pg_temp.dice(t.i, 11, 10) < 4 THEN 'es' ELSE 'en' END AS language,
       (ARRAY['central', 'south', 'east', 'west', 'south_bay'])[1 + pg_temp.dice(t.i, 12, 5)] AS area
FROM timed t
JOIN staff lead ON lead.organization_id = t.organization_id AND lead.n = 1
JOIN staff m2 ON m2.organization_id = t.organization_id AND m2.n = 2;

CREATE UNIQUE INDEX ON who (i);

ANALYZE who;

INSERT INTO participants_person (id, opened_at, closed_at, close_reason)
SELECT id, opened_at, CASE WHEN NOT is_open THEN ended_at END, CASE WHEN is_open THEN '' ELSE 'needs_met' END FROM who;

-- --- Referrals --------------------------------------------------------------------------------------------------

-- The first referral of somebody held is often open; earlier and other people's ones have ended, each in its way.
CREATE TEMP TABLE asked AS
WITH drawn AS (
    SELECT j, 1 + (j - 1) % people AS i, (j - 1) / people AS round, pg_temp.dice(j, 20, 100) AS fate,
           1 + pg_temp.dice(j, 21, (organizations - 1) * 2) AS service_id
    FROM size, generate_series(1, referrals) j),
aimed AS (
    SELECT d.*, w.organization_id AS sender_id, w.id AS person_id, w.is_open, w.opened_at, w.ended_at - w.opened_at AS stay,
           CASE WHEN (d.service_id - 1) % (organizations - 1) + 1 = w.organization_id
                THEN d.service_id % ((organizations - 1) * 2) + 1 ELSE d.service_id END AS aim
    FROM size, drawn d JOIN who w ON w.i = d.i),
fated AS (
    SELECT a.*, CASE WHEN is_open AND round = 0 AND fate < 60 THEN
                         CASE WHEN fate < 18 THEN 'sent' WHEN fate < 32 THEN 'accepted' WHEN fate < 40 THEN 'contacted' ELSE 'engaged' END
                     WHEN fate < 42 THEN 'completed' WHEN fate < 62 THEN 'declined' WHEN fate < 76 THEN 'expired'
                     WHEN fate < 88 THEN 'ended_early' WHEN fate < 95 THEN 'lost_contact' ELSE 'withdrawn' END AS state
    FROM aimed a)
SELECT f.j, f.i, f.person_id, f.is_open, f.sender_id, s.organization_id AS receiver_id, s.id AS service_id, s.mailbox_id,
       s.code AS need_code, t.data_class, f.state,
       f.state IN ('sent', 'accepted', 'contacted', 'engaged') AS under_way,
       f.state IN ('accepted', 'contacted', 'engaged', 'completed', 'ended_early', 'lost_contact') AS accepted,
       f.state IN ('contacted', 'engaged', 'completed', 'ended_early') AS contacted,
       f.state IN ('engaged', 'completed', 'ended_early') AS engaged,
       f.state IN ('declined', 'expired', 'ended_early', 'lost_contact', 'withdrawn') AS unsuccessful,
       f.is_open AND f.round = 1 AND f.fate % 10 = 0 AS undecided,
       CASE f.state WHEN 'sent' THEN now() - (2 + pg_temp.dice(f.j, 22, 90)) * interval '1 hour'
                    WHEN 'accepted' THEN now() - (5 + pg_temp.dice(f.j, 22, 4)) * interval '1 day'
                    WHEN 'contacted' THEN now() - (8 + pg_temp.dice(f.j, 22, 1)) * interval '1 day'
                    WHEN 'engaged' THEN f.opened_at + f.stay * 0.3
                    ELSE f.opened_at + f.stay * (0.02 + pg_temp.dice(f.j, 22, 50) / 100.0) END AS sent_at,
       CASE WHEN f.state IN ('sent', 'accepted', 'contacted') THEN interval '3 days' ELSE f.stay * 0.1 END AS pace,
       l.id AS receiver_lead_id, l.id + 1 + pg_temp.dice(f.j, 23, l.members - 1) AS receiver_member_id
FROM fated f JOIN services s ON s.id = f.aim
JOIN foundation_term t ON t.vocabulary = 'service_code' AND t.code = s.code
JOIN staff l ON l.organization_id = s.organization_id AND l.n = 1;

CREATE UNIQUE INDEX ON asked (j);

CREATE INDEX ON asked (i);

ANALYZE asked;

-- The receiver's own file: one a person and organization, made by the first acceptance.
CREATE TEMP TABLE received AS
SELECT (SELECT people FROM size) + row_number() OVER (ORDER BY min(j)) AS file_id, i, receiver_id AS organization_id,
       min(j) AS j, bool_or(under_way) AS served
FROM asked WHERE accepted GROUP BY i, receiver_id;

ANALYZE received;

-- --- Files ------------------------------------------------------------------------------------------------------

INSERT INTO participants_participant (id, code, origin, opened_at, opened_by_id, organization_id, person_id)
SELECT i, pg_temp.code(i), 'intake', opened_at, lead_id, organization_id, id FROM who
UNION ALL
SELECT r.file_id, pg_temp.code(r.file_id), 'referral', a.sent_at + a.pace * 0.1, a.receiver_lead_id, r.organization_id, a.person_id
FROM received r JOIN asked a ON a.j = r.j;

INSERT INTO participants_consent (id, code, form_version, language, purpose, recipients, data_classes, parts, comes_back,
                                  how, given_at, refused, expires_at, organization_id, recorded_by_id, file_id, person_id)
SELECT a.j, pg_temp.code(a.j), '2026-11', w.language, 'service', ARRAY[a.receiver_id],
       ARRAY['contact', a.data_class], ARRAY['name', 'reach', 'need'], ARRAY['answered', 'met', 'how_it_ended'],
       'screen', a.sent_at, false, a.sent_at + interval '180 days', a.sender_id, w.member_id, a.i, a.person_id
FROM asked a JOIN who w ON w.i = a.i;

INSERT INTO participants_consenthistory (pgh_created_at, pgh_label, id, code, form_version, language, purpose, recipients,
    data_classes, parts, comes_back, how, given_at, refused, expires_at, organization_id, pgh_obj_id, recorded_by_id, file_id, person_id)
SELECT given_at, 'insert', id, code, form_version, language, purpose, recipients, data_classes, parts, comes_back, how,
       given_at, refused, expires_at, organization_id, id, recorded_by_id, file_id, person_id
FROM participants_consent;

-- Shares 2j - 1 (contact) and 2j (the need's class) of an accepted referral j.
INSERT INTO participants_share (id, data_class, basis, about_kind, about_id, since, until, consent_id, file_id,
                                organization_id, person_id, recipient_id)
SELECT 2 * a.j - 1 + c, CASE c WHEN 0 THEN 'contact' ELSE a.data_class END, 'consent', 'referral', a.j,
       a.sent_at + a.pace * 0.1, a.sent_at + interval '180 days', a.j, a.i, a.sender_id, a.person_id, a.receiver_id
FROM asked a, generate_series(0, 1) c WHERE a.accepted;

CREATE TEMP TABLE files AS
SELECT w.i AS file_id, w.i, w.organization_id, NULL::bigint AS j FROM who w
UNION ALL SELECT file_id, i, organization_id, j FROM received;

ANALYZE files;

INSERT INTO participants_contact (copied, recorded_at, first_name, last_name, pronouns, language, birth_date, birth_date_unknown,
                                  area, area_unknown, availability, do_not_contact, organization_id, file_id, share_id)
SELECT f.j IS NOT NULL, w.opened_at, n.name, l.name, '', w.language,
       CASE WHEN f.j IS NULL THEN date '1960-01-01' + pg_temp.dice(f.i, 30, 16000)::int END,
       CASE WHEN f.j IS NULL THEN '' ELSE 'not_asked' END, w.area, '', 'any', false, f.organization_id, f.file_id, 2 * f.j - 1
FROM files f JOIN who w ON w.i = f.i JOIN first_names n ON n.i = w.first_name JOIN last_names l ON l.i = w.last_name;

INSERT INTO foundation_contactpoint (id, code, organization_id, channel, value, language, leave_message, stopped_why)
SELECT 100000 + f.file_id, pg_temp.code(100000 + f.file_id), f.organization_id, CASE f.i % 3 WHEN 0 THEN 'voice' ELSE 'text' END,
       '555-' || lpad((f.i % 10000)::text, 4, '0'), w.language, false, ''
FROM files f JOIN who w ON w.i = f.i;

INSERT INTO participants_reach (copied, recorded_at, position, contact_point_id, file_id, organization_id, share_id)
SELECT f.j IS NOT NULL, w.opened_at, 0, 100000 + f.file_id, f.file_id, f.organization_id, 2 * f.j - 1
FROM files f JOIN who w ON w.i = f.i;

INSERT INTO participants_listing (code, name, short_name, first_sort, last_sort, standing, membership_id, queue_id,
                                  next_due_at, organization_id, file_id, person_id)
SELECT pg_temp.code(f.file_id), n.name || ' ' || l.name, n.name || ' ' || left(l.name, 1) || '.', n.sort || ' ' || l.sort,
       l.sort || ' ' || n.sort,
       CASE WHEN f.j IS NULL THEN CASE WHEN w.is_open THEN 'held' ELSE 'closed' END
            WHEN r.served THEN 'served' ELSE 'closed' END,
       CASE WHEN f.j IS NULL AND w.is_open AND NOT w.in_queue THEN w.member_id END,
       CASE WHEN f.j IS NULL AND w.is_open AND w.in_queue THEN w.organization_id END,
       NULL, f.organization_id, f.file_id, w.id
FROM files f JOIN who w ON w.i = f.i JOIN first_names n ON n.i = w.first_name JOIN last_names l ON l.i = w.last_name
LEFT JOIN received r ON r.file_id = f.file_id;

INSERT INTO participants_need (copied, recorded_at, code, data_class, opened_on, closed_on, outcome, organization_id, file_id)
SELECT DISTINCT ON (a.i, a.need_code) false, w.opened_at, a.need_code, a.data_class, w.opened_at::date,
       CASE WHEN NOT w.is_open THEN w.ended_at::date END, CASE WHEN w.is_open THEN '' ELSE 'met' END, w.organization_id, a.i
FROM asked a JOIN who w ON w.i = a.i ORDER BY a.i, a.need_code, a.j;

INSERT INTO participants_need (copied, recorded_at, code, data_class, opened_on, organization_id, file_id, share_id, outcome)
SELECT true, a.sent_at + a.pace * 0.1, a.need_code, a.data_class, a.sent_at::date, r.organization_id, r.file_id, 2 * a.j, ''
FROM received r JOIN asked a ON a.j = r.j;

INSERT INTO participants_fileevent (happened_at, recorded_at, reason, kind, detail, subject_kind, subject_id, by_id,
                                    organization_id, file_id, person_id)
SELECT at, at, '', kind, detail, subject_kind, subject_id, by_id, organization_id, file_id, person_id FROM (
    SELECT opened_at AS at, 'taken_in' AS kind, '' AS detail, '' AS subject_kind, NULL::bigint AS subject_id, lead_id AS by_id,
           organization_id, i AS file_id, id AS person_id FROM who
    UNION ALL SELECT opened_at, 'need_opened', '', 'need', n.id, lead_id, w.organization_id, i, w.id
    FROM who w JOIN participants_need n ON n.file_id = w.i
    UNION ALL SELECT opened_at + (ended_at - opened_at) * (c / 5.0), 'contacted', 'text:reached', '', NULL, member_id, organization_id, i, id
    FROM who, generate_series(1, 4) c
    UNION ALL SELECT a.sent_at, 'consent_given', '', 'consent', a.j, w.member_id, a.sender_id, a.i, a.person_id
    FROM asked a JOIN who w ON w.i = a.i
    UNION ALL SELECT a.sent_at + a.pace * 0.1, 'received', '', '', NULL, a.receiver_lead_id, r.organization_id, r.file_id, a.person_id
    FROM received r JOIN asked a ON a.j = r.j) e ORDER BY at;

INSERT INTO participants_narrative (copied, recorded_at, about_kind, about_id, text, organization_id, written_by_id, file_id)
SELECT false, e.happened_at, 'file_event', e.id, 'They are well and will bring their papers on Monday.', e.organization_id,
       e.by_id, e.file_id
FROM participants_fileevent e WHERE e.kind = 'contacted' AND pg_temp.dice(e.id, 31, 2) = 0;

-- --- Referrals and what hangs on them ---------------------------------------------------------------------------

INSERT INTO referrals_referral (id, code, mode, state, need_code, language, area, availability, parts, alternatives, sent_at,
    answer_due_at, seen_at, answered_at, caller_name, contact_due_at, contacted_at, engaged_at, ended_at, end_reason, end_detail,
    tell_person, consent_id, person_id, receiver_id, sender_id, sender_file_id, sender_membership_id, service_id)
SELECT a.j, pg_temp.code(a.j), 'refer', a.state, a.need_code, w.language, w.area, 'any', ARRAY['name', 'reach', 'need'], '{}',
       a.sent_at, a.sent_at + interval '2 days',
       CASE WHEN a.accepted OR a.state = 'declined' THEN a.sent_at + a.pace * 0.1 END,
       CASE WHEN a.accepted OR a.state = 'declined' THEN a.sent_at + a.pace * 0.1 END,
       CASE WHEN a.accepted THEN 'Sam' ELSE '' END,
       CASE WHEN a.accepted THEN a.sent_at + a.pace * 0.1 + interval '3 days' END,
       CASE WHEN a.contacted THEN a.sent_at + a.pace * 0.3 END,
       CASE WHEN a.engaged THEN a.sent_at + a.pace * 0.5 END,
       CASE WHEN NOT a.under_way THEN a.sent_at + a.pace END,
       CASE a.state WHEN 'declined' THEN 'full' WHEN 'ended_early' THEN 'work_or_family' WHEN 'withdrawn' THEN 'person_changed' ELSE '' END,
       CASE a.state WHEN 'declined' THEN 'full_open' ELSE '' END, true, a.j, a.person_id, a.receiver_id, a.sender_id, a.i,
       w.member_id, a.service_id
FROM asked a JOIN who w ON w.i = a.i;

INSERT INTO referrals_referralparty (side, state, sent_at, organization_id, other_organization_id, referral_id, service_id)
SELECT side, state, sent_at, CASE side WHEN 'sender' THEN sender_id ELSE receiver_id END,
       CASE side WHEN 'sender' THEN receiver_id ELSE sender_id END, j, service_id
FROM asked, unnest(ARRAY['sender', 'receiver']) side;

CREATE TEMP TABLE happened AS
SELECT a.j, a.sent_at + a.pace * e.after AS at, e.kind, CASE WHEN e.kind = 'expired' THEN (SELECT count(*) FROM staff) + a.sender_id
            WHEN e.ours THEN w.member_id ELSE a.receiver_lead_id END AS by_id,
       CASE WHEN e.ours THEN a.sender_id ELSE a.receiver_id END AS organization_id, e.after
FROM asked a JOIN who w ON w.i = a.i, (VALUES
    ('sent', 0.0, true), ('seen', 0.1, false), ('accepted', 0.1, false), ('contacted', 0.3, false), ('engaged', 0.5, false),
    ('completed', 1.0, false), ('declined', 1.0, false), ('expired', 1.0, true), ('ended_early', 1.0, false),
    ('lost_contact', 1.0, false), ('withdrawn', 1.0, true), ('disposition_opened', 1.0, true), ('settled', 1.0, true)
) AS e (kind, after, ours)
WHERE e.kind = 'sent' OR (e.kind IN ('seen', 'accepted') AND a.accepted) OR (e.kind = 'contacted' AND a.contacted)
   OR (e.kind = 'engaged' AND a.engaged) OR (e.kind = a.state AND NOT a.under_way)
   OR (e.kind = 'disposition_opened' AND a.unsuccessful) OR (e.kind = 'settled' AND a.unsuccessful AND NOT a.undecided);

INSERT INTO referrals_referralevent (happened_at, recorded_at, reason, kind, detail, by_id, organization_id, referral_id)
SELECT at, at, '', kind, '', by_id, organization_id, j FROM happened ORDER BY at;

INSERT INTO referrals_referralhistory (pgh_created_at, pgh_label, id, state, mode, end_reason, end_detail, pgh_obj_id, receiver_id, sender_id)
SELECT h.at, 'update', h.j, h.kind, 'refer', '', '', h.j, a.receiver_id, a.sender_id
FROM happened h JOIN asked a ON a.j = h.j WHERE h.kind NOT IN ('sent', 'seen', 'disposition_opened', 'settled');

INSERT INTO referrals_answerlink (id, code, generation, made_at, dies_at, signed_as, mailbox_id, organization_id, referral_id)
SELECT j, pg_temp.code(j), 1, sent_at, CASE WHEN NOT under_way THEN sent_at + pace + interval '14 days' END, '', mailbox_id,
       receiver_id, j
FROM asked;

INSERT INTO foundation_message (code, organization_id, sender_organization_id, contact_point_id, notice, subject_kind, subject_id,
                                message_id, state, attempts, queued_at, sent_at, kept_subject, kept_text)
SELECT pg_temp.code(2 * j), receiver_id, sender_id, mailbox_id, 'referrals.received', 'answer_link', j, '<' || md5('m' || j) || '@bench.example>',
       'sent', 1, sent_at, sent_at, 'Someone is referred to you', repeat('Somebody waits for your answer. [link] ', 8)
FROM asked
UNION ALL
SELECT pg_temp.code(2 * a.j + 1), a.sender_id, a.receiver_id, w.member_id, 'referrals.answer_heard', 'referral', a.j,
       '<' || md5('a' || a.j) || '@bench.example>', 'sent', 1, a.sent_at, a.sent_at, 'They have answered', repeat('Open it on Today. ', 8)
FROM asked a JOIN who w ON w.i = a.i WHERE a.accepted OR a.state = 'declined';

INSERT INTO foundation_timer (organization_id, subject_kind, subject_id, step, due_at, fired_at, called_off_at)
SELECT a.receiver_id, 'referral', a.j, t.step, greatest(a.sent_at + t.after, CASE WHEN a.under_way OR a.undecided THEN now() + interval '1 day' END),
       NULL, CASE WHEN NOT (a.state = 'sent' AND t.of = 'answer' OR a.state = 'accepted' AND t.of = 'contact'
                            OR a.state = 'contacted' AND t.of = 'start' OR a.state = 'engaged' AND t.of = 'engaged'
                            OR a.undecided AND t.of = 'decision')
                  THEN a.sent_at + a.pace * 0.1 END
FROM asked a, (VALUES ('seen_reminder', interval '1 day', 'answer'), ('seen_lead', interval '2 days', 'answer'), ('answer_reminder', interval '2 days', 'answer'), ('answer_lead', interval '3 days', 'answer'),
    ('answer_sender', interval '4 days', 'answer'), ('answer_person', interval '5 days', 'answer'), ('answer_expires', interval '14 days', 'answer'),
    ('contact_reminder', interval '5 days', 'contact'), ('contact_lead', interval '6 days', 'contact'),
    ('contact_sender', interval '7 days', 'contact'), ('contact_person', interval '7 days', 'contact'),
    ('contact_undecided', interval '14 days', 'contact'),
    ('start_reminder', interval '20 days', 'start'), ('start_lead', interval '24 days', 'start'),
    ('start_sender', interval '28 days', 'start'), ('start_person', interval '28 days', 'start'),
    ('engaged_reminder', interval '30 days', 'engaged'), ('engaged_lead', interval '35 days', 'engaged'),
    ('engaged_sender', interval '40 days', 'engaged'),
    ('decision_reminder', interval '2 days', 'decision'), ('decision_lead', interval '3 days', 'decision'),
    ('decision_office', interval '7 days', 'decision')) AS t (step, after, of)
WHERE t.of = 'answer' OR t.of = 'contact' AND a.accepted OR t.of = 'start' AND a.contacted OR t.of = 'engaged' AND a.engaged
   OR t.of = 'decision' AND a.unsuccessful;

INSERT INTO foundation_timer (organization_id, subject_kind, subject_id, step, due_at)
SELECT DISTINCT receiver_id, 'stalls', receiver_id, 'ask_stalled', now() + interval '7 days' FROM asked WHERE accepted;

INSERT INTO foundation_crossing (actor_id, from_organization_id, to_organization_id, because_kind, because_id, crossed_at)
SELECT h.by_id, h.organization_id, CASE WHEN h.organization_id = a.sender_id THEN a.receiver_id ELSE a.sender_id END, 'referral', h.j, h.at
FROM happened h JOIN asked a ON a.j = h.j WHERE h.kind NOT IN ('seen', 'settled');

-- --- Duties and custody -----------------------------------------------------------------------------------------

-- Whoever holds someone owes a next step; for each referral, what the holder waited for and what the receiver owed; for each
-- unsuccessful end, the decision.
CREATE TEMP TABLE owed AS
SELECT w.i AS id, w.organization_id, CASE WHEN NOT w.in_queue THEN w.member_id END AS membership_id,
       CASE WHEN w.in_queue THEN w.organization_id END AS queue_id,
       (ARRAY['call', 'meet', 'check_in', 'documents', 'plan', 'find_place'])[1 + pg_temp.dice(w.i, 40, 6)] AS kind,
       w.id AS person_id, '' AS subject_kind, NULL::bigint AS subject_id, false AS holds_release, w.is_open AS waits,
       CASE WHEN w.is_open THEN now() + (pg_temp.dice(w.i, 41, 260) - 20) * interval '1 hour' ELSE w.ended_at END AS due_at,
       w.ended_at AS closed_at, w.member_id AS closed_by
FROM who w
UNION ALL
SELECT people + a.j, a.sender_id, CASE WHEN NOT w.in_queue THEN w.member_id END, CASE WHEN w.in_queue THEN w.organization_id END,
       CASE a.state WHEN 'accepted' THEN 'await_contact' WHEN 'contacted' THEN 'follow_service' WHEN 'engaged' THEN 'follow_service'
                    ELSE 'await_answer' END,
       a.person_id, 'referral', a.j, true, a.under_way,
       CASE WHEN a.under_way THEN now() + (pg_temp.dice(a.j, 42, 300) - 20) * interval '1 hour' ELSE a.sent_at + interval '2 days' END,
       a.sent_at + a.pace, w.member_id
FROM size, asked a JOIN who w ON w.i = a.i
UNION ALL
SELECT people + referrals + a.j, a.receiver_id, CASE WHEN a.accepted THEN a.receiver_member_id END,
       CASE WHEN NOT a.accepted THEN a.receiver_id END,
       CASE a.state WHEN 'accepted' THEN 'first_contact' WHEN 'contacted' THEN 'begin_service' WHEN 'engaged' THEN 'still_engaged'
                    ELSE 'answer_referral' END,
       CASE WHEN a.accepted THEN a.person_id END, 'referral', a.j, false, a.under_way,
       CASE WHEN a.under_way THEN now() + (pg_temp.dice(a.j, 43, 300) - 20) * interval '1 hour' ELSE a.sent_at + interval '2 days' END,
       a.sent_at + a.pace, a.receiver_lead_id
FROM size, asked a
UNION ALL
SELECT people + 2 * referrals + a.j, a.sender_id, CASE WHEN NOT w.in_queue THEN w.member_id END,
       CASE WHEN w.in_queue THEN w.organization_id END, 'settle', a.person_id, 'referral', a.j, true, a.undecided,
       CASE WHEN a.undecided THEN now() + (pg_temp.dice(a.j, 44, 60) - 10) * interval '1 hour' ELSE a.sent_at + a.pace + interval '2 days' END,
       a.sent_at + a.pace, w.member_id
FROM size, asked a JOIN who w ON w.i = a.i WHERE a.unsuccessful;

INSERT INTO foundation_duty (id, code, organization_id, membership_id, queue_id, kind, detail, person_id, subject_kind, subject_id,
    due_at, set_at, max_days, holds_release, opened_at, closed_at, closed_how, closed_by_id, opened_by_id)
SELECT id, pg_temp.code(id), organization_id, membership_id, queue_id, kind, '', person_id, subject_kind, subject_id, due_at,
       due_at - interval '14 days', 30, holds_release, due_at - interval '14 days', CASE WHEN NOT waits THEN closed_at END,
       CASE WHEN waits THEN '' ELSE 'done' END, CASE WHEN NOT waits THEN closed_by END, closed_by
FROM owed;

CREATE TEMP TABLE first_due AS
SELECT DISTINCT ON (person_id) person_id, organization_id, id, due_at FROM (
    SELECT o.* FROM owed o JOIN who w ON w.id = o.person_id AND w.organization_id = o.organization_id WHERE o.waits) o
ORDER BY person_id, due_at, id;

ANALYZE first_due;

UPDATE participants_listing l SET next_due_at = d.due_at FROM first_due d
WHERE d.person_id = l.person_id AND d.organization_id = l.organization_id;

-- Taken in by the lead, given to a case manager a day later; then held, or ended with the release.
INSERT INTO custody_custody (id, basis, since, until, membership_id, queue_id, next_step_id, opened_by_id, organization_id, person_id)
SELECT 2 * i - 1, 'intake', opened_at, opened_at + interval '1 day', lead_id, NULL, i, lead_id, organization_id, id FROM who
UNION ALL
SELECT 2 * w.i, 'assignment', w.opened_at + interval '1 day', CASE WHEN NOT w.is_open THEN w.ended_at END,
       CASE WHEN NOT w.in_queue THEN w.member_id END, CASE WHEN w.in_queue THEN w.organization_id END,
       COALESCE(d.id, w.i), w.lead_id, w.organization_id, w.id
FROM who w LEFT JOIN first_due d ON d.person_id = w.id;

INSERT INTO custody_custodyhistory (pgh_created_at, pgh_label, id, basis, since, until, membership_id, queue_id, next_step_id,
                                    opened_by_id, organization_id, person_id, pgh_obj_id)
SELECT CASE label WHEN 'insert' THEN since ELSE until END, label, id, basis, since, CASE label WHEN 'update' THEN until END, membership_id,
       queue_id, next_step_id, opened_by_id, organization_id, person_id, id
FROM custody_custody, unnest(ARRAY['insert', 'update']) label WHERE label = 'insert' OR until IS NOT NULL;

INSERT INTO custody_custodyevent (happened_at, recorded_at, reason, kind, detail, membership_id, by_id, custody_id, organization_id, person_id)
SELECT at, at, '', kind, detail, membership_id, lead_id, custody_id, organization_id, id FROM (
    SELECT opened_at AS at, 'taken_in' AS kind, 'find_place' AS detail, lead_id AS membership_id, 2 * i - 1 AS custody_id, w.* FROM who w
    UNION ALL SELECT opened_at + interval '1 day', 'assigned', '', member_id, 2 * i, w.* FROM who w
    UNION ALL SELECT ended_at, 'released', 'needs_met', NULL, 2 * i, w.* FROM who w WHERE NOT is_open) e ORDER BY at;

INSERT INTO referrals_disposition (because, opened_at, settled_at, outcome, duty_id, organization_id, person_id, settled_by_id, referral_id)
SELECT a.state, a.sent_at + a.pace, CASE WHEN NOT a.undecided THEN a.sent_at + a.pace END,
       CASE WHEN a.undecided THEN '' ELSE 'stays' END, people + 2 * referrals + a.j, a.sender_id, a.person_id,
       CASE WHEN NOT a.undecided THEN w.member_id END, a.j
FROM size, asked a JOIN who w ON w.i = a.i WHERE a.unsuccessful;

-- What the network's office sees of each: as the trigger tells it, where nothing stands and only decisions wait.
INSERT INTO referrals_referralparty (side, state, sent_at, organization_id, other_organization_id, referral_id, service_id, code,
    from_organization_id, at_organization_id, waits_for, since, due_at, ended_at, decline_reason)
SELECT 'network', r.state, r.sent_at, o.organizations, r.receiver_id, r.id, r.service_id, r.code, r.sender_id,
       CASE WHEN d.id IS NOT NULL AND r.state <> 'expired' THEN d.organization_id ELSE r.receiver_id END,
       CASE WHEN d.id IS NOT NULL THEN 'decision' ELSE '' END,
       CASE WHEN d.id IS NOT NULL AND r.state = 'expired' THEN r.sent_at
            WHEN d.id IS NOT NULL THEN d.opened_at
            ELSE CASE r.state WHEN 'sent' THEN r.sent_at WHEN 'accepted' THEN r.answered_at
                              WHEN 'contacted' THEN r.contacted_at WHEN 'engaged' THEN r.engaged_at ELSE r.ended_at END END,
       CASE WHEN d.id IS NOT NULL AND r.state = 'expired' THEN r.answer_due_at
            WHEN d.id IS NOT NULL THEN t.due_at
            ELSE CASE r.state WHEN 'sent' THEN r.answer_due_at WHEN 'accepted' THEN r.contact_due_at END END,
       r.ended_at, CASE WHEN r.state = 'declined' THEN r.end_reason ELSE '' END
FROM size o, referrals_referral r
LEFT JOIN referrals_disposition d ON d.referral_id = r.id AND d.settled_at IS NULL
LEFT JOIN foundation_duty t ON t.id = d.duty_id;

-- Somebody looked: a need of a sensitive class was opened now and then.
INSERT INTO foundation_accesslog (organization_id, person_id, subject_kind, subject_id, data_classes, purpose, opened_at, actor_id)
SELECT a.sender_id, a.person_id, 'file', a.i, ARRAY[a.data_class], 'service', a.sent_at, w.member_id
FROM asked a JOIN who w ON w.i = a.i WHERE a.data_class <> 'needs';
