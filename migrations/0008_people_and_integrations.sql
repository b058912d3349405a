-- People are read from Slack page by page; each workspace has its own calendar and its own account of Harvest.

-- Contracts: adds uniqueness by workspace_calendar: the released version does not know the setting and never writes it
-- One calendar shows the leave of one workspace: the service account may write into all of them. An index looks across
-- workspaces without showing anything of one to another.
CREATE UNIQUE INDEX workspace_calendar ON workspace (lower(settings ->> 'calendar_id')) WHERE settings ->> 'calendar_id' IS NOT NULL;

-- The integrations of the environment belong to the workspace that SLACK_BOT_TOKEN installed last, and to no other.
CREATE FUNCTION take_environment() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE workspace SET from_token = workspace_id = current_workspace()
    WHERE current_workspace() IS NOT NULL AND from_token <> (workspace_id = current_workspace());
$$;
REVOKE ALL ON FUNCTION take_environment FROM PUBLIC;
GRANT EXECUTE ON FUNCTION take_environment TO timeoff_app;

-- A workspace's account of Harvest, and what its time off is booked on.
CREATE TABLE harvest_account (
    workspace_id text PRIMARY KEY REFERENCES workspace ON DELETE CASCADE,
    -- Encrypted.
    access_token text NOT NULL,
    account_id bigint NOT NULL CHECK (account_id > 0),
    project_id bigint NOT NULL CHECK (project_id > 0),
    vacation_task_id bigint NOT NULL CHECK (vacation_task_id > 0),
    sick_task_id bigint NOT NULL CHECK (sick_task_id > 0),
    connected_at timestamptz NOT NULL
);

-- In which calendar or account an entry is or may be, however the workspace's settings change after that. NULL: it was not
-- sent yet, or it was before this was noted, when the whole installation had one of each.
ALTER TABLE service_entry ADD COLUMN place text;

-- When Slack last spoke of a person: whoever an import of everybody does not meet has left.
ALTER TABLE person ADD COLUMN told_at timestamptz;

-- The reading of a workspace's people: the one under way, or the last one.
CREATE TABLE people_import (
    workspace_id text PRIMARY KEY REFERENCES workspace ON DELETE CASCADE,
    -- Which page is next, over all readings: a job that comes late does not fit any more.
    page bigint NOT NULL DEFAULT 1,
    phase text NOT NULL CHECK (phase IN ('members', 'people', 'harvest', 'done', 'stopped')),
    -- Where Slack's list goes on; empty: at its beginning.
    cursor text NOT NULL DEFAULT '',
    -- What stopped, so that it can go on from there.
    stopped_in text CHECK (stopped_in IN ('members', 'people', 'harvest')),
    -- Why, in words for people.
    stopped_why text,
    -- Slack forgot its cursor once, and the list was begun anew.
    begun_anew boolean NOT NULL DEFAULT false,
    -- The channel whose members alone are added, and who of them is known by now; NULL: everybody is added.
    only_channel text,
    members text[],
    begun_at timestamptz NOT NULL,
    ended_at timestamptz,
    -- Who sees the progress in a direct message.
    watchers text[] NOT NULL DEFAULT '{}',
    people integer NOT NULL DEFAULT 0,
    added integer NOT NULL DEFAULT 0,
    deactivated integer NOT NULL DEFAULT 0,
    returned integer NOT NULL DEFAULT 0,
    -- What Harvest came to, in words, if it could not be asked.
    harvest_error text,
    harvest_asked boolean NOT NULL DEFAULT false,
    -- When the progress was last shown.
    shown_at timestamptz,
    CHECK ((only_channel IS NULL) = (members IS NULL))
);

-- Profiles that were asked for, so that nobody's is asked for twice within an hour.
CREATE TABLE profile_look_up (
    workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
    user_id text NOT NULL,
    asked_at timestamptz NOT NULL,
    -- Whether Slack has answered.
    answered boolean NOT NULL DEFAULT false,
    PRIMARY KEY (workspace_id, user_id)
);

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['harvest_account', 'people_import', 'profile_look_up']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY own_workspace ON %I USING (workspace_id = current_workspace())', tenant_table);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO timeoff_app', tenant_table);
    END LOOP;
END $$;
