-- What the functions in the cloud ask for: whether the schema is theirs, and jobs that they know how to do.

-- The version of the schema, for a user who may not look into the table of migrations. In plpgsql, because that table
-- belongs to the tool that applies this file.
CREATE FUNCTION schema_version() RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN (SELECT max(version) FROM _sqlx_migrations WHERE success);
END $$;

-- One job, if it is still there to take.
CREATE FUNCTION take_job(candidate bigint, now_is timestamptz, lease interval) RETURNS SETOF job
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN QUERY
        UPDATE job j SET state = 'running', attempts = j.attempts + 1, lease_until = now_is + lease
        WHERE j.job_id = candidate AND j.state = 'queued'
        RETURNING j.*;
EXCEPTION WHEN unique_violation THEN
    RETURN; -- another worker took this lane
END $$;

CREATE FUNCTION lane_is_free(j job) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT j.lane IS NULL OR NOT EXISTS (
        SELECT 1 FROM job other
        WHERE other.workspace_id = j.workspace_id AND other.lane = j.lane
          AND (other.state = 'running' OR (other.state = 'queued' AND other.job_id < j.job_id)))
$$;

-- Takes the oldest due job whose lane is free, of the kinds that the caller knows: while a new version takes over, the
-- old one leaves alone what only the new one can do. Jobs of the request that the caller has just answered come first.
CREATE FUNCTION claim_job(now_is timestamptz, lease interval, kinds text[], first_of text) RETURNS SETOF job
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    candidate bigint;
BEGIN
    IF first_of IS NOT NULL THEN
        FOR candidate IN
            SELECT j.job_id FROM job j
            WHERE j.state = 'queued' AND j.correlation_id = first_of AND j.run_at <= now_is AND j.kind = ANY (kinds) AND lane_is_free(j)
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

CREATE INDEX job_of_request ON job (correlation_id) WHERE state = 'queued';

-- Takes jobs of the caller's kinds back whose worker is gone, as the function of two arguments before did with all.
CREATE FUNCTION sweep_jobs(now_is timestamptz, kinds text[]) RETURNS SETOF job
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE job j SET state = 'queued', error = 'interrupted', lease_until = NULL
    WHERE j.job_id IN (
        SELECT o.job_id FROM job o
        WHERE o.state = 'running' AND o.lease_until < now_is AND o.attempts < o.max_attempts FOR UPDATE SKIP LOCKED);
    SELECT * FROM job o WHERE o.state = 'running' AND o.lease_until < now_is AND o.kind = ANY (kinds) ORDER BY o.job_id;
$$;

-- What the alarms look at, in all workspaces together: how long the oldest due job has been waiting, in seconds, and how
-- many requests have leave that waits for a person to try again.
CREATE FUNCTION oldest_waiting_job(now_is timestamptz) RETURNS double precision
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(extract(epoch FROM now_is - min(run_at)), 0)::float8 FROM job WHERE state = 'queued' AND run_at <= now_is;
$$;
CREATE FUNCTION failed_syncs() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT count(DISTINCT (workspace_id, action_id)) FROM leave_record WHERE state = 'failed';
$$;

CREATE INDEX leave_record_failed ON leave_record (workspace_id, action_id) WHERE state = 'failed';

REVOKE ALL ON FUNCTION take_job, lane_is_free FROM PUBLIC;
REVOKE ALL ON FUNCTION schema_version, claim_job(timestamptz, interval, text[], text), sweep_jobs(timestamptz, text[]), oldest_waiting_job, failed_syncs FROM PUBLIC;
GRANT EXECUTE ON FUNCTION schema_version, claim_job(timestamptz, interval, text[], text), sweep_jobs(timestamptz, text[]), oldest_waiting_job, failed_syncs TO timeoff_app;
