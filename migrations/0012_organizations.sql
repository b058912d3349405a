-- The list of an organization's workspaces that changes while it is read.

ALTER TABLE enterprise
    -- Grows with everything that Slack tells of which workspaces have the app. A list that was asked for
    -- before holds no longer: it neither takes a workspace in nor is noted as read. A number, because the
    -- clocks of those who read and those who are told need not agree.
    ADD COLUMN teams_version bigint NOT NULL DEFAULT 0;

-- As in 0007, with a version of the list; NULL: the workspace itself sent something, which revives nothing. Whoever
-- changes the list waits until a workspace is in, and sees it then.
CREATE FUNCTION join_enterprise(team text, team_name text, org text, as_of bigint, now_is timestamptz) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH joined AS (
        INSERT INTO workspace (workspace_id, enterprise_id, name, bot_user_id, installer_id, installed_at)
        SELECT team, e.enterprise_id, coalesce(team_name, team), e.bot_user_id, e.installer_id, now_is
        FROM enterprise e
        WHERE e.enterprise_id = org AND e.bot_token IS NOT NULL AND team = current_workspace()
          AND (as_of IS NULL OR e.teams_version = as_of)
        FOR NO KEY UPDATE
        ON CONFLICT (workspace_id) DO UPDATE SET enterprise_id = excluded.enterprise_id, name = coalesce(team_name, workspace.name),
            bot_user_id = excluded.bot_user_id, installer_id = excluded.installer_id, installed_at = excluded.installed_at, paused_at = NULL
        WHERE workspace.paused_at IS NOT NULL AND as_of IS NOT NULL
        RETURNING 1)
    SELECT EXISTS (SELECT FROM joined);
$$;

-- As in 0007, unless the list changed since it was asked for. Whether it was noted.
CREATE FUNCTION enterprise_was_read(org text, installed timestamptz, as_of bigint, read_at timestamptz) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH noted AS (
        UPDATE enterprise SET teams_read_at = read_at
        WHERE enterprise_id = org AND installed_at = installed AND teams_version = as_of
        RETURNING 1)
    SELECT EXISTS (SELECT FROM noted);
$$;

-- As in 0007; what is to be read again (NULL) counts against a reading that is under way.
CREATE OR REPLACE FUNCTION enterprise_was_read(org text, installed timestamptz, read_at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE enterprise SET teams_read_at = read_at, teams_version = teams_version + (read_at IS NULL)::integer
    WHERE enterprise_id = org AND (installed IS NULL OR installed_at = installed);
$$;

-- As in 0007. The first statement ends every reading that is under way, and waits for a workspace that is just joining, so
-- that the second one sees it.
CREATE OR REPLACE FUNCTION pause_enterprise(org text, removed_at timestamptz, now_is timestamptz) RETURNS SETOF text
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE enterprise SET teams_version = teams_version + 1 WHERE enterprise_id = org;
    WITH erased AS (
        UPDATE enterprise e SET bot_token = NULL
        WHERE e.enterprise_id = org AND e.bot_token IS NOT NULL AND date_trunc('second', e.installed_at) <= removed_at
        RETURNING e.enterprise_id),
    paused AS (
        UPDATE workspace w SET paused_at = now_is FROM erased
        WHERE w.enterprise_id = erased.enterprise_id AND w.bot_token IS NULL AND w.paused_at IS NULL
        RETURNING w.workspace_id),
    gone AS (DELETE FROM user_token u USING paused WHERE u.workspace_id = paused.workspace_id)
    SELECT workspace_id FROM paused ORDER BY 1;
$$;
CREATE OR REPLACE FUNCTION leave_enterprise(org text, teams text[], removed_at timestamptz, now_is timestamptz) RETURNS SETOF text
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE enterprise SET teams_version = teams_version + 1 WHERE enterprise_id = org;
    WITH paused AS (
        UPDATE workspace w SET paused_at = now_is
        WHERE w.enterprise_id = org AND w.workspace_id = ANY (teams) AND w.bot_token IS NULL AND w.paused_at IS NULL
          AND date_trunc('second', w.installed_at) <= removed_at
        RETURNING w.workspace_id),
    gone AS (DELETE FROM user_token u USING paused WHERE u.workspace_id = paused.workspace_id)
    SELECT workspace_id FROM paused ORDER BY 1;
$$;

REVOKE ALL ON FUNCTION join_enterprise(text, text, text, bigint, timestamptz), enterprise_was_read(text, timestamptz, bigint, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION join_enterprise(text, text, text, bigint, timestamptz), enterprise_was_read(text, timestamptz, bigint, timestamptz) TO timeoff_app;
