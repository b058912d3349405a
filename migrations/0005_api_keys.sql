-- Keys that programs sign their requests with, and the nonces that they have used.

CREATE TABLE api_key (
    workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
    key_id text PRIMARY KEY,
    name text NOT NULL CHECK (name <> ''),
    -- Ed25519, as RFC 8032 encodes it. The private half never comes here.
    public_key bytea NOT NULL CHECK (octet_length(public_key) = 32),
    created_at timestamptz NOT NULL,
    revoked_at timestamptz,
    last_used_at timestamptz,
    UNIQUE (workspace_id, key_id),
    -- One key under two names would live on when one of them is revoked.
    UNIQUE (workspace_id, public_key)
);
CREATE UNIQUE INDEX api_key_one_name ON api_key (workspace_id, name) WHERE revoked_at IS NULL;

-- A nonce is kept for as long as the signature that carries it would be accepted.
CREATE TABLE api_nonce (
    workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
    key_id text NOT NULL,
    nonce text NOT NULL,
    usable_until timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, key_id, nonce),
    FOREIGN KEY (workspace_id, key_id) REFERENCES api_key (workspace_id, key_id) ON DELETE CASCADE
);
CREATE INDEX api_nonce_age ON api_nonce (usable_until);

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['api_key', 'api_nonce']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY own_workspace ON %I USING (workspace_id = current_workspace())', tenant_table);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO timeoff_app', tenant_table);
    END LOOP;
END $$;

-- A request names its key and nothing else, so the key is looked up before the workspace is known.
CREATE FUNCTION find_api_key(wanted text) RETURNS SETOF api_key
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT * FROM api_key WHERE key_id = wanted;
$$;

-- Forgets nonces whose signatures are too old to be accepted anyway.
CREATE FUNCTION forget_api_nonces(now_is timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM api_nonce WHERE usable_until < now_is;
$$;

REVOKE ALL ON FUNCTION find_api_key, forget_api_nonces FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_api_key, forget_api_nonces TO timeoff_app;
