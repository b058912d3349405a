-- Allowances and Home tabs of every kind, as they stand after migration 9.
UPDATE leave_type SET allowance = 50 WHERE leave_type = 'vacation';

INSERT INTO person_allowance (workspace_id, user_id, leave_type, half_days) VALUES
    ('T1', 'U_ASHA', 'vacation', 56),
    ('T1', 'U_BEN', 'vacation', NULL),
    ('T2', 'U_ASHA', 'vacation', 0);

INSERT INTO home_view (workspace_id, user_id, opened_at, refreshed_at, published_at, hash, pages, blocks) VALUES
    ('T1', 'U_ASHA', '2026-03-02 09:00Z', '2026-03-02 09:05Z', '2026-03-02 09:00Z', 'c0ffee', '{"off_today": 2}', '[{"type": "divider"}]'),
    -- Opened, and not published yet; a stranger to the directory.
    ('T1', 'U_NEW', '2026-03-02 09:10Z', NULL, NULL, NULL, '{}', NULL),
    ('T2', 'U_ASHA', '2026-02-02 09:00Z', NULL, '2026-02-02 09:00Z', 'c0ffee', '{}', '[]');
