"""What our own code reads of Slack's answers and requests: the fields of its types, found in the source, must exist at
Slack and in the simulator.
"""

import re
from pathlib import Path

import shapes

# Each type that reads what Slack says, with the places that it is read from: `kind path`. A type that is not here is a
# problem, so that a new one is looked at; None: not read from Slack.
MEMBER = ["users.info user", "users.list members[]"]
ANSWERS = {
    "slack.rs": {
        "Ok": [],
        "Entries": ["conversations.history", "conversations.replies"],
        "Entry": ["conversations.history messages[]", "conversations.replies messages[]"],
        "Page": [
            "conversations.history response_metadata",
            "conversations.replies response_metadata",
            "conversations.members response_metadata",
            "users.list response_metadata",
            "auth.teams.list response_metadata",
        ],
        "Opened": ["conversations.open"],
        "Channel": ["conversations.open channel"],
        "Members": ["conversations.members"],
        "Info": ["users.info"],
        "Users": ["users.list"],
    },
    "slack/people.rs": {
        "Identity": ["auth.test"],
        "Member": MEMBER,
        # Only on Enterprise Grid, where the simulated Slack has it too.
        "EnterpriseUser": None,
        "Profile": [f"{path}.profile" for path in MEMBER],
    },
    "slack/message.rs": {"ChannelInfo": ["conversations.info channel"], "Message": None, "Posted": ["chat.postMessage"]},
    "slack/oauth.rs": {
        "Answer": ["oauth.v2.access"],
        "AuthedUser": ["oauth.v2.access authed_user"],
        "Enterprise": ["oauth.v2.access enterprise"],
        "Team": ["oauth.v2.access team", "auth.teams.list teams[]"],
        "Teams": ["auth.teams.list"],
    },
    "slack/profile.rs": {
        "Answer": ["users.profile.get"],
        "ProfileStatus": ["users.profile.get profile"],
    },
    "slack/error.rs": {"Body": ["chat.postMessage", "views.open"], "Details": ["chat.postMessage response_metadata", "views.open response_metadata"]},
}
# Of people from elsewhere alone, who are not simulated; lists of one workspace's people do not have it.
# https://docs.slack.dev/reference/objects/user-object
ABSENT = {"Member": {"is_stranger", "enterprise_user"}}

STRUCT = re.compile(
    r"#\[derive\([^)]*\bDeserialize\b[^)]*\)\]\s*(?:#\[[^\]]*\][^\n]*\n\s*)*(?:pub(?:\([^)]*\))?\s+)?struct\s+(\w+)(?:<[^>]*>)?\s*\{(.*?)\n?\s*\}",
    re.S,
)
# The name in the answer, if it is another one; whether it is not from there at all; the field.
FIELD = re.compile(
    r"^(?:\s*#\[serde\((?P<serde>[^\]]*)\)\][^\n]*\n)?(?:\s*#\[(?!serde)[^\]]*\][^\n]*\n)*\s*(?:pub(?:\([^)]*\))?\s+)?(?:r#)?(?P<name>\w+):\s", re.M
)
RENAMED = re.compile(r'rename = "(\w+)"')


def structs(source):
    """Each type that is deserialized, with the keys that it reads."""
    found = {}
    for name, body in STRUCT.findall(source):
        keys = []
        for field in FIELD.finditer(body):
            serde = field["serde"] or ""
            # A flattened type is in the table under its own name.
            if not re.search(r"\b(skip|flatten)\b", serde):
                keys.append((RENAMED.search(serde) or [None, field["name"]])[1])
        found[name] = keys
    return found


def check(folder, table, comparisons):
    problems = []
    for file, places in table.items():
        found = structs((Path(folder) / file).read_text())
        problems += [f"{file}: {name} is not in the table of reads.py" for name in sorted(set(found) - set(places))]
        problems += [f"{file}: {name} is in the table of reads.py only" for name in sorted(set(places) - set(found))]
        for name, keys in found.items():
            for place in places.get(name) or []:
                method, _, path = place.partition(" ")
                if method not in comparisons:
                    problems.append(f"{file}: {name} is read from {method}, which was not compared")
                    continue
                it = comparisons[method]
                for key in keys:
                    full = f"{path}.{key}" if path else key
                    if key in ABSENT.get(name, ()):
                        continue
                    if shapes.find(it.shape, full) is None:
                        problems.append(f"{file}: {name} reads {full} of {method}, which Slack does not have")
                    elif not it.says(full):
                        problems.append(f"{file}: {name} reads {full} of {method}, which the simulator never says")
    return problems


def check_answers(root, comparisons):
    folder = Path(root) / "src/clients"
    named = {f"slack/{file.name}" for file in (folder / "slack").glob("*.rs") if structs(file.read_text())}
    problems = [f"{file} is not in the table of reads.py" for file in sorted(named - set(ANSWERS))]
    return problems + check(folder, ANSWERS, comparisons)


PRESS = ["block_actions"]
VIEWS = ["block_actions view", "view_submission view", "view_closed view"]
REQUESTS = {
    "envelope.rs": {
        "SlashCommand": ["command"],
        "View": VIEWS,
        "ViewState": [f"{path}.state" for path in VIEWS],
        "FieldValue": [f"{path}.state.values.*.*" for path in VIEWS[:2]],
        "Choice": [f"{path}.state.values.*.*.selected_option" for path in VIEWS[:2]],
        "Callback": ["event_callback"],
        "Authorization": ["event_callback authorizations[]"],
        "Org": ["block_actions", "view_submission", "view_closed"],
        "Id": ["block_actions team", "block_actions channel", "view_submission team", "view_closed team"],
        "Actions": PRESS,
        "UserRef": ["block_actions user", "view_submission user", "view_closed user"],
        "Container": ["block_actions container"],
        "Action": ["block_actions actions[]"],
        "Views": ["view_submission", "view_closed"],
    },
    "events.rs": {
        "AppHomeOpened": ["app_home_opened"],
        "DirectMessage": ["message"],
        "ChannelMessage": ["message"],
        "JoinedChannel": ["member_joined_channel"],
        "RevokedTokens": ["tokens_revoked tokens"],
    },
}


def check_requests(root, comparisons):
    return check(Path(root) / "src/gateway", REQUESTS, comparisons)
