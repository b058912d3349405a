-- Tenants, their people, durable jobs, and the gateway's memory.
--
-- The app never works as the owner of these tables. It becomes `timeoff_app`
-- and names its workspace for each transaction; row-level security does the
-- rest. What must look across workspaces is a SECURITY DEFINER function here,
-- so that the list of exceptions can be read in one place.

DO $$
BEGIN
    CREATE ROLE timeoff_app NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL; -- roles belong to the cluster: another database made it already
END $$;

GRANT timeoff_app TO CURRENT_USER;
GRANT USAGE ON SCHEMA public TO timeoff_app;

-- The workspace of the running transaction, or NULL, which equals nothing.
CREATE FUNCTION current_workspace() RETURNS text
LANGUAGE sql STABLE
RETURN nullif(current_setting('timeoff.workspace', true), '');

-- A Slack workspace that installed the app. The tenant key is Slack's team id:
-- every request carries it, so no lookup comes before row-level security.
CREATE TABLE workspace (
    workspace_id text PRIMARY KEY,
    enterprise_id text,
    name text NOT NULL,
    bot_user_id text NOT NULL,
    -- Fernet token, never the bot token in the clear.
    bot_token text NOT NULL,
    settings jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object'),
    installed_at timestamptz NOT NULL
);

CREATE TABLE person (
    workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
    user_id text NOT NULL,
    name text NOT NULL,
    email text,
    time_zone text NOT NULL,
    -- Where the person's public holidays are; NULL means the workspace's place.
    location text,
    -- People of one team see one another in "also off then"; NULL means everybody.
    team text,
    approver_id text,
    is_admin boolean NOT NULL DEFAULT false,
    -- Slack's word and an admin's are kept apart, so that neither undoes the other.
    in_slack boolean NOT NULL DEFAULT true,
    switched_off boolean NOT NULL DEFAULT false,
    active boolean NOT NULL GENERATED ALWAYS AS (in_slack AND NOT switched_off) STORED,
    reminders_snoozed_until timestamptz,
    PRIMARY KEY (workspace_id, user_id)
);

-- The message that stands for one thing towards one person or channel, so that
-- a change of state edits it and does not post another.
CREATE TABLE posted_message (
    workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
    key text NOT NULL,
    channel_id text NOT NULL,
    ts text NOT NULL,
    PRIMARY KEY (workspace_id, key)
);

-- What Slack has sent in the last day, to absorb its retries and double clicks; and who was
-- told to wait, so that a flood gets one notice a minute.
CREATE TABLE seen_request (
    workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
    key text NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, key)
);
CREATE INDEX seen_request_age ON seen_request (seen_at);

-- Token buckets: `tokens` as of `refilled_at`; the refill is computed on use.
CREATE TABLE rate_bucket (
    workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
    channel_id text NOT NULL,
    tokens double precision NOT NULL,
    refilled_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, channel_id)
);

-- Work that was promised by an ack. A row is claimed with a lease; `attempts`
-- is also the fencing token that a late worker fails on.
CREATE TABLE job (
    job_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    -- Jobs of one lane never run at the same time, and run in order.
    lane text,
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    max_attempts integer NOT NULL CHECK (max_attempts > 0),
    run_at timestamptz NOT NULL,
    lease_until timestamptz,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    error text,
    correlation_id text NOT NULL
);
CREATE INDEX job_queued ON job (run_at, job_id) WHERE state = 'queued';
CREATE INDEX job_running ON job (lease_until) WHERE state = 'running';
CREATE INDEX job_finished ON job (finished_at) WHERE state IN ('done', 'failed');
CREATE UNIQUE INDEX job_lane_runs_one ON job (workspace_id, lane) WHERE state = 'running';
CREATE INDEX job_lane_waits ON job (workspace_id, lane, job_id) WHERE state = 'queued';

-- Who did what, when: written once, never changed (see the trigger).
CREATE TABLE audit_log (
    audit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
    at timestamptz NOT NULL,
    -- A Slack user id, or 'timeoff' for the system itself.
    actor text NOT NULL,
    subject text NOT NULL,
    action text NOT NULL,
    from_state text,
    to_state text,
    detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_log_subject ON audit_log (workspace_id, subject, audit_id);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE TRIGGER audit_log_append_only BEFORE UPDATE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Row-level security: one policy for each tenant table.
DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['workspace', 'person', 'posted_message', 'seen_request', 'rate_bucket', 'job', 'audit_log']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY own_workspace ON %I USING (workspace_id = current_workspace())', tenant_table);
    END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE, DELETE ON workspace, person, posted_message, seen_request, rate_bucket, job TO timeoff_app;
GRANT SELECT, INSERT ON audit_log TO timeoff_app;

-- Claims the oldest job that is due and whose lane is free. The unique index
-- `job_lane_runs_one` decides between two workers that look at the same moment.
CREATE FUNCTION claim_job(now_is timestamptz, lease interval) RETURNS SETOF job
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    candidate bigint;
BEGIN
    FOR candidate IN
        SELECT j.job_id FROM job j
        WHERE j.state = 'queued' AND j.run_at <= now_is
          AND (j.lane IS NULL OR NOT EXISTS (
                SELECT 1 FROM job other
                WHERE other.workspace_id = j.workspace_id AND other.lane = j.lane
                  AND (other.state = 'running' OR (other.state = 'queued' AND other.job_id < j.job_id))))
        ORDER BY j.run_at, j.job_id
        LIMIT 20
        FOR UPDATE OF j SKIP LOCKED
    LOOP
        BEGIN
            RETURN QUERY
                UPDATE job j SET state = 'running', attempts = j.attempts + 1, lease_until = now_is + lease
                WHERE j.job_id = candidate AND j.state = 'queued'
                RETURNING j.*;
            IF FOUND THEN
                RETURN;
            END IF;
        EXCEPTION WHEN unique_violation THEN
            NULL; -- another worker took this lane; look at the next job
        END;
    END LOOP;
END $$;

-- Takes jobs back whose worker is gone: they are queued again, if their kind allows;
-- the others are returned as they are, to be ended in one transaction with the promise
-- that the person who waits is told.
CREATE FUNCTION sweep_jobs(now_is timestamptz) RETURNS SETOF job
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE job j SET state = 'queued', error = 'interrupted', lease_until = NULL
    WHERE j.job_id IN (
        SELECT o.job_id FROM job o
        WHERE o.state = 'running' AND o.lease_until < now_is AND o.attempts < o.max_attempts FOR UPDATE SKIP LOCKED);
    SELECT * FROM job o WHERE o.state = 'running' AND o.lease_until < now_is ORDER BY o.job_id;
$$;

-- How many jobs are running, or due and not behind one of their lane that waits for its
-- time; for shutting down and for health.
CREATE FUNCTION unfinished_jobs(now_is timestamptz) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
RETURN (
    SELECT count(*) FROM job j
    WHERE j.state = 'running' OR (j.state = 'queued' AND j.run_at <= now_is AND NOT EXISTS (
        SELECT 1 FROM job other
        WHERE other.workspace_id = j.workspace_id AND other.lane = j.lane
          AND other.state = 'queued' AND other.job_id < j.job_id AND other.run_at > now_is)));

-- The workspaces that the schedule walks through, one transaction each.
CREATE FUNCTION workspace_ids() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT workspace_id FROM workspace ORDER BY workspace_id;
$$;

-- Forgets what is older than the time it is kept.
CREATE FUNCTION forget_old(seen_before timestamptz, jobs_before timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM seen_request WHERE seen_at < seen_before;
    DELETE FROM job WHERE state IN ('done', 'failed') AND finished_at < jobs_before;
    DELETE FROM rate_bucket WHERE refilled_at < seen_before;
$$;

REVOKE ALL ON FUNCTION claim_job, sweep_jobs, unfinished_jobs, workspace_ids, forget_old FROM PUBLIC;
GRANT EXECUTE ON FUNCTION claim_job, sweep_jobs, unfinished_jobs, workspace_ids, forget_old TO timeoff_app;
