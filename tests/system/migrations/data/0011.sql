-- One workspace is in the middle of its set-up, the other has finished.
UPDATE workspace SET setup_done_at = NULL WHERE workspace_id = 'T2';
INSERT INTO setup_step (workspace_id, step, state, changed_by, changed_at) VALUES
    ('T1', 'zone', 'done', 'U_CARLA', '2026-01-05 08:05Z'),
    ('T1', 'calendar', 'skipped', 'U_CARLA', '2026-01-05 08:06Z'),
    ('T2', 'zone', 'skipped', 'U_ASHA', '2026-02-01 12:35Z');
