-- Leave: what a day is, what is asked for, who decides.

-- A working week from a day on: the workspace's (user_id '') or a person's own.
CREATE TABLE working_pattern (
    workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
    user_id text NOT NULL DEFAULT '',
    from_day date NOT NULL,
    -- Monday to Sunday; each 'full', 'half_am', 'half_pm' or 'off'.
    week text[] NOT NULL CHECK (
        cardinality(week) = 7 AND week <@ ARRAY['full', 'half_am', 'half_pm', 'off']),
    -- The work of a whole day; a half is half of it.
    full_day_minutes integer NOT NULL CHECK (full_day_minutes BETWEEN 2 AND 1440),
    starts_at time NOT NULL,
    halves_meet_at time NOT NULL,
    ends_at time NOT NULL,
    PRIMARY KEY (workspace_id, user_id, from_day),
    CHECK (starts_at < halves_meet_at AND halves_meet_at < ends_at)
);

CREATE TABLE public_holiday (
    workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
    location text NOT NULL,
    day date NOT NULL,
    portion text NOT NULL DEFAULT 'full' CHECK (portion IN ('full', 'half_am', 'half_pm')),
    name text NOT NULL,
    PRIMARY KEY (workspace_id, location, day, portion)
);

CREATE TABLE leave_type (
    workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
    leave_type text NOT NULL,
    name text NOT NULL,
    needs_approval boolean NOT NULL,
    position integer NOT NULL DEFAULT 0,
    active boolean NOT NULL DEFAULT true,
    PRIMARY KEY (workspace_id, leave_type)
);

-- A proposal with buttons: leave that somebody asks for.
CREATE TABLE pending_action (
    action_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id text NOT NULL,
    user_id text NOT NULL,
    leave_type text NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    -- The part of each day; with 'full', the two ends may be halves.
    portion text NOT NULL CHECK (portion IN ('full', 'half_am', 'half_pm')),
    starts_midday boolean NOT NULL DEFAULT false,
    ends_midday boolean NOT NULL DEFAULT false,
    reason text CHECK (char_length(reason) <= 500),
    state text NOT NULL CHECK (state IN
        ('pending', 'confirmed', 'processing', 'completed', 'cancelled', 'expired', 'denied')),
    -- Whose answer a pending action waits for.
    awaits text NOT NULL CHECK (awaits IN ('author', 'approver')),
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    decided_by text,
    decision_note text,
    -- Set when an approver's silence reached the admins; when its first day passed.
    escalated_at timestamptz,
    overdue_told_at timestamptz,
    FOREIGN KEY (workspace_id, user_id) REFERENCES person ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, leave_type) REFERENCES leave_type,
    CHECK (first_day <= last_day),
    CHECK (portion = 'full' OR NOT (starts_midday OR ends_midday)),
    CHECK (first_day < last_day OR NOT (starts_midday OR ends_midday)),
    UNIQUE (workspace_id, action_id)
);
CREATE INDEX pending_action_person ON pending_action (workspace_id, user_id, last_day);
CREATE INDEX pending_action_waiting ON pending_action (workspace_id, created_at) WHERE state = 'pending';

-- One row a day of leave that counts. Two halves may share a date, overlap may
-- not: each half of a day has its own unique index over leave that is alive.
CREATE TABLE leave_record (
    record_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id text NOT NULL,
    action_id bigint NOT NULL,
    user_id text NOT NULL,
    leave_type text NOT NULL,
    day date NOT NULL,
    portion text NOT NULL CHECK (portion IN ('full', 'half_am', 'half_pm')),
    minutes integer NOT NULL CHECK (minutes > 0),
    leave_year integer NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'confirmed', 'completed', 'failed', 'cancelled')),
    changed_at timestamptz NOT NULL,
    FOREIGN KEY (workspace_id, action_id) REFERENCES pending_action (workspace_id, action_id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, user_id) REFERENCES person ON DELETE CASCADE
);
CREATE UNIQUE INDEX leave_record_one_morning ON leave_record (workspace_id, user_id, day)
    WHERE state <> 'cancelled' AND portion IN ('full', 'half_am');
CREATE UNIQUE INDEX leave_record_one_afternoon ON leave_record (workspace_id, user_id, day)
    WHERE state <> 'cancelled' AND portion IN ('full', 'half_pm');
CREATE INDEX leave_record_action ON leave_record (workspace_id, action_id, day);
CREATE INDEX leave_record_day ON leave_record (workspace_id, day) WHERE state <> 'cancelled';

-- An approver who was asked about a pending action.
CREATE TABLE approval (
    workspace_id text NOT NULL,
    action_id bigint NOT NULL,
    approver_id text NOT NULL,
    -- Why this person was asked, in words for the message; NULL when it is plain.
    why text,
    asked_at timestamptz NOT NULL,
    reminders_sent integer NOT NULL DEFAULT 0,
    remind_at timestamptz,
    PRIMARY KEY (workspace_id, action_id, approver_id),
    FOREIGN KEY (workspace_id, action_id) REFERENCES pending_action (workspace_id, action_id) ON DELETE CASCADE
);
CREATE INDEX approval_reminders ON approval (workspace_id, remind_at) WHERE remind_at IS NOT NULL;

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['working_pattern', 'public_holiday', 'leave_type', 'pending_action', 'leave_record', 'approval']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY own_workspace ON %I USING (workspace_id = current_workspace())', tenant_table);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO timeoff_app', tenant_table);
    END LOOP;
END $$;
