-- Leave at other services: the calendar and the time sheet.

-- Who a person is in Harvest; NULL: nobody, and their leave is not entered there.
ALTER TABLE person ADD COLUMN harvest_user_id bigint CHECK (harvest_user_id > 0);

-- What leave has, or should have, at another service: an event, or the entry of a day.
CREATE TABLE service_entry (
    workspace_id text NOT NULL,
    action_id bigint NOT NULL,
    service text NOT NULL CHECK (service IN ('calendar', 'harvest')),
    first_day date NOT NULL,
    last_day date NOT NULL,
    portion text NOT NULL CHECK (portion IN ('full', 'half_am', 'half_pm')),
    -- The id that is derived from all of this, by which the entry is found again at the service;
    -- a generation later, if the service lets nobody use that id any more.
    entry_key text NOT NULL,
    generation integer NOT NULL DEFAULT 0 CHECK (generation >= 0),
    -- The service's own id, where it gives one.
    remote_id text,
    state text NOT NULL CHECK (state IN
        ('waiting', 'calling', 'done', 'failed', 'unwanted', 'removing', 'removed', 'remove_failed')),
    -- How often it was tried to create it: before a second time it is looked for.
    calls integer NOT NULL DEFAULT 0 CHECK (calls >= 0),
    -- Why it is not as it should be, in words for people.
    error text,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, action_id, service, first_day, last_day, portion),
    FOREIGN KEY (workspace_id, action_id) REFERENCES pending_action (workspace_id, action_id) ON DELETE CASCADE,
    CHECK (first_day <= last_day),
    CHECK (portion = 'full' OR first_day = last_day),
    CHECK ((state IN ('failed', 'remove_failed')) = (error IS NOT NULL))
);
CREATE UNIQUE INDEX service_entry_key ON service_entry (workspace_id, service, entry_key);
CREATE INDEX service_entry_under_way ON service_entry (workspace_id, action_id)
    WHERE state IN ('waiting', 'calling', 'unwanted', 'removing');

-- A service that is left out for a leave, and why. Decided once, when the leave is first sent there.
CREATE TABLE service_skip (
    workspace_id text NOT NULL,
    action_id bigint NOT NULL,
    service text NOT NULL CHECK (service IN ('calendar', 'harvest')),
    why text NOT NULL CHECK (why IN ('no_harvest_id')),
    skipped_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, action_id, service),
    FOREIGN KEY (workspace_id, action_id) REFERENCES pending_action (workspace_id, action_id) ON DELETE CASCADE
);

CREATE INDEX pending_action_under_way ON pending_action (workspace_id, action_id)
    WHERE state IN ('confirmed', 'processing');

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['service_entry', 'service_skip']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY own_workspace ON %I USING (workspace_id = current_workspace())', tenant_table);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO timeoff_app', tenant_table);
    END LOOP;
END $$;
