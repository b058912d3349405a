-- One workspace is in the middle of its set-up, the other has finished.
UPDATE workspace SET setup_done_at = NULL WHERE workspace_id = 'T2';
INSERT INTO setup_step (workspace_id, step, state, changed_by, changed_at) VALUES
    ('T1', 'zone', 'done', 'U_CARLA', '2026-01-05 08:05Z'),
    ('T1', 'calendar', 'skipped', 'U_CARLA', '2026-01-05 08:06Z'),
    ('T2', 'zone', 'skipped', 'U_ASHA', '2026-02-01 12:35Z');

-- An account of Harvest that is to be checked; the other workspace's was, and is not forgotten yet.
INSERT INTO job (workspace_id, kind, payload, lane, state, attempts, max_attempts, run_at, created_at, finished_at, correlation_id) VALUES
    ('T1', 'settings.check_harvest', '{"user": "U_CARLA", "access_token": "gAAAAA-five", "account_id": 100001, "project": 14308069, "vacation": 8083365, "sick": 8083366}', NULL, 'queued', 0, 3, '2026-03-02 10:00Z', '2026-03-02 10:00Z', NULL, 'view:V7'),
    ('T2', 'settings.check_harvest', '{"user": "U_ASHA", "access_token": "gAAAAA-six", "account_id": 100001, "project": 14308069, "vacation": 8083365, "sick": 8083366}', NULL, 'done', 1, 3, '2026-03-02 11:00Z', '2026-03-02 11:00Z', '2026-03-02 11:00:01Z', 'view:V8');
