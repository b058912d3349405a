-- The set-up that greets whoever brought the app.

ALTER TABLE workspace
    -- When somebody was asked to set the workspace up; NULL: nobody was yet.
    ADD COLUMN setup_asked_at timestamptz,
    -- When the set-up was finished; NULL: it can be taken up again.
    ADD COLUMN setup_done_at timestamptz;
-- Workspaces from before were set up without it.
UPDATE workspace SET setup_asked_at = installed_at, setup_done_at = installed_at;

-- A step of the set-up that somebody has dealt with. What is chosen is in the settings; this says
-- what they cannot: that a step was skipped, or that a value which was there already is right.
CREATE TABLE setup_step (
    workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
    step text NOT NULL CHECK (step IN ('leave_channel', 'approvers', 'zone', 'calendar')),
    state text NOT NULL CHECK (state IN ('done', 'skipped')),
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, step)
);

ALTER TABLE setup_step ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON setup_step USING (workspace_id = current_workspace());
GRANT SELECT, INSERT, UPDATE, DELETE ON setup_step TO timeoff_app;
