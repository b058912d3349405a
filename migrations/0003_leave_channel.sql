-- The leave channel: what the app said to somebody who wrote there.

-- One answer to one message of a person, in the message's thread.
CREATE TABLE channel_reply (
    reply_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id text NOT NULL,
    -- Who is answered; only they may press its buttons.
    user_id text NOT NULL,
    channel_id text NOT NULL,
    thread_ts text NOT NULL,
    -- The message that is answered. Its text is not kept.
    message_ts text NOT NULL,
    -- Leave to confirm, a question, days to take back, or a list of leave to choose from.
    kind text NOT NULL CHECK (kind IN ('proposal', 'question', 'cancellation', 'choice')),
    state text NOT NULL CHECK (state IN ('open', 'confirmed', 'cancelled', 'replaced', 'expired')),
    -- What is said with it: a question's words, a proposal's warnings.
    notes text[] NOT NULL DEFAULT '{}',
    -- The days that a cancellation takes back.
    days date[] NOT NULL DEFAULT '{}',
    -- The undecided requests that a proposal takes the place of once it is confirmed.
    replaces bigint[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    -- From then on an open one is expired.
    expires_at timestamptz NOT NULL,
    FOREIGN KEY (workspace_id, user_id) REFERENCES person ON DELETE CASCADE,
    UNIQUE (workspace_id, reply_id),
    UNIQUE (workspace_id, channel_id, message_ts)
);
CREATE INDEX channel_reply_thread ON channel_reply (workspace_id, channel_id, thread_ts, user_id);
CREATE INDEX channel_reply_open ON channel_reply (workspace_id, expires_at) WHERE state = 'open';

ALTER TABLE channel_reply ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON channel_reply USING (workspace_id = current_workspace());
GRANT SELECT, INSERT, UPDATE, DELETE ON channel_reply TO timeoff_app;

-- The reply in which an action was proposed. An action that awaits its author has no records yet:
-- nothing is taken before it is confirmed.
-- A kind that was chosen in the form is not told to the channel, as one that was written there is.
ALTER TABLE pending_action
    ADD COLUMN reply_id bigint,
    ADD COLUMN kind_chosen_privately boolean NOT NULL DEFAULT false,
    ADD FOREIGN KEY (workspace_id, reply_id) REFERENCES channel_reply (workspace_id, reply_id);
CREATE INDEX pending_action_reply ON pending_action (workspace_id, reply_id) WHERE reply_id IS NOT NULL;
