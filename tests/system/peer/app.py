"""A small app made of Slack's own classes, to which the simulated Slack delivers. It verifies every request, answers as an app
does, and compares what it was sent with what Slack declares.

The first line of standard input says where Slack is; the first line of standard output says where this app is. When the
input ends, a report follows.
"""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import reads
import shapes
from slack_sdk import WebClient
from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    CheckboxesElement,
    ConversationSelectElement,
    DatePickerElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
    TimePickerElement,
    UserMultiSelectElement,
)
from slack_sdk.models.views import View
from slack_sdk.signature import SignatureVerifier
from slack_sdk.webhook import WebhookClient

# Keys that are delivered and that the declarations do not have: each with where Slack documents it.
LATER = {
    # https://docs.slack.dev/apis/events-api#callback-field
    "event_callback": ["event_context"],
    # https://docs.slack.dev/apis/events-api#event-type-structure: every event has its time.
    "app_uninstalled": ["event_ts"],
    "tokens_revoked": ["event_ts"],
    # What an app posts is told to it as conversations.history shows it.
    "message": ["app_id", "bot_profile.user_id"],
    # BlockActionPayload.json, ViewSubmissionPayload.json and ViewClosedPayload.json among the samples of Slack's SDK for Java,
    # https://github.com/slackapi/java-slack-sdk/tree/main/json-logs/samples/app-backend
    "block_actions": ["actions[].style"],
    "view_closed": ["user.username"],
    "view_submission": ["user.username"],
}
# Keys that are always there, in the declarations alone.
MISSING = {
    # https://docs.slack.dev/reference/interaction-payloads/block_actions-payload: response_url is for messages; a Home tab
    # has no title.
    "block_actions": ["response_url", "view.title"],
}
# Keys that are null outside of an organization, and in a Home tab, which has no buttons of its own.
NULLS = {
    "app_home_opened": ["view.close", "view.previous_view_id", "view.submit"],
    "block_actions": ["enterprise"],
    # https://docs.slack.dev/reference/events/team_access_granted: it happens in no workspace.
    "event_callback": ["context_enterprise_id", "context_team_id", "team_id"],
    "view_closed": ["enterprise"],
    "view_submission": ["enterprise"],
}


class Report:
    def __init__(self):
        self.lock = threading.Lock()
        self.problems = []
        self.comparisons = {}
        self.order = []

    def problem(self, text):
        print(text, file=sys.stderr)
        with self.lock:
            self.problems.append(text)

    def compare(self, name, shape, value, comparison=shapes.StrictComparison):
        with self.lock:
            if name not in self.comparisons:
                self.comparisons[name] = comparison(
                    name, shape, later=LATER.get(name, ()), missing=MISSING.get(name, ()), nulls=NULLS.get(name, ())
                )
            self.comparisons[name].add(value)


REPORT = Report()


def kinds():
    return [ActionsBlock(elements=[ButtonElement(text="Approve", action_id="approve", value="7", style="primary"), menu("kind")])]


def menu(action_id):
    options = [Option(label="Vacation", value="vacation"), Option(label="Sick", value="sick")]
    return StaticSelectElement(placeholder="Kind", action_id=action_id, options=options)


def form():
    return View(
        type="modal",
        callback_id="ask",
        title=PlainTextObject(text="Time off"),
        submit=PlainTextObject(text="Ask"),
        close=PlainTextObject(text="Not now"),
        private_metadata="from the app",
        notify_on_close=True,
        blocks=[
            InputBlock(block_id="first", label="First day", element=DatePickerElement(action_id="first")),
            InputBlock(block_id="kind", label="Kind", dispatch_action=True, element=menu("kind")),
            InputBlock(
                block_id="half",
                label="Half",
                optional=True,
                dispatch_action=True,
                element=CheckboxesElement(action_id="half", options=[Option(label="Half a day", value="half")]),
            ),
            InputBlock(block_id="why", label="Reason", optional=True, element=PlainTextInputElement(action_id="why")),
            InputBlock(block_id="at", label="From", optional=True, element=TimePickerElement(action_id="at", initial_time="09:00")),
            InputBlock(
                block_id="where",
                label="Told in",
                optional=True,
                element=ConversationSelectElement(action_id="where", initial_conversation="C_LEAVE"),
            ),
            InputBlock(
                block_id="whom", label="Told to", optional=True, element=UserMultiSelectElement(action_id="whom", initial_users=["U_ASHA"])
            ),
        ],
    )


def team_of(payload):
    """As Slack's Bolt finds it: where an organization installed the app, `team` is null."""
    return payload["team"]["id"] if payload["team"] else payload["user"]["team_id"]


class App:
    """What the app does; each function gives the body of its answer."""

    def __init__(self, config):
        self.config = config
        self.refused_once = False

    def client(self, team):
        return WebClient(token=self.config["tokens"][team], base_url=f"{self.config['api_url']}/", timeout=10)

    def command(self, fields):
        if fields["text"] == "help":
            got_it = ActionsBlock(elements=[ButtonElement(text="Got it", action_id="seen", value="help")])
            sent = WebhookClient(fields["response_url"]).send(text="Help", blocks=[got_it], response_type="ephemeral")
            assert sent.status_code == 200, sent.body
        else:
            self.client(fields["team_id"]).views_open(trigger_id=fields["trigger_id"], view=form())
        return ""

    def view_submission(self, payload):
        values = payload["view"]["state"]["values"]
        if values["first"]["first"]["selected_date"] < "2026-03-01":
            return {"response_action": "errors", "errors": {"first": "That day is over."}}
        kind = values["kind"]["kind"]["selected_option"]["value"]
        assert payload["view"]["private_metadata"] == "from the app", payload
        self.client(team_of(payload)).chat_postMessage(
            channel="C_LEAVE", text=f"{payload['user']['name']} asks: {kind}", blocks=[SectionBlock(text="Asked"), *kinds()]
        )
        return {"response_action": "clear"}

    def view_closed(self, payload):
        self.client(team_of(payload)).chat_postMessage(channel=payload["user"]["id"], text="Not asked, then.")
        return ""

    def block_actions(self, payload):
        [action] = payload["actions"]
        if payload["container"]["type"] == "view":
            return ""
        webhook = WebhookClient(payload["response_url"])
        if action["action_id"] == "seen":
            assert payload["container"]["is_ephemeral"] is True and "message" not in payload, payload
            sent = webhook.send(delete_original=True)
        elif action["action_id"] == "approve":
            assert action["value"] == "7", action
            sent = webhook.send(text="Approved", replace_original=True)
        else:
            sent = webhook.send(text="Noted", response_type="ephemeral", replace_original=False)
        assert (sent.status_code, sent.body) == (200, "ok"), sent.body
        return ""

    def event(self, envelope):
        event = envelope["event"]
        if event["type"] == "app_home_opened":
            self.client(envelope["team_id"]).views_publish(user_id=event["user"], view=View(type="home", blocks=[SectionBlock(text="Home"), *kinds()]))
        elif event["type"] == "message" and event.get("text") == "thread, please":
            client = self.client(envelope["team_id"])
            look = ActionsBlock(elements=[ButtonElement(text="Look", action_id="look")])
            client.chat_postMessage(channel=event["channel"], thread_ts=event["ts"], text="Here it is", blocks=[look])
        return ""

    def take(self, content_type, body):
        text = body.decode()
        if content_type.startswith("application/json"):
            return self.take_json(json.loads(text))
        assert content_type == "application/x-www-form-urlencoded", content_type
        fields = {name: values[0] for name, values in parse_qs(text, keep_blank_values=True, strict_parsing=True).items()}
        if "payload" in fields:
            payload = json.loads(fields["payload"])
            REPORT.compare(payload["type"], shapes.INTERACTIONS[payload["type"]], payload)
            return getattr(self, payload["type"])(payload)
        REPORT.compare("command", shapes.INTERACTIONS["command"], fields)
        return self.command(fields)

    def take_json(self, envelope):
        if envelope["type"] == "url_verification":
            return {"challenge": envelope["challenge"]}
        event = envelope["event"]
        name = f"{event['type']}.{event['subtype']}" if "subtype" in event else event["type"]
        REPORT.compare("event_callback", shapes.INTERACTIONS["event_callback"], envelope | {"event": {"type": event["type"]}})
        user = event.get("user")
        if isinstance(user, dict) and user["deleted"]:
            # A deactivated account lacks much of what the declarations always have.
            # https://docs.slack.dev/reference/objects/user-object
            REPORT.compare(f"{name} (deactivated)", shapes.EVENTS[name], event, shapes.Comparison)
        else:
            REPORT.compare(name, shapes.EVENTS[name], event)
        return self.event(envelope)


def handler(app, config):
    verifier = SignatureVerifier(config["signing_secret"])
    stranger = SignatureVerifier("another secret")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = dict(self.headers.items())
            try:
                assert verifier.is_valid_request(body, headers), "the signature is not valid"
                assert not verifier.is_valid_request(body + b" ", headers), "a changed body is valid too"
                assert not stranger.is_valid_request(body, headers), "another secret is as good"
                answer = app.take(self.headers["Content-Type"], body)
            except Exception as error:
                line = error.__traceback__
                while line.tb_next and "/peer/" in line.tb_next.tb_frame.f_code.co_filename:
                    line = line.tb_next
                REPORT.problem(f"app.py, line {line.tb_lineno}: {type(error).__name__}: {error}")
                self.send_response(500)
                self.end_headers()
                return
            answer = json.dumps(answer).encode() if answer else b""
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    return Handler


def main():
    config = json.loads(sys.stdin.readline())
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(App(config), config))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()
    server.shutdown()
    problems, lacking = list(REPORT.problems), []
    for name in sorted(REPORT.comparisons):
        found, more = REPORT.comparisons[name].finish()
        problems += found
        lacking += [line for line in more if "(deactivated)" not in line]
    wanted = {name for name in shapes.INTERACTIONS} | set(shapes.EVENTS)
    wanted |= {name.split(".")[0] for name in config["heard"]}
    problems += [f"{name} was never delivered" for name in sorted(wanted - set(REPORT.comparisons))]
    problems += reads.check_requests(config["root"], REPORT.comparisons)
    json.dump({"problems": problems, "lacking": lacking}, sys.stdout)


main()
