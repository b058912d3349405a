"""The same command in Bolt for Python, built as its documentation builds it for Lambda: one parameter, one inserted row.

It has an easier life than timeoff: it logs in with a password instead of a signed token, asks Slack nothing at its start
(`authorize` knows the token), and has no work after the answer.
"""

import os

import boto3
import psycopg
from slack_bolt import App
from slack_bolt.adapter.aws_lambda import SlackRequestHandler
from slack_bolt.authorization import AuthorizeResult

parameters = boto3.client("ssm")
signing_secret = parameters.get_parameter(Name=os.environ["SIGNING_SECRET_PARAMETER"], WithDecryption=True)
database = psycopg.connect(
    host=os.environ["DB_HOST"],
    port=os.environ["DB_PORT"],
    dbname=os.environ["DB_NAME"],
    user=os.environ["DB_USER"],
    password=os.environ["DB_PASSWORD"],
    sslmode="verify-full",
    sslrootcert=os.environ["DB_ROOT_CERT"],
    autocommit=True,
)


def authorize(team_id, **_):
    return AuthorizeResult(enterprise_id=None, team_id=team_id, bot_token="xoxb-bench", bot_user_id="U_BENCH")


app = App(
    signing_secret=signing_secret["Parameter"]["Value"],
    authorize=authorize,
    process_before_response=True,
)


@app.command("/timeoff")
def timeoff(ack, command):
    database.execute(
        "INSERT INTO bolt_request (trigger_id, user_id, text) VALUES (%s, %s, %s)",
        (command["trigger_id"], command["user_id"], command["text"]),
    )
    ack()


handler = SlackRequestHandler(app)


def handle(event, context):
    return handler.handle(event, context)
