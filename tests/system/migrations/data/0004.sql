-- Leave at other services in every state, as it stands after migration 4.
UPDATE person SET harvest_user_id = 4711 WHERE workspace_id = 'T1' AND user_id = 'U_ASHA';

INSERT INTO pending_action (workspace_id, user_id, leave_type, first_day, last_day, portion, state, awaits, created_at, changed_at, decided_by) VALUES
    ('T1', 'U_ASHA', 'vacation', '2026-08-03', '2026-08-14', 'full', 'processing', 'approver', '2026-03-02 09:00Z', '2026-03-02 10:00Z', 'U_BEN');

INSERT INTO leave_record (workspace_id, action_id, user_id, leave_type, day, portion, minutes, leave_year, state, changed_at)
    SELECT 'T1', max(action_id), 'U_ASHA', 'vacation', '2026-08-03', 'full', 480, 2026, 'failed', '2026-03-02 10:00Z' FROM pending_action;

INSERT INTO service_entry (workspace_id, action_id, service, first_day, last_day, portion, entry_key, generation, remote_id, state, calls, error, changed_at)
    SELECT 'T1', a.action_id, 'harvest', date '2026-08-03' + s.n::integer, date '2026-08-03' + s.n::integer, 'full', 'timeoff' || s.n, s.n::integer % 2, '90' || s.n,
           s.state, 1, CASE WHEN s.state IN ('failed', 'remove_failed') THEN 'Harvest answered 503' END, '2026-03-02 10:00Z'
    FROM (SELECT max(action_id) AS action_id FROM pending_action WHERE workspace_id = 'T1') a,
         unnest(ARRAY['waiting', 'calling', 'done', 'failed', 'unwanted', 'removing', 'removed', 'remove_failed']) WITH ORDINALITY AS s (state, n);

INSERT INTO service_entry (workspace_id, action_id, service, first_day, last_day, portion, entry_key, state, changed_at)
    SELECT workspace_id, max(action_id), 'calendar', '2026-03-05', '2026-03-05', 'half_am', 'timeoff1', 'done', '2026-03-02 10:00Z'
    FROM pending_action WHERE workspace_id = 'T2' GROUP BY workspace_id;

INSERT INTO service_skip (workspace_id, action_id, service, why, skipped_at)
    SELECT workspace_id, max(action_id), 'harvest', 'no_harvest_id', '2026-03-02 10:00Z' FROM pending_action WHERE user_id IN ('U_BEN', 'W_OLA') GROUP BY workspace_id;
