-- Two workspaces as they stand after migration 1: people, messages, work under way.
INSERT INTO workspace (workspace_id, enterprise_id, name, bot_user_id, bot_token, settings, installed_at) VALUES
    ('T1', NULL, 'Paper & Co', 'U0BOT1', 'gAAAAA-one', '{"approvers": ["U_BEN"], "longest_leave_days": 30}', '2026-01-05 08:00Z'),
    ('T2', 'E1', 'Zweigstelle Köln', 'U0BOT2', 'gAAAAA-two', '{}', '2026-02-01 12:30Z');

INSERT INTO person (workspace_id, user_id, name, email, time_zone, location, team, approver_id, is_admin, in_slack, reminders_snoozed_until) VALUES
    ('T1', 'U_ASHA', 'Asha Rao', 'asha@example.com', 'Asia/Kolkata', 'india', 'design', NULL, false, true, NULL),
    ('T1', 'U_BEN', 'Ben Okafor', 'ben@example.com', 'Europe/London', NULL, NULL, 'U_CARLA', false, true, '2026-03-03 09:00Z'),
    ('T1', 'U_CARLA', 'Carla Mendes', 'carla@example.com', 'Europe/Madrid', NULL, NULL, NULL, true, true, NULL),
    ('T1', 'U_GONE', 'Gil Gone', NULL, 'UTC', NULL, NULL, NULL, false, false, NULL),
    -- The same person id in another workspace is another person.
    ('T2', 'U_ASHA', 'Ásta Jónsdóttir', NULL, 'Atlantic/Reykjavik', NULL, NULL, NULL, true, true, NULL),
    ('T2', 'W_OLA', 'Ola Nordmann', 'ola@example.org', 'Europe/Oslo', NULL, 'ops', 'U_ASHA', false, true, NULL);

INSERT INTO posted_message (workspace_id, key, channel_id, ts) VALUES
    ('T1', 'action:1:requester', 'D_ASHA', '1772442000.000100'),
    ('T1', 'action:1:approver:U_BEN', 'D_BEN', '1772442000.000200'),
    ('T2', 'action:1:requester', 'D_OLA', '1772442000.000100');

INSERT INTO seen_request (workspace_id, key, seen_at) VALUES
    ('T1', 'event:Ev1', '2026-03-02 09:00Z'),
    ('T1', 'view:V1', '2026-03-02 09:01Z'),
    ('T2', 'event:Ev1', '2026-03-02 09:00Z');

INSERT INTO rate_bucket (workspace_id, channel_id, tokens, refilled_at) VALUES
    ('T1', 'C_GENERAL', 29, '2026-03-02 09:00Z'),
    ('T1', 'D_ASHA', 0.25, '2026-03-02 09:01Z'),
    ('T2', 'C_GENERAL', 30, '2026-03-02 09:00Z');

INSERT INTO job (workspace_id, kind, payload, lane, state, attempts, max_attempts, run_at, lease_until, created_at, finished_at, error, correlation_id) VALUES
    ('T1', 'leave.show_request', '{"action_id": 1}', 'action:1:requester', 'done', 1, 8, '2026-03-02 09:00Z', NULL, '2026-03-02 09:00Z', '2026-03-02 09:00:01Z', NULL, 'view:V1'),
    ('T1', 'leave.show_approval', '{"action_id": 1, "approver": "U_BEN"}', 'action:1:approver:U_BEN', 'running', 2, 8, '2026-03-02 09:00Z', '2026-03-02 09:02Z', '2026-03-02 09:00Z', NULL, 'interrupted', 'view:V1'),
    ('T1', 'home.publish', '{"user": "U_ASHA"}', 'home:U_ASHA', 'queued', 0, 3, '2026-03-02 09:05Z', NULL, '2026-03-02 09:05Z', NULL, NULL, 'Ev1'),
    ('T1', 'leave.open_form', '{"user": "U_ASHA", "trigger_id": "t", "response_url": null, "filled": {}}', NULL, 'failed', 1, 1, '2026-03-02 09:00Z', NULL, '2026-03-02 09:00Z', '2026-03-02 09:00:04Z', 'Slack views.open: expired_trigger_id', 'command:t'),
    ('T2', 'workspace.import_people', '{}', 'people', 'queued', 1, 5, '2026-03-02 09:10Z', NULL, '2026-03-02 09:00Z', NULL, 'Slack users.list: rate limited', 'install');

INSERT INTO audit_log (workspace_id, at, actor, subject, action, from_state, to_state, detail) VALUES
    ('T1', '2026-01-05 08:00Z', 'timeoff', 'workspace', 'installed', NULL, NULL, '{}'),
    ('T1', '2026-03-02 09:00Z', 'U_ASHA', 'action:1', 'requested', NULL, 'pending', '{"leave_type": "vacation"}'),
    ('T2', '2026-02-01 12:30Z', 'timeoff', 'workspace', 'installed', NULL, NULL, '{}');
