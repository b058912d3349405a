"""Drives the simulated Slack with Slack's own client, each method that the app calls, and compares the answers with what
Slack declares of them. The description of what to call comes as JSON on standard input; problems and what is not simulated
go as JSON to standard output.
"""

import json
import sys
import time

import oauth
import reads
import shapes
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    CheckboxesElement,
    ConfirmObject,
    ContextBlock,
    DatePickerElement,
    DividerBlock,
    HeaderBlock,
    InputBlock,
    MarkdownTextObject,
    Option,
    OverflowMenuElement,
    PlainTextInputElement,
    PlainTextObject,
    RadioButtonsElement,
    SectionBlock,
    StaticSelectElement,
    UserSelectElement,
)
from slack_sdk.models.metadata import Metadata
from slack_sdk.models.views import View
from slack_sdk.webhook import WebhookClient

# Keys that answers have and the declarations do not: each with where Slack documents it.
LATER = {
    # https://docs.slack.dev/reference/methods/auth.revoke
    "auth.revoke": ["revoked"],
    # A reply is a message like those of conversations.history, which have it.
    "conversations.replies": ["messages[].client_msg_id"],
}
# Keys that are null at Slack although the declarations, made of answers in which they were set, know only the type.
VIEW_NULLS = ["view.previous_view_id"]
NULLS = {
    # https://docs.slack.dev/reference/methods/conversations.history: the example answer
    "conversations.history": ["channel_actions_ts"],
    # https://docs.slack.dev/reference/methods/oauth.v2.access: outside of an organization, and for a whole one
    "oauth.v2.access": ["enterprise", "team"],
    # None is an empty list, as in https://docs.slack.dev/reference/events/user_profile_changed.
    "users.profile.get": ["profile.fields=array"],
    "users.profile.set": ["profile.fields=array"],
    # https://docs.slack.dev/reference/methods/views.open and views.publish: the example answers
    "views.open": VIEW_NULLS,
    "views.update": VIEW_NULLS,
    "views.publish": [*VIEW_NULLS, "view.close", "view.submit"],
}

CASES = {}


def case(method):
    def register(function):
        CASES[method] = function
        return function

    return register


class Recording(WebClient):
    """Slack's client; every answer is kept, also those that are errors."""

    def __init__(self, peer, **options):
        super().__init__(base_url=f"{peer.given['api_url']}/", timeout=10, **options)
        self.peer = peer

    def api_call(self, api_method, **options):
        try:
            response = super().api_call(api_method, **options)
        except SlackApiError as error:
            self.peer.keep(api_method, error.response.data)
            raise
        self.peer.keep(api_method, response.data)
        return response


class Peer:
    def __init__(self, given):
        self.given = given
        self.answers = {}
        self.first = self.client("T1")
        self.second = self.client("T2")

    def client(self, team, **options):
        return Recording(self, token=self.given["tokens"][team], **options)

    def keep(self, method, data):
        assert isinstance(data, dict), f"{method}: {data!r} is no JSON object"
        self.answers.setdefault(method, []).append(data)

    def pages(self, response):
        """The client's own way through all pages; the first one is kept already."""
        for number, page in enumerate(response):
            assert number < 50, "the pages have no end"
            if number:
                self.keep(response.api_url.rsplit("/", 1)[1], page.data)
            yield page

    def trigger(self):
        return self.given["triggers"].pop()


def refused(code, call, *arguments, **options):
    """The error of a call that must fail with this code."""
    try:
        call(*arguments, **options)
    except SlackApiError as error:
        assert error.response["ok"] is False, error.response.data
        assert error.response["error"] == code, f"{error.response.data} and not {code}"
        return error.response
    raise AssertionError(f"not refused with {code}")


def headers(response):
    return {name.lower(): value for name, value in response.headers.items()}


def equal(one, other):
    assert one == other, f"{one!r} is not {other!r}"


# Who is calling


@case("auth.test")
def auth_test(peer):
    one, other = peer.first.auth_test(), peer.second.auth_test()
    equal((one["team_id"], one["team"], one["user_id"]), ("T1", "Acme", "U0BOT1"))
    equal((other["team_id"], other["enterprise_id"], other["user_id"]), ("T2", "E_INK", "U0BOT2"))
    equal(one["is_enterprise_install"], False)
    # The scopes are in the headers, of which the client keeps the names as they came.
    equal(sorted(headers(one)["x-oauth-scopes"].split(",")), sorted(peer.given["scopes"]))
    refused("invalid_auth", WebClient(token="xoxb-nobody", base_url=peer.first.base_url).auth_test)
    refused("not_authed", WebClient(base_url=peer.first.base_url).auth_test)
    # A token in the form is as good.
    form = WebClient(base_url=peer.first.base_url).api_call("auth.test", data={"token": peer.given["tokens"]["T1"]})
    equal(form["team_id"], "T1")


@case("auth.revoke")
def auth_revoke(peer):
    # Of a workspace that nobody needs afterwards.
    client = peer.client("T3")
    equal(client.auth_revoke(test=True)["revoked"], False)
    equal(client.auth_test()["team_id"], "T3")
    equal(client.auth_revoke(test=False)["revoked"], True)
    refused("token_revoked", client.auth_test)
    equal(peer.first.auth_test()["team_id"], "T1")
    # A person's own token goes alone.
    zoe = peer.client("zoe")
    equal(zoe.auth_test()["user_id"], "U_ZOE")
    equal(zoe.auth_revoke()["revoked"], True)
    refused("token_revoked", zoe.users_profile_get)
    equal(peer.client("asha").auth_test()["user_id"], "U_ASHA")


@case("auth.teams.list")
def auth_teams_list(peer):
    response = peer.client("org").auth_teams_list(limit=1)
    teams = [team for page in peer.pages(response) for team in page["teams"]]
    equal([team["id"] for team in teams], peer.given["org_teams"])
    assert all(team["name"] for team in teams), teams
    equal(peer.client("org").auth_test()["is_enterprise_install"], True)


# Messages

BLOCKS = [
    HeaderBlock(text="Leave"),
    SectionBlock(
        text=MarkdownTextObject(text="*Asha* asks for 2 days"),
        fields=["Mon 9 March", MarkdownTextObject(text="Tue 10 March")],
        accessory=ButtonElement(
            text="Withdraw",
            action_id="withdraw",
            style="danger",
            confirm=ConfirmObject(title="Sure?", text="It is gone then.", confirm="Yes", deny="No"),
        ),
        block_id="what",
    ),
    DividerBlock(),
    ContextBlock(elements=[MarkdownTextObject(text="2 others are off")]),
    ActionsBlock(
        elements=[
            ButtonElement(text="Approve", action_id="approve", value="7", style="primary"),
            StaticSelectElement(
                placeholder="Kind",
                action_id="kind",
                options=[Option(label="Vacation", value="vacation"), Option(label="Sick", value="sick")],
            ),
            UserSelectElement(placeholder="Somebody", action_id="who"),
            DatePickerElement(placeholder="Day", action_id="day", initial_date="2026-03-09"),
            OverflowMenuElement(action_id="more", options=[Option(label="Help", value="help"), Option(label="Hide", value="hide")]),
        ]
    ),
]
METADATA = Metadata(event_type="timeoff_message", event_payload={"key": "request 7"})


def sent(blocks):
    return [block.to_dict() for block in blocks]


def without_ids(blocks):
    """Blocks as the app sent them: Slack gives each an id, and says what it assumed."""

    def bare(value):
        if isinstance(value, list):
            return [bare(item) for item in value]
        if isinstance(value, dict):
            return {
                key: bare(item)
                for key, item in value.items()
                if key not in ("emoji", "verbatim") and (key, item) not in (("optional", False), ("dispatch_action", False))
            }
        return value

    return [{key: item for key, item in bare(block).items() if key != "block_id"} for block in blocks]


@case("chat.postMessage")
def post_message(peer):
    # The client sends JSON, with its models as objects and without what is None.
    posted = peer.first.chat_postMessage(
        channel="C_LEAVE", text="Asha asks", blocks=BLOCKS, metadata=METADATA, unfurl_links=False, thread_ts=None
    )
    equal((posted["channel"], posted["message"]["text"], posted["message"]["type"]), ("C_LEAVE", "Asha asks", "message"))
    equal(posted["message"]["ts"], posted["ts"])
    equal(without_ids(posted["message"]["blocks"]), without_ids(sent(BLOCKS)))
    assert all(block["block_id"] for block in posted["message"]["blocks"]), posted.data
    equal(posted["message"]["metadata"]["event_payload"], {"key": "request 7"})
    # A form with structures as JSON in a string, the other way that Slack takes.
    form = peer.first.api_call(
        "chat.postMessage",
        data={"channel": "C_LEAVE", "text": "By form", "blocks": json.dumps(sent(BLOCKS)), "unfurl_links": "0"},
    )
    equal(without_ids(form["message"]["blocks"]), without_ids(sent(BLOCKS)))
    reply = peer.first.chat_postMessage(channel="C_LEAVE", text="In the thread", thread_ts=posted["ts"])
    equal(reply["message"]["thread_ts"], posted["ts"])
    # To a person: the answer names the conversation that was opened.
    direct = peer.first.chat_postMessage(channel="U_ASHA", text="For Asha alone")
    assert direct["channel"].startswith("D"), direct.data
    refused("channel_not_found", peer.first.chat_postMessage, channel="C_NOWHERE", text="?")
    refused("no_text", peer.first.api_call, "chat.postMessage", json={"channel": "C_LEAVE", "text": ""})
    refused("not_in_channel", peer.first.chat_postMessage, channel="C_OTHERS", text="?")
    refused("invalid_blocks_format", peer.first.chat_postMessage, channel="C_LEAVE", text="?", blocks="no JSON")
    refused("invalid_metadata_schema", peer.first.chat_postMessage, channel="C_LEAVE", text="?", metadata={"event_type": 1})
    long = [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]
    response = refused("invalid_blocks", peer.first.chat_postMessage, channel="C_LEAVE", text="?", blocks=long)
    assert response["errors"] and response["response_metadata"]["messages"], response.data
    # The same ids in the other workspace are other places.
    peer.second.chat_postMessage(channel="C_LEAVE", text="Elsewhere")
    texts = [message["text"] for message in peer.second.conversations_history(channel="C_LEAVE")["messages"]]
    assert "Elsewhere" in texts and "Asha asks" not in texts, texts


@case("chat.update")
def update(peer):
    posted = peer.first.chat_postMessage(channel="C_LEAVE", text="Asked", blocks=BLOCKS, metadata=METADATA)
    changed = peer.first.chat_update(
        channel="C_LEAVE", ts=posted["ts"], text="Approved", blocks=[SectionBlock(text="Approved")], metadata=METADATA
    )
    equal((changed["ts"], changed["text"], changed["message"]["text"]), (posted["ts"], "Approved", "Approved"))
    equal(without_ids(changed["message"]["blocks"]), without_ids(sent([SectionBlock(text="Approved")])))
    # An empty list takes the blocks away, nothing at all leaves them.
    peer.first.chat_update(channel="C_LEAVE", ts=posted["ts"], text="Over", blocks=[])
    refused("message_not_found", peer.first.chat_update, channel="C_LEAVE", ts="1.000001", text="?")
    refused("cant_update_message", peer.first.chat_update, channel="C_LEAVE", ts=peer.given["written"], text="?")
    direct = peer.first.chat_postMessage(channel="U_BEN", text="For Ben alone")
    refused("channel_not_found", peer.second.chat_update, channel=direct["channel"], ts=direct["ts"], text="?")
    refused("message_not_found", peer.second.chat_update, channel="C_LEAVE", ts=posted["ts"], text="?")


@case("chat.delete")
def delete(peer):
    posted = peer.first.chat_postMessage(channel="C_LEAVE", text="Soon gone")
    refused("message_not_found", peer.second.chat_delete, channel="C_LEAVE", ts=posted["ts"])
    gone = peer.first.chat_delete(channel="C_LEAVE", ts=posted["ts"])
    equal((gone["channel"], gone["ts"]), ("C_LEAVE", posted["ts"]))
    refused("message_not_found", peer.first.chat_delete, channel="C_LEAVE", ts=posted["ts"])
    refused("cant_delete_message", peer.first.chat_delete, channel="C_LEAVE", ts=peer.given["written"])


@case("chat.postEphemeral")
def post_ephemeral(peer):
    shown = peer.first.chat_postEphemeral(channel="C_LEAVE", user="U_ASHA", text="Only you", blocks=BLOCKS[:2])
    assert shown["message_ts"], shown.data
    refused("user_not_in_channel", peer.first.chat_postEphemeral, channel="C_LEAVE", user="U_ZOE", text="?")
    history = peer.first.conversations_history(channel="C_LEAVE", oldest=shown["message_ts"], inclusive=True)
    equal([message["ts"] for message in history["messages"] if message["ts"] == shown["message_ts"]], [])


@case("response_url")
def response_url(peer):
    command = peer.given["commands"].pop()
    webhook = WebhookClient(command["response_url"], timeout=10)
    answer = webhook.send(text="Asked", blocks=BLOCKS[:2], response_type="ephemeral", replace_original=False)
    equal((answer.status_code, answer.body), (200, "ok"))
    answer = webhook.send_dict({"text": "Everybody sees this", "response_type": "in_channel", "thread_ts": None})
    equal((answer.status_code, answer.body), (200, "ok"))
    texts = [message["text"] for message in peer.first.conversations_history(channel="C_LEAVE")["messages"]]
    assert "Everybody sees this" in texts and "Asked" not in texts, texts
    equal(webhook.send(text="x" * 40_001).status_code, 400)
    for number in range(3):
        equal(webhook.send(text=f"Answer {number}").status_code, 200)
    equal(webhook.send(text="The sixth").status_code, 404)
    equal(WebhookClient(command["response_url"] + "x").send(text="?").status_code, 404)


# Conversations


@case("conversations.open")
def conversations_open(peer):
    # The client joins a list with commas.
    opened = peer.first.conversations_open(users=["U_BEN"])
    assert opened["channel"]["id"].startswith("D"), opened.data
    again = peer.first.conversations_open(users="U_BEN", return_im=True)
    equal((again["channel"]["id"], again["already_open"], again["no_op"]), (opened["channel"]["id"], True, True))
    equal(again["channel"]["user"], "U_BEN")
    equal(peer.first.conversations_open(channel=opened["channel"]["id"])["channel"]["id"], opened["channel"]["id"])
    elsewhere = peer.second.conversations_open(users=["U_BEN"])
    assert elsewhere["channel"]["id"] != opened["channel"]["id"], "one conversation in two workspaces"
    refused("user_not_found", peer.first.conversations_open, users=["U_NOBODY"])
    refused("user_disabled", peer.first.conversations_open, users=["U_GONE"])
    refused("users_list_not_supplied", peer.first.api_call, "conversations.open", json={})


@case("conversations.history")
def history(peer):
    everything = peer.first.conversations_history(channel="C_LEAVE", limit=999, include_all_metadata=True)["messages"]
    assert len(everything) > 4, everything
    stamps = [float(message["ts"]) for message in everything]
    equal(stamps, sorted(stamps, reverse=True))
    # A true value becomes "1" in the query.
    with_key = [message for message in everything if message.get("metadata") == METADATA.to_dict()]
    assert with_key, "no message has its metadata"
    bare = peer.first.conversations_history(channel="C_LEAVE", limit=999, include_all_metadata=False)["messages"]
    equal([message for message in bare if "event_payload" in message.get("metadata", {})], [])
    response = peer.first.conversations_history(channel="C_LEAVE", limit=2)
    equal(response["has_more"], True)
    paged = [message["ts"] for page in peer.pages(response) for message in page["messages"]]
    equal(paged, [message["ts"] for message in everything])
    middle, oldest = everything[1]["ts"], everything[3]["ts"]
    part = peer.first.conversations_history(channel="C_LEAVE", oldest=oldest, latest=middle, inclusive=True)
    equal([message["ts"] for message in part["messages"]], [message["ts"] for message in everything[1:4]])
    part = peer.first.conversations_history(channel="C_LEAVE", oldest=oldest, latest=middle)
    equal([message["ts"] for message in part["messages"]], [everything[2]["ts"]])
    direct = peer.first.conversations_open(users="U_ASHA")["channel"]["id"]
    peer.first.conversations_history(channel=direct)
    refused("channel_not_found", peer.first.conversations_history, channel="C_NOWHERE")
    refused("channel_not_found", peer.second.conversations_history, channel=direct)
    refused("not_in_channel", peer.first.conversations_history, channel="C_OTHERS")
    refused("invalid_cursor", peer.first.conversations_history, channel="C_LEAVE", cursor="nowhere")


@case("conversations.replies")
def replies(peer):
    thread = peer.given["written"]
    whole = peer.first.conversations_replies(channel="C_LEAVE", ts=thread)["messages"]
    equal([message["text"] for message in whole], ["on leave tomorrow", "half a day"])
    equal((whole[0]["reply_count"], whole[0]["reply_users"]), (1, ["U_ASHA"]))
    equal((whole[1]["thread_ts"], whole[1]["parent_user_id"]), (thread, "U_ASHA"))
    for text in ["one", "two", "three"]:
        peer.first.chat_postMessage(channel="C_LEAVE", thread_ts=thread, text=text, metadata=METADATA)
    response = peer.first.conversations_replies(channel="C_LEAVE", ts=thread, limit=2, include_all_metadata=True)
    paged = [message["text"] for page in peer.pages(response) for message in page["messages"]]
    equal(paged, ["on leave tomorrow", "half a day", "one", "two", "three"])
    refused("thread_not_found", peer.first.conversations_replies, channel="C_LEAVE", ts="1.000001")
    refused("thread_not_found", peer.second.conversations_replies, channel="C_LEAVE", ts=thread)


@case("conversations.members")
def members(peer):
    # The first call is told to come back after a second, and this client does not wait by itself.
    response = refused("ratelimited", peer.first.conversations_members, channel="C_LEAVE")
    equal((response.status_code, headers(response)["retry-after"]), (429, "1"))
    response = peer.first.conversations_members(channel="C_LEAVE", limit=1)
    everybody = [member for page in peer.pages(response) for member in page["members"]]
    equal(sorted(everybody), ["U0BOT1", "U_ASHA", "U_BEN"])
    equal(sorted(peer.second.conversations_members(channel="C_LEAVE")["members"]), ["U0BOT2", "U_ASHA"])
    refused("channel_not_found", peer.first.conversations_members, channel="C_NOWHERE")
    # Somebody else's private channel is no channel.
    refused("channel_not_found", peer.first.conversations_members, channel="G_SECRET")


@case("conversations.info")
def conversations_info(peer):
    public = peer.first.conversations_info(channel="C_LEAVE", include_num_members=True)["channel"]
    equal((public["name"], public["is_channel"], public["is_private"], public["num_members"]), ("leave", True, False, 3))
    assert "num_members" not in peer.first.conversations_info(channel="C_LEAVE")["channel"]
    private = peer.first.conversations_info(channel="G_LEADS")["channel"]
    equal((private["is_private"], private["is_member"], private["is_ext_shared"]), (True, True, False))
    equal(peer.first.conversations_info(channel="C_OTHERS")["channel"]["is_member"], False)
    equal(peer.second.conversations_info(channel="C_LEAVE")["channel"]["name"], "away")
    refused("channel_not_found", peer.first.conversations_info, channel="G_SECRET")


@case("conversations.join")
def conversations_join(peer):
    joined = peer.first.conversations_join(channel="C_PARTY")
    equal((joined["channel"]["id"], joined["channel"]["is_member"]), ("C_PARTY", True))
    again = peer.first.conversations_join(channel="C_PARTY")
    equal((again["warning"], again["response_metadata"]["warnings"]), ("already_in_channel", ["already_in_channel"]))
    refused("channel_not_found", peer.first.conversations_join, channel="G_SECRET")
    refused("method_not_supported_for_channel_type", peer.first.conversations_join, channel="G_LEADS")


# People


@case("users.info")
def user(peer):
    asha = peer.first.users_info(user="U_ASHA", include_locale=True)["user"]
    equal((asha["real_name"], asha["tz"], asha["profile"]["email"]), ("Asha Rao", "Asia/Kolkata", "asha@example.com"))
    equal((asha["locale"], "locale" in peer.first.users_info(user="U_ASHA")["user"]), ("en-US", False))
    equal((asha["is_admin"], asha["deleted"], asha["tz_offset"]), (True, False, 19800))
    equal(peer.second.users_info(user="U_ASHA")["user"]["real_name"], "Ashok Rana")
    gone = peer.first.users_info(user="U_GONE")["user"]
    equal((gone["deleted"], "is_admin" in gone), (True, False))
    equal(peer.first.users_info(user="U0BOT1")["user"]["is_bot"], True)
    refused("user_not_found", peer.first.users_info, user="U_NOBODY")
    refused("user_not_found", peer.second.users_info, user="U_ZOE")


@case("users.list")
def users(peer):
    # This is the first call of the method, and is told to come back after a second.
    patient = peer.client("T1")
    patient.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
    before = time.monotonic()
    everybody = [member["id"] for member in patient.users_list()["members"]]
    assert time.monotonic() - before >= 1, "the client did not wait"
    paged = [member["id"] for page in peer.pages(peer.first.users_list(limit=2)) for member in page["members"]]
    equal(paged, everybody)
    equal(sorted(everybody), ["U0BOT1", "USLACKBOT", "U_ASHA", "U_BEN", "U_GONE", "U_ZOE"])
    equal(sorted(member["id"] for member in peer.second.users_list()["members"]), ["U0BOT2", "USLACKBOT", "U_ASHA", "U_BEN"])
    refused("invalid_cursor", peer.first.users_list, cursor="nowhere", limit=2)
    # An organization's token is told which workspace is meant.
    refused("invalid_arguments", peer.client("org").users_list)
    equal([member["id"] for member in peer.client("org").users_list(team_id="T7")["members"]], ["USLACKBOT", "U_OLGA", "U0BOTE_ORG"])
    refused("team_access_not_granted", peer.client("org").users_list, team_id="T1")


@case("users.profile.get")
def profile_get(peer):
    asha = peer.client("asha")
    equal(asha.users_profile_get()["profile"]["real_name"], "Asha Rao")
    equal(peer.client("other asha").users_profile_get()["profile"]["real_name"], "Ashok Rana")
    refused("user_not_found", asha.users_profile_get, user="U_NOBODY")


@case("users.profile.set")
def profile_set(peer):
    asha = peer.client("asha")
    status = {"status_text": "Away until Monday", "status_emoji": ":palm_tree:", "status_expiration": 4102444800}
    profile = asha.users_profile_set(profile=status)["profile"]
    equal({name: profile[name] for name in status}, status)
    equal(asha.users_profile_get()["profile"]["status_text"], "Away until Monday")
    equal(peer.first.users_info(user="U_ASHA")["user"]["profile"]["status_emoji"], ":palm_tree:")
    # Who has the same id elsewhere has no status.
    equal(peer.client("other asha").users_profile_get()["profile"]["status_text"], "")
    # As a form, too; nothing takes the status away.
    form = {"profile": json.dumps({"status_text": "", "status_emoji": "", "status_expiration": 0})}
    equal(asha.api_call("users.profile.set", data=form)["profile"]["status_text"], "")
    refused("profile_status_set_failed_too_long", asha.users_profile_set, profile={"status_text": "x" * 101})
    refused("profile_status_set_failed_not_emoji_syntax", asha.users_profile_set, profile={"status_emoji": "palm"})
    refused("invalid_profile", asha.api_call, "users.profile.set", json={"profile": "no JSON"})
    refused("not_allowed_token_type", peer.client("profile bot").users_profile_set, profile=status)


# Views


def modal(**changes):
    return View(
        **{
            "type": "modal",
            "callback_id": "ask",
            "title": PlainTextObject(text="Time off"),
            "submit": PlainTextObject(text="Ask"),
            "close": PlainTextObject(text="Not now"),
            "private_metadata": "from the client",
            "notify_on_close": True,
            "blocks": [
                InputBlock(block_id="first", label="First day", element=DatePickerElement(action_id="first", initial_date="2026-03-09")),
                InputBlock(
                    block_id="kind",
                    label="Kind",
                    dispatch_action=True,
                    element=StaticSelectElement(
                        action_id="kind",
                        options=[Option(label="Vacation", value="vacation"), Option(label="Sick", value="sick")],
                        initial_option=Option(label="Vacation", value="vacation"),
                    ),
                ),
                InputBlock(
                    block_id="half",
                    label="Part",
                    optional=True,
                    element=RadioButtonsElement(action_id="half", options=[Option(label="Whole", value="full"), Option(label="Half", value="half")]),
                ),
                InputBlock(
                    block_id="tell",
                    label="Tell",
                    optional=True,
                    element=CheckboxesElement(action_id="tell", options=[Option(label="The team", value="team")]),
                ),
                InputBlock(
                    block_id="why",
                    label="Reason",
                    optional=True,
                    hint="Only approvers see it",
                    element=PlainTextInputElement(action_id="why", multiline=True, max_length=300, placeholder="Nothing to say"),
                ),
            ],
            **changes,
        }
    )


@case("views.open")
def views_open(peer):
    trigger = peer.trigger()
    view = peer.first.views_open(trigger_id=trigger, view=modal())["view"]
    equal((view["type"], view["callback_id"], view["private_metadata"]), ("modal", "ask", "from the client"))
    equal((view["title"]["text"], view["notify_on_close"], view["clear_on_close"]), ("Time off", True, False))
    equal((view["root_view_id"], view["previous_view_id"]), (view["id"], None))
    equal(without_ids(view["blocks"]), without_ids(modal().to_dict()["blocks"]))
    refused("exchanged_trigger_id", peer.first.views_open, trigger_id=trigger, view=modal())
    refused("invalid_trigger_id", peer.first.views_open, trigger_id="1.2.nothing", view=modal())
    refused("invalid_trigger_id", peer.second.views_open, trigger_id=peer.trigger(), view=modal())
    # The answer says where in the view the mistake is.
    long = modal().to_dict() | {"title": {"type": "plain_text", "text": "x" * 25}}
    response = refused("invalid_arguments", peer.first.views_open, trigger_id=peer.trigger(), view=long)
    assert "json-pointer:/view/title" in response["response_metadata"]["messages"][0], response.data


@case("views.update")
def views_update(peer):
    opened = peer.first.views_open(trigger_id=peer.trigger(), view=modal(external_id="the form"))["view"]
    changed = peer.first.views_update(view_id=opened["id"], hash=opened["hash"], view=modal(callback_id="other"))["view"]
    equal((changed["id"], changed["callback_id"], changed["root_view_id"]), (opened["id"], "other", opened["id"]))
    assert changed["hash"] != opened["hash"], "an update has a new hash"
    refused("hash_conflict", peer.first.views_update, view_id=opened["id"], hash=opened["hash"], view=modal())
    refused("not_found", peer.first.views_update, view_id="V_NOWHERE", view=modal())
    refused("not_found", peer.second.views_update, view_id=opened["id"], view=modal())


@case("views.push")
def views_push(peer):
    # Opened before: each trigger is of something that Ben does in it.
    opened, triggers = peer.given["modal"]["id"], list(peer.given["modal"]["triggers"])
    trigger = triggers.pop()
    second = peer.first.views_push(trigger_id=trigger, view=modal())["view"]
    equal((second["type"], second["callback_id"], second["private_metadata"]), ("modal", "ask", "from the client"))
    equal((second["previous_view_id"], second["root_view_id"]), (opened, opened))
    equal(without_ids(second["blocks"]), without_ids(modal().to_dict()["blocks"]))
    refused("exchanged_trigger_id", peer.first.views_push, trigger_id=trigger, view=modal())
    # The same ids in the other workspace are other triggers; that one is still good.
    refused("invalid_trigger_id", peer.second.views_push, trigger_id=triggers[-1], view=modal())
    third = peer.first.views_push(trigger_id=triggers.pop(), view=modal(external_id="on top"))["view"]
    equal((third["previous_view_id"], third["root_view_id"]), (second["id"], opened))
    refused("duplicate_external_id", peer.first.views_push, trigger_id=triggers[-1], view=modal(external_id="on top"))
    # Three are the most.
    refused("push_limit_reached", peer.first.views_push, trigger_id=triggers.pop(), view=modal())
    # A trigger that comes from no open view, and one that comes too late.
    refused("not_found", peer.first.views_push, trigger_id=peer.trigger(), view=modal())
    refused("invalid_trigger_id", peer.first.views_push, trigger_id="1.2.nothing", view=modal())
    late = peer.given["late"]
    slow = WebClient(token=late["token"], base_url=f"{late['api_url']}/")
    refused("expired_trigger_id", slow.views_push, trigger_id=late["trigger"], view=modal())
    long = modal().to_dict() | {"title": {"type": "plain_text", "text": "x" * 25}}
    response = refused("invalid_arguments", peer.first.views_push, trigger_id=triggers.pop(), view=long)
    assert "json-pointer:/view/title" in response["response_metadata"]["messages"][0], response.data


@case("views.publish")
def views_publish(peer):
    home = View(type="home", callback_id="home", blocks=BLOCKS)
    first = peer.first.views_publish(user_id="U_ASHA", view=home)["view"]
    equal((first["type"], without_ids(first["blocks"])), ("home", without_ids(sent(BLOCKS))))
    again = peer.first.views_publish(user_id="U_ASHA", hash=first["hash"], view=home)["view"]
    equal(again["id"], first["id"])
    refused("hash_conflict", peer.first.views_publish, user_id="U_ASHA", hash=first["hash"], view=home)
    refused("user_not_found", peer.first.views_publish, user_id="U_NOBODY", view=home)
    # The client's own models would refuse this.
    many = {"type": "home", "blocks": [{"type": "divider"}] * 101}
    refused("invalid_arguments", peer.first.views_publish, user_id="U_ASHA", view=many)


# Installing

CASES["oauth.v2.access"] = oauth.install


def refusals(peer, method, scopes):
    """What every method says to a stranger, and to who lacks its scopes."""
    plain = WebClient(base_url=peer.first.base_url)
    refused("not_authed", plain.api_call, method)
    stranger = Recording(peer, token="xoxb-nobody")
    refused("invalid_auth", stranger.api_call, method)
    if scopes:
        response = refused("missing_scope", peer.client("bare").api_call, method)
        equal((response["provided"], headers(response)["x-oauth-scopes"]), ("commands", "commands"))
        needed = response["needed"].split(",")
        equal(headers(response)["x-accepted-oauth-scopes"].split(","), needed)
        for scope in scopes:
            family = scope.split(":")[0]
            known = scope in needed or scope in ("users:read.email", "im:history") or family in ("im", "mpim")
            assert known, f"{method} needs {needed}, not {scope}"


# These are called without a token of the app.
WITHOUT_TOKEN = {"oauth.v2.access", "response_url"}


def main():
    given = json.load(sys.stdin)
    peer = Peer(given)
    wanted = {method: scopes for method, scopes in given["methods"]}
    problems = [f"{method} has no case here" for method in sorted(set(wanted) - set(CASES))]
    for method in [method for method in CASES if method in wanted]:
        try:
            CASES[method](peer)
            if method not in WITHOUT_TOKEN:
                refusals(peer, method, wanted[method])
        except Exception as error:  # whatever it is, the other methods still have their turn
            line = error.__traceback__
            while line.tb_next and "/peer/" in line.tb_next.tb_frame.f_code.co_filename:
                line = line.tb_next
            problems.append(f"{method}, line {line.tb_lineno}: {type(error).__name__}: {error}")
    lacking, comparisons = [], {}
    for method in [method for method in CASES if method in wanted and method in shapes.ANSWERS]:
        it = shapes.Comparison(method, shapes.ANSWERS[method], later=LATER.get(method, ()), nulls=NULLS.get(method, ()))
        for answer in peer.answers.get(method, []):
            it.add(answer)
        found, more = it.finish()
        problems += found
        lacking += more
        comparisons[method] = it
    problems += reads.check_answers(given["root"], comparisons)
    json.dump({"problems": problems, "lacking": lacking, "called": sorted(set(CASES) & set(wanted))}, sys.stdout)


main()
