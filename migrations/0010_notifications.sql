-- What people are told without asking: digests, announcements, the reminder of the day before, the Slack status.

-- A digest that somebody took on: of a day, or of the week that begins on a day. The row is written with the job that posts
-- it, so that of two schedules at the same moment one posts.
CREATE TABLE digest (
    workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('daily', 'weekly')),
    day date NOT NULL,
    claimed_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, kind, day)
);

-- A channel that cannot be posted to, of which the admins were told. Goes when it can be again.
CREATE TABLE channel_trouble (
    workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
    posting text NOT NULL CHECK (posting IN ('digest', 'announcement')),
    channel_id text NOT NULL,
    told_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, posting)
);

-- When the requester was reminded of leave that begins, or it was found that they need not be.
ALTER TABLE pending_action ADD COLUMN day_before_at timestamptz;
CREATE INDEX pending_action_begins ON pending_action (workspace_id, first_day)
    WHERE day_before_at IS NULL AND state IN ('confirmed', 'processing', 'completed');

-- The status in Slack of somebody who let the app set it. The text is what is, or is to be, there; `ours` what was last
-- written there, by which it is known again.
CREATE TABLE leave_status (
    workspace_id text NOT NULL,
    user_id text NOT NULL,
    state text NOT NULL CHECK (state IN ('setting', 'set', 'left_alone', 'clearing', 'cleared', 'ending')),
    text text,
    ends_at timestamptz,
    ours text,
    look_again_at timestamptz,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, user_id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES person ON DELETE CASCADE,
    CHECK ((text IS NULL) = (ends_at IS NULL)),
    CHECK (state NOT IN ('setting', 'set', 'left_alone') OR text IS NOT NULL),
    CHECK ((state = 'left_alone') = (look_again_at IS NOT NULL))
);

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['digest', 'channel_trouble', 'leave_status']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY own_workspace ON %I USING (workspace_id = current_workspace())', tenant_table);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO timeoff_app', tenant_table);
    END LOOP;
END $$;
