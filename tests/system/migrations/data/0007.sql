-- An organization with the app, of which the second workspace is one; a workspace that removed the app; a person's own token.
INSERT INTO enterprise (enterprise_id, name, bot_user_id, bot_token, scopes, installer_id, installed_at, teams_read_at) VALUES
    ('E1', 'Köln Holding', 'U0BOT2', 'gAAAAA-org', '{chat:write,users:read}', 'W_OLA', '2026-02-01 12:30Z', NULL),
    ('E9', 'Elsewhere', 'U0BOT9', 'gAAAAA-other-org', '{chat:write}', 'W_OLA', '2026-02-01 12:30Z', '2026-02-01 12:31Z');
INSERT INTO workspace (workspace_id, enterprise_id, name, bot_user_id, bot_token, paused_at, scopes, scopes_told, installer_id, installed_at, from_token) VALUES
    ('T3', NULL, 'Gone & Sons', 'U0BOT3', NULL, '2026-03-01 10:00Z', '{commands,chat:write}', '{users:read}', 'U_GIL', '2026-02-01 12:30Z', false);
UPDATE workspace SET bot_token = NULL WHERE workspace_id = 'T2';
INSERT INTO user_token (workspace_id, user_id, token, scopes, granted_at) VALUES
    ('T1', 'U_ASHA', 'gAAAAA-asha', '{users.profile:read,users.profile:write}', '2026-03-02 09:00Z'),
    ('T2', 'U_ASHA', 'gAAAAA-other-asha', '{users.profile:write}', '2026-03-02 09:00Z');
INSERT INTO oauth_state (nonce, used_at) VALUES ('0b5a', '2026-03-02 09:00Z');
