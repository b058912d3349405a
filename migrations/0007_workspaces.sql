-- Workspaces that come, pause, go and come back; tokens of organizations and of people.

-- Contracts: changes column workspace.bot_token: the released version meets no row without a token that it would work for; jobs of a removed workspace fail there, as with a revoked token
ALTER TABLE workspace ALTER COLUMN bot_token DROP NOT NULL;

ALTER TABLE workspace
    -- Since when the app is removed from the workspace. Its data waits for the retention time.
    ADD COLUMN paused_at timestamptz,
    -- What the workspace's own token may do; NULL: Slack has not said yet.
    ADD COLUMN scopes text[],
    -- Which missing scopes the admins were told of, so that they are told once.
    ADD COLUMN scopes_told text[],
    ADD COLUMN installer_id text,
    -- Installed by SLACK_BOT_TOKEN, as all were until now: the integrations of the environment are its own.
    ADD COLUMN from_token boolean NOT NULL DEFAULT true;
ALTER TABLE workspace ALTER COLUMN from_token SET DEFAULT false;
CREATE INDEX workspace_of_enterprise ON workspace (enterprise_id) WHERE enterprise_id IS NOT NULL;

ALTER TABLE person ADD COLUMN is_owner boolean NOT NULL DEFAULT false;

-- An organization (Enterprise Grid) that installed the app for its workspaces: one token for all of them.
-- It belongs to no single tenant. A tenant reads the row of its own organization; all else is done by the
-- functions below.
CREATE TABLE enterprise (
    enterprise_id text PRIMARY KEY,
    name text NOT NULL,
    bot_user_id text NOT NULL,
    -- Encrypted; NULL: the organization removed the app.
    bot_token text,
    scopes text[],
    installer_id text,
    installed_at timestamptz NOT NULL,
    -- When its workspaces were last read from Slack; NULL: they are to be read.
    teams_read_at timestamptz
);
ALTER TABLE enterprise ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_enterprise ON enterprise FOR SELECT USING (
    enterprise_id = (SELECT w.enterprise_id FROM workspace w WHERE w.workspace_id = current_workspace()));
GRANT SELECT ON enterprise TO timeoff_app;

-- Tokens that people gave the app for their own profile.
CREATE TABLE user_token (
    workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
    user_id text NOT NULL,
    -- Encrypted.
    token text NOT NULL,
    scopes text[] NOT NULL,
    granted_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, user_id)
);
ALTER TABLE user_token ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON user_token USING (workspace_id = current_workspace());
GRANT SELECT, INSERT, UPDATE, DELETE ON user_token TO timeoff_app;

-- Installations that came back from Slack, so that none is finished twice. Before there is a tenant.
CREATE TABLE oauth_state (
    nonce text PRIMARY KEY,
    used_at timestamptz NOT NULL
);
ALTER TABLE oauth_state ENABLE ROW LEVEL SECURITY;

-- Whether this is the first use.
CREATE FUNCTION redeem_oauth_state(state_nonce text, now_is timestamptz) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH used AS (INSERT INTO oauth_state (nonce, used_at) VALUES (state_nonce, now_is) ON CONFLICT DO NOTHING RETURNING 1)
    SELECT EXISTS (SELECT FROM used);
$$;

-- An organization installed the app, or installed it again. Its workspaces are to be read.
CREATE FUNCTION save_enterprise(
    org text, its_name text, bot text, token text, granted text[], installer text, now_is timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO enterprise (enterprise_id, name, bot_user_id, bot_token, scopes, installer_id, installed_at)
    VALUES (org, its_name, bot, token, granted, installer, now_is)
    ON CONFLICT (enterprise_id) DO UPDATE SET name = excluded.name, bot_user_id = excluded.bot_user_id, bot_token = excluded.bot_token,
        scopes = excluded.scopes, installer_id = excluded.installer_id, installed_at = excluded.installed_at, teams_read_at = NULL;
$$;

-- A workspace of an organization that has the app becomes a tenant, or one again. False: the organization does not
-- have it, or the workspace has an installation of its own.
CREATE FUNCTION join_enterprise(team text, team_name text, org text, now_is timestamptz) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH joined AS (
        INSERT INTO workspace (workspace_id, enterprise_id, name, bot_user_id, installer_id, installed_at)
        SELECT team, e.enterprise_id, coalesce(team_name, team), e.bot_user_id, e.installer_id, now_is
        FROM enterprise e WHERE e.enterprise_id = org AND e.bot_token IS NOT NULL AND team = current_workspace()
        ON CONFLICT (workspace_id) DO UPDATE SET enterprise_id = excluded.enterprise_id, name = coalesce(team_name, workspace.name),
            bot_user_id = excluded.bot_user_id, installer_id = excluded.installer_id, installed_at = excluded.installed_at, paused_at = NULL
        WHERE workspace.paused_at IS NOT NULL
        RETURNING 1)
    SELECT EXISTS (SELECT FROM joined);
$$;

-- An organization removed the app at an instant: its token is erased and the workspaces that lived by it are paused. An
-- installation since then stays: what Slack delivers late is not about it.
CREATE FUNCTION pause_enterprise(org text, removed_at timestamptz, now_is timestamptz) RETURNS SETOF text
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
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

-- An organization took the app away from some of its workspaces at an instant: those that lived by its token are paused,
-- unless they were given it back since.
CREATE FUNCTION leave_enterprise(org text, teams text[], removed_at timestamptz, now_is timestamptz) RETURNS SETOF text
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH paused AS (
        UPDATE workspace w SET paused_at = now_is
        WHERE w.enterprise_id = org AND w.workspace_id = ANY (teams) AND w.bot_token IS NULL AND w.paused_at IS NULL
          AND date_trunc('second', w.installed_at) <= removed_at
        RETURNING w.workspace_id),
    gone AS (DELETE FROM user_token u USING paused WHERE u.workspace_id = paused.workspace_id)
    SELECT workspace_id FROM paused ORDER BY 1;
$$;

-- Organizations whose workspaces are to be read from Slack.
CREATE FUNCTION enterprises_to_read() RETURNS SETOF enterprise
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT * FROM enterprise WHERE teams_read_at IS NULL AND bot_token IS NOT NULL ORDER BY enterprise_id;
$$;

-- Notes that the workspaces of an organization were read, with the token of this installation; NULL: they are to be read again.
CREATE FUNCTION enterprise_was_read(org text, installed timestamptz, read_at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE enterprise SET teams_read_at = read_at WHERE enterprise_id = org AND (installed IS NULL OR installed_at = installed);
$$;

-- Forgets organizations that removed the app, when nothing of their workspaces is left.
CREATE FUNCTION forget_enterprises() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM enterprise e
    WHERE e.bot_token IS NULL AND NOT EXISTS (SELECT FROM workspace w WHERE w.enterprise_id = e.enterprise_id);
$$;

-- The tokens of organizations, page by page, for exchanging the key that they are encrypted with.
CREATE FUNCTION enterprise_secrets(after text, at_most integer) RETURNS TABLE (key text, secret text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT enterprise_id, bot_token FROM enterprise WHERE bot_token IS NOT NULL AND enterprise_id > after
    ORDER BY enterprise_id LIMIT at_most;
$$;
CREATE FUNCTION replace_enterprise_secret(org text, old text, new text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH replaced AS (UPDATE enterprise SET bot_token = new WHERE enterprise_id = org AND bot_token = old RETURNING 1)
    SELECT EXISTS (SELECT FROM replaced);
$$;

-- A paused workspace is as if it were not installed.
CREATE OR REPLACE FUNCTION workspace_ids() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT workspace_id FROM workspace WHERE paused_at IS NULL ORDER BY workspace_id;
$$;
CREATE FUNCTION paused_workspace_ids() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT workspace_id FROM workspace WHERE paused_at IS NOT NULL ORDER BY workspace_id;
$$;

-- Its jobs wait for it to come back, and no alarm counts them.
CREATE FUNCTION workspace_is_active(id text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM workspace w WHERE w.workspace_id = id AND w.paused_at IS NULL)
$$;
CREATE OR REPLACE FUNCTION claim_job(now_is timestamptz, lease interval, kinds text[], first_of text) RETURNS SETOF job
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    candidate bigint;
BEGIN
    IF first_of IS NOT NULL THEN
        FOR candidate IN
            SELECT j.job_id FROM job j
            WHERE j.state = 'queued' AND j.correlation_id = first_of AND j.run_at <= now_is AND j.kind = ANY (kinds) AND lane_is_free(j)
              AND workspace_is_active(j.workspace_id)
            ORDER BY j.run_at, j.job_id
            FOR UPDATE OF j SKIP LOCKED
        LOOP
            RETURN QUERY SELECT * FROM take_job(candidate, now_is, lease);
            IF FOUND THEN
                RETURN;
            END IF;
        END LOOP;
    END IF;
    FOR candidate IN
        SELECT j.job_id FROM job j
        WHERE j.state = 'queued' AND j.run_at <= now_is AND j.kind = ANY (kinds) AND lane_is_free(j)
          AND workspace_is_active(j.workspace_id)
        ORDER BY j.run_at, j.job_id
        LIMIT 20
        FOR UPDATE OF j SKIP LOCKED
    LOOP
        RETURN QUERY SELECT * FROM take_job(candidate, now_is, lease);
        IF FOUND THEN
            RETURN;
        END IF;
    END LOOP;
END $$;
CREATE OR REPLACE FUNCTION unfinished_jobs(now_is timestamptz) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
RETURN (
    SELECT count(*) FROM job j
    WHERE j.state = 'running' OR (j.state = 'queued' AND j.run_at <= now_is AND workspace_is_active(j.workspace_id) AND NOT EXISTS (
        SELECT 1 FROM job other
        WHERE other.workspace_id = j.workspace_id AND other.lane = j.lane
          AND other.state = 'queued' AND other.job_id < j.job_id AND other.run_at > now_is)));
CREATE OR REPLACE FUNCTION oldest_waiting_job(now_is timestamptz) RETURNS double precision
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(extract(epoch FROM now_is - min(run_at)), 0)::float8 FROM job
    WHERE state = 'queued' AND run_at <= now_is AND workspace_is_active(workspace_id);
$$;
CREATE OR REPLACE FUNCTION failed_syncs() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT count(DISTINCT (workspace_id, action_id)) FROM leave_record WHERE state = 'failed' AND workspace_is_active(workspace_id);
$$;

CREATE OR REPLACE FUNCTION forget_old(seen_before timestamptz, jobs_before timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM seen_request WHERE seen_at < seen_before;
    DELETE FROM job WHERE state IN ('done', 'failed') AND finished_at < jobs_before;
    DELETE FROM rate_bucket WHERE refilled_at < seen_before;
    DELETE FROM oauth_state WHERE used_at < seen_before;
$$;

REVOKE ALL ON FUNCTION workspace_is_active FROM PUBLIC;
REVOKE ALL ON FUNCTION redeem_oauth_state, save_enterprise, join_enterprise, pause_enterprise, leave_enterprise, enterprises_to_read, enterprise_was_read,
    forget_enterprises, enterprise_secrets, replace_enterprise_secret, paused_workspace_ids FROM PUBLIC;
GRANT EXECUTE ON FUNCTION redeem_oauth_state, save_enterprise, join_enterprise, pause_enterprise, leave_enterprise, enterprises_to_read, enterprise_was_read,
    forget_enterprises, enterprise_secrets, replace_enterprise_secret, paused_workspace_ids TO timeoff_app;
