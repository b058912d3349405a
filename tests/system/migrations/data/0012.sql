-- Organizations whose workspaces changed several times.
UPDATE enterprise SET teams_version = 3 WHERE enterprise_id = 'E1';
UPDATE enterprise SET teams_version = 1 WHERE enterprise_id = 'E9';
