-- Leave in every state, as it stands after migration 2.
INSERT INTO working_pattern (workspace_id, user_id, from_day, week, full_day_minutes, starts_at, halves_meet_at, ends_at) VALUES
    ('T1', '', '2000-01-01', '{full,full,full,full,full,off,off}', 480, '11:00', '15:00', '19:00'),
    ('T1', 'U_ASHA', '2026-03-01', '{full,full,half_am,off,full,off,off}', 450, '08:30', '12:00', '16:30'),
    ('T2', '', '2026-01-01', '{off,full,full,full,full,full,off}', 480, '09:00', '13:00', '17:00');

INSERT INTO public_holiday (workspace_id, location, day, portion, name) VALUES
    ('T1', 'default', '2026-12-25', 'full', 'Christmas Day'),
    ('T1', 'default', '2026-12-24', 'half_pm', 'Christmas Eve'),
    ('T1', 'india', '2026-03-04', 'full', 'Holi'),
    ('T2', 'default', '2026-05-17', 'full', 'Grunnlovsdag');

INSERT INTO leave_type (workspace_id, leave_type, name, needs_approval, position, active) VALUES
    ('T1', 'vacation', 'Vacation', true, 1, true),
    ('T1', 'sick', 'Sick leave', false, 2, true),
    ('T1', 'sabbatical', 'Sabbatical', true, 3, false),
    ('T2', 'vacation', 'Ferie', true, 1, true);

INSERT INTO pending_action (workspace_id, user_id, leave_type, first_day, last_day, portion, starts_midday, ends_midday, reason, state, awaits, created_at, changed_at, decided_by, decision_note, escalated_at, overdue_told_at) VALUES
    ('T1', 'U_ASHA', 'vacation', '2026-03-05', '2026-03-09', 'full', true, false, 'Moving house', 'pending', 'approver', '2026-03-02 09:00Z', '2026-03-02 09:00Z', NULL, NULL, '2026-03-09 09:00Z', '2026-03-06 00:00Z'),
    ('T1', 'U_ASHA', 'sick', '2026-02-02', '2026-02-02', 'half_am', false, false, NULL, 'completed', 'approver', '2026-02-02 04:00Z', '2026-02-02 04:00Z', NULL, NULL, NULL, NULL),
    ('T1', 'U_BEN', 'vacation', '2026-04-01', '2026-04-30', 'full', false, false, 'A long walk', 'denied', 'approver', '2026-02-10 10:00Z', '2026-02-11 10:00Z', 'U_CARLA', 'April is the launch', NULL, NULL),
    ('T1', 'U_GONE', 'sabbatical', '2025-06-02', '2025-06-06', 'full', false, false, NULL, 'cancelled', 'approver', '2025-05-01 10:00Z', '2025-05-20 10:00Z', 'U_CARLA', NULL, NULL, NULL),
    ('T2', 'W_OLA', 'vacation', '2026-03-05', '2026-03-05', 'full', false, false, NULL, 'completed', 'approver', '2026-03-01 10:00Z', '2026-03-02 10:00Z', 'U_ASHA', NULL, NULL, NULL);

INSERT INTO leave_record (workspace_id, action_id, user_id, leave_type, day, portion, minutes, leave_year, state, changed_at)
    SELECT a.workspace_id, a.action_id, a.user_id, a.leave_type, day::date,
           CASE WHEN a.starts_midday AND day::date = a.first_day THEN 'half_pm' ELSE a.portion END, 240, extract(year FROM day)::integer,
           CASE a.state WHEN 'denied' THEN 'cancelled' ELSE a.state END, a.changed_at
    FROM pending_action a, generate_series(a.first_day, a.last_day, '1 day') AS days (day);

INSERT INTO approval (workspace_id, action_id, approver_id, why, asked_at, reminders_sent, remind_at)
    SELECT workspace_id, action_id, CASE workspace_id WHEN 'T1' THEN 'U_BEN' ELSE 'U_ASHA' END,
           CASE state WHEN 'pending' THEN 'You are asked because <@U_CARLA> is on leave until Tue 3 March.' END,
           created_at, 1, CASE state WHEN 'pending' THEN timestamptz '2026-03-05 09:00Z' END
    FROM pending_action WHERE leave_type <> 'sick';
