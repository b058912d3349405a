-- Digests, channels in trouble, reminders and statuses in every state, as they stand after migration 10.
INSERT INTO digest (workspace_id, kind, day, claimed_at) VALUES
    ('T1', 'daily', '2026-03-02', '2026-03-02 09:00Z'), ('T1', 'weekly', '2026-03-02', '2026-03-02 09:00Z'),
    ('T2', 'daily', '2026-03-02', '2026-03-02 10:00Z');

INSERT INTO channel_trouble (workspace_id, posting, channel_id, told_at) VALUES
    ('T1', 'digest', 'C_GONE', '2026-03-02 09:00Z'), ('T2', 'announcement', 'C_GONE', '2026-03-02 09:00Z');

UPDATE pending_action SET day_before_at = '2026-03-04 11:00Z' WHERE state = 'completed';

INSERT INTO leave_status (workspace_id, user_id, state, text, ends_at, ours, look_again_at, changed_at) VALUES
    ('T1', 'U_ASHA', 'set', 'Away, back on Mon 9 March', '2026-03-06 18:30Z', 'Away, back on Mon 9 March', NULL, '2026-03-04 18:30Z'),
    ('T1', 'U_BEN', 'left_alone', 'Away, back on Mon 9 March', '2026-03-07 00:00Z', NULL, '2026-03-05 12:00Z', '2026-03-05 00:00Z');
INSERT INTO leave_status (workspace_id, user_id, state, changed_at)
    SELECT 'T2', min(user_id), 'cleared', '2026-03-05 00:00Z' FROM person WHERE workspace_id = 'T2';
