-- The leave channel's replies of every kind, as they stand after migration 3.
INSERT INTO channel_reply (workspace_id, user_id, channel_id, thread_ts, message_ts, kind, state, notes, days, created_at, changed_at, expires_at) VALUES
    ('T1', 'U_ASHA', 'C_LEAVE', '1772442000.000100', '1772442000.000100', 'question', 'replaced', '{"I could not find which day you mean."}', '{}', '2026-03-02 09:00Z', '2026-03-02 09:01Z', '2026-03-02 10:00Z'),
    ('T1', 'U_ASHA', 'C_LEAVE', '1772442000.000100', '1772442060.000200', 'proposal', 'open', '{"No work then anyway, so not counted: Sat 7 March (weekend)."}', '{}', '2026-03-02 09:01Z', '2026-03-02 09:01Z', '2026-03-02 10:01Z'),
    ('T1', 'U_BEN', 'C_LEAVE', '1772442300.000100', '1772442300.000100', 'cancellation', 'confirmed', '{}', '{2026-03-05,2026-03-06}', '2026-03-02 09:05Z', '2026-03-02 09:06Z', '2026-03-02 10:05Z'),
    ('T1', 'U_BEN', 'C_LEAVE', '1772442600.000100', '1772442600.000100', 'choice', 'expired', '{}', '{}', '2026-03-02 09:10Z', '2026-03-02 10:10Z', '2026-03-02 10:10Z'),
    ('T2', 'W_OLA', 'C_LEAVE', '1772442600.000100', '1772442600.000100', 'proposal', 'cancelled', '{}', '{}', '2026-03-02 09:10Z', '2026-03-02 09:12Z', '2026-03-02 10:10Z');

INSERT INTO pending_action (workspace_id, user_id, leave_type, first_day, last_day, portion, reason, state, awaits, reply_id, created_at, changed_at)
    SELECT workspace_id, user_id, 'vacation', '2026-03-05', '2026-03-09', 'full', NULL, CASE state WHEN 'open' THEN 'pending' ELSE 'cancelled' END, 'author',
           reply_id, created_at, changed_at
    FROM channel_reply WHERE kind = 'proposal';
