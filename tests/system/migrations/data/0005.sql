-- Keys in use, never used and revoked, as they stand after migration 5.
INSERT INTO api_key (workspace_id, key_id, name, public_key, created_at, revoked_at, last_used_at) VALUES
    ('T1', 'key_0000000000000001', 'payroll', decode(repeat('01', 32), 'hex'), '2026-03-01 08:00Z', NULL, '2026-03-02 09:00Z'),
    ('T1', 'key_0000000000000002', 'payroll', decode(repeat('02', 32), 'hex'), '2026-02-01 08:00Z', '2026-03-01 07:59Z', '2026-02-28 23:00Z'),
    ('T1', 'key_0000000000000003', 'carla-laptop', decode(repeat('03', 32), 'hex'), '2026-03-01 08:00Z', NULL, NULL),
    -- The same public key and name in another workspace is another key.
    ('T2', 'key_0000000000000004', 'payroll', decode(repeat('01', 32), 'hex'), '2026-03-01 08:00Z', NULL, '2026-03-02 09:00Z');

INSERT INTO api_nonce (workspace_id, key_id, nonce, usable_until) VALUES
    ('T1', 'key_0000000000000001', '5c0f8f3e', '2026-03-02 09:05Z'),
    ('T1', 'key_0000000000000001', '9a1b2c3d', '2026-03-02 09:05:30Z'),
    ('T2', 'key_0000000000000004', '5c0f8f3e', '2026-03-02 09:05Z');
