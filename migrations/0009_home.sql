-- The Home tab: how much leave a year has, and what is shown to whom, so that the same is not read and built twice.

-- Half days a leave year; NULL: as many as are agreed.
ALTER TABLE leave_type ADD COLUMN allowance integer CHECK (allowance >= 0);

-- What somebody has instead of the allowance of a kind; NULL: as many as are agreed.
CREATE TABLE person_allowance (
    workspace_id text NOT NULL,
    user_id text NOT NULL,
    leave_type text NOT NULL,
    half_days integer CHECK (half_days >= 0),
    PRIMARY KEY (workspace_id, user_id, leave_type),
    FOREIGN KEY (workspace_id, user_id) REFERENCES person ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, leave_type) REFERENCES leave_type ON DELETE CASCADE
);

-- Who opened the Home tab when, whether the directory knows them or not, and what they were last shown.
CREATE TABLE home_view (
    workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
    user_id text NOT NULL,
    opened_at timestamptz NOT NULL,
    -- When Refresh was last pressed and not answered with “wait”.
    refreshed_at timestamptz,
    -- Of the view that was built last: when, of what, which pages of its lists, and its blocks.
    published_at timestamptz,
    hash text,
    pages jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(pages) = 'object'),
    blocks jsonb,
    PRIMARY KEY (workspace_id, user_id)
);
CREATE INDEX home_view_opened ON home_view (opened_at);

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['person_allowance', 'home_view']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY own_workspace ON %I USING (workspace_id = current_workspace())', tenant_table);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO timeoff_app', tenant_table);
    END LOOP;
END $$;

-- Forgets, in all workspaces, the views of those who have not opened the Home tab for long.
CREATE FUNCTION forget_homes(opened_before timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM home_view WHERE opened_at < opened_before;
$$;
REVOKE ALL ON FUNCTION forget_homes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_homes TO timeoff_app;
