"""The code of the hook that migrates before a deployment, against a Lambda and a CodeDeploy that note what they are asked."""

import io
import json
import os
import unittest
import unittest.mock

from emulated import template

VERSION = "arn:aws:lambda:us-east-1:123456789012:function:timeoff-staging-schedule:7"


class TooManyRequests(Exception):
    pass


class Functions:
    """Answers in turn; an exception is raised."""

    class exceptions:
        TooManyRequestsException = TooManyRequests

    def __init__(self, answers):
        self.answers = list(answers)
        self.asked = []

    def invoke(self, FunctionName, Payload):
        self.asked.append((FunctionName, json.loads(Payload)))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def well():
    return {"Payload": io.BytesIO(b'{"ok":true}')}


def broken():
    return {"Payload": io.BytesIO(b'{"errorMessage":"no"}'), "FunctionError": "Unhandled"}


def run(*answers):
    """Runs the hook; returns what it asked and what it told CodeDeploy."""
    functions, told = Functions(answers), []

    class Deployments:
        def put_lifecycle_event_hook_execution_status(self, **status):
            told.append(status)

    clients = {"lambda": functions, "codedeploy": Deployments()}
    code = template()["Resources"]["MigrateHook"]["Properties"]["InlineCode"]
    with (
        unittest.mock.patch("boto3.client", lambda service, **_: clients[service]),
        unittest.mock.patch.dict(os.environ, {"SCHEDULE_VERSION": VERSION}),
        unittest.mock.patch("time.sleep"),
        unittest.mock.patch("builtins.print"),
    ):
        module = {}
        exec(compile(code, "index.py", "exec"), module)
        module["handler"]({"DeploymentId": "d-1", "LifecycleEventHookExecutionId": "h-1"}, None)
    assert len(told) == 1, told
    assert (told[0]["deploymentId"], told[0]["lifecycleEventHookExecutionId"]) == ("d-1", "h-1"), told
    return functions.asked, told[0]["status"]


MIGRATE = (VERSION, {"command": "migrate"})
HEALTH = (VERSION, {"command": "health"})


class Hook(unittest.TestCase):
    def test_migrates_then_looks_whether_all_is_well(self):
        self.assertEqual(run(well(), well()), ([MIGRATE, HEALTH], "Succeeded"))

    def test_a_migration_that_fails_stops_the_deployment(self):
        self.assertEqual(run(broken()), ([MIGRATE], "Failed"))

    def test_so_does_a_database_that_is_not_well(self):
        self.assertEqual(run(well(), broken()), ([MIGRATE, HEALTH], "Failed"))

    def test_waits_for_a_place(self):
        self.assertEqual(run(TooManyRequests(), TooManyRequests(), well(), well()), ([MIGRATE] * 3 + [HEALTH], "Succeeded"))

    def test_but_not_for_ever(self):
        self.assertEqual(run(*[TooManyRequests()] * 20), ([MIGRATE] * 20, "Failed"))

    def test_always_tells_code_deploy(self):
        self.assertEqual(run(OSError("no network")), ([MIGRATE], "Failed"))

    def test_fits_into_a_template(self):
        self.assertLessEqual(len(template()["Resources"]["MigrateHook"]["Properties"]["InlineCode"]), 4096)


if __name__ == "__main__":
    unittest.main()
