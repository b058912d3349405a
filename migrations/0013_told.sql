-- What was told to one person in a direct message of its own is known by its job, so that a repeat tells
-- it once. With the job goes the reason to know it.
CREATE INDEX posted_message_told ON posted_message (key) WHERE key ~ '^tell:[0-9]{1,18}$';

CREATE FUNCTION forget_told() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM posted_message p
    WHERE p.key ~ '^tell:[0-9]{1,18}$'
      -- Without the CASE a key of another kind might be read as a number before it is left out.
      AND NOT EXISTS (SELECT FROM job j
          WHERE j.job_id = CASE WHEN p.key ~ '^tell:[0-9]{1,18}$' THEN substr(p.key, 6)::bigint END);
$$;

REVOKE ALL ON FUNCTION forget_told FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_told TO timeoff_app;
