-- Calendars and accounts of Harvest, readings of people under way and done, and profiles that were asked for, as they stand
-- after migration 8.
UPDATE workspace SET settings = settings || '{"calendar_id": "Time-Off@group.calendar.google.com"}' WHERE workspace_id = 'T2';

INSERT INTO harvest_account (workspace_id, access_token, account_id, project_id, vacation_task_id, sick_task_id, connected_at) VALUES
    ('T1', 'gAAAAA-three', 100001, 14308069, 8083365, 8083366, '2026-03-02 10:00Z'),
    -- Two workspaces may share an account, each with a token of its own.
    ('T2', 'gAAAAA-four', 100001, 14308069, 8083365, 8083366, '2026-03-02 11:00Z');

UPDATE service_entry SET place = CASE service WHEN 'calendar' THEN 'time-off@group.calendar.google.com' ELSE '100001' END WHERE state = 'done';
UPDATE person SET told_at = '2026-03-02 10:00Z' WHERE in_slack;

INSERT INTO people_import (workspace_id, page, phase, cursor, only_channel, members, begun_at, ended_at, watchers, people, added, harvest_error, harvest_asked, shown_at) VALUES
    ('T1', 3, 'people', 'dXNlcjpVMDYxTkZUVDI=', 'C_LEAVE', '{U_ASHA,U_BEN}', '2026-03-02 10:00Z', NULL, '{U_CARLA}', 400, 3, NULL, false, '2026-03-02 10:00:02Z'),
    ('T2', 12, 'done', '', NULL, NULL, '2026-03-02 10:00Z', '2026-03-02 10:01Z', '{U_ASHA}', 2, 0, 'Harvest answered 503', true, '2026-03-02 10:01Z');

INSERT INTO profile_look_up (workspace_id, user_id, asked_at, answered) VALUES
    ('T1', 'U_GUEST', '2026-03-02 10:00Z', true),
    ('T1', 'U_NEW', '2026-03-02 10:00Z', false),
    ('T2', 'U_GUEST', '2026-03-02 10:00Z', true);
