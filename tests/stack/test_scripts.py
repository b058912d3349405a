"""How `sam deploy` finds what infra/bootstrap.yaml made, and what it does about versions that a person made live."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from emulated import ACCOUNT, REGION, ROOT, client, emulated

BOOTSTRAPPED = [
    "--region",
    "eu-west-1",
    "--s3-bucket",
    f"timeoff-artifacts-{ACCOUNT}-eu-west-1",
    "--role-arn",
    f"arn:aws:iam::{ACCOUNT}:role/timeoff-cloudformation",
]


class Sam(unittest.TestCase):
    def asked(self, *arguments, url=None):
        """What a sam that only prints its arguments is asked."""
        with tempfile.TemporaryDirectory() as folder:
            stub = Path(folder) / "sam"
            stub.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
            stub.chmod(0o755)
            environment = os.environ | {
                "PATH": f"{folder}:{os.environ['PATH']}",
                "AWS_REGION": "eu-west-1",
                "AWS_ENDPOINT_URL": url or emulated().url,
                "AWS_MAX_ATTEMPTS": "1",
                "WORK": folder,
            }
            script = '. scripts/lib/aws-tools.sh; sam "$@"'
            return subprocess.run(
                ["bash", "-c", script, "sam", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
            )

    def test_deploys_with_the_bucket_and_the_role_of_the_account(self):
        wanted = ["deploy", "--config-env", "prod", *BOOTSTRAPPED]
        self.assertEqual(self.asked("deploy", "--config-env", "prod").stdout.split("\n")[:-1], wanted)

    def test_a_bucket_that_is_named_is_taken(self):
        for arguments in (["deploy", "--resolve-s3"], ["deploy", "--s3-bucket", "mine"], ["deploy", "--guided"], ["deploy", "--help"], ["build"]):
            self.assertEqual(self.asked(*arguments).stdout.split("\n")[:-1], arguments)

    def test_the_script_ends_as_sam_does(self):
        for argument, code in (("--version", 0), ("--no-such-option", 2)):
            found = subprocess.run([ROOT / "scripts" / "sam", argument], capture_output=True, text=True, timeout=60)
            self.assertEqual(found.returncode, code, found.stderr)

    def test_says_what_to_do_when_nobody_is_logged_in(self):
        found = self.asked("deploy", url="http://127.0.0.1:1")
        self.assertEqual((found.returncode, found.stdout), (1, ""))
        self.assertIn("AWS does not know who you are", found.stderr)


class Live(unittest.TestCase):
    """A deployment begins at the version that CloudFormation knows: CodeDeploy refuses every other."""

    @classmethod
    def setUpClass(cls):
        emulated().deploy()
        for function in ("timeoff-staging-api", "timeoff-staging-schedule"):
            client("lambda").update_function_configuration(FunctionName=function, Description="once more")
            client("lambda").publish_version(FunctionName=function)

    def setUp(self):
        for name in ("api", "schedule"):
            self.point(name, "2")

    def point(self, name, version):
        client("lambda").update_alias(FunctionName=f"timeoff-staging-{name}", Name="live", FunctionVersion=version)

    def live(self):
        return [
            client("lambda").get_alias(FunctionName=f"timeoff-staging-{name}", Name="live")["FunctionVersion"]
            for name in ("api", "schedule")
        ]

    def run_live(self, what, note, *options):
        environment = os.environ | {"AWS_REGION": REGION, "AWS_ENDPOINT_URL": emulated().url}
        return subprocess.run(
            [sys.executable, "scripts/lib/live.py", what, note, "deploy", *options],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout

    def test_begins_at_the_recorded_version_and_is_as_before_if_there_is_none_newer(self):
        for options in (["--config-env", "staging"], ["--config-env=staging"], ["--stack-name", "timeoff-staging"], []):
            with self.subTest(options), tempfile.TemporaryDirectory() as folder:
                said = self.run_live("as-recorded", f"{folder}/note", *options)
                self.assertIn("timeoff-staging-api: version 2 was live; for this deployment it is 1", said)
                self.assertEqual(self.live(), ["1", "1"])
                said = self.run_live("as-before", f"{folder}/note", *options)
                self.assertIn("timeoff-staging-schedule: no newer version was deployed, and version 2 is live again", said)
                self.assertEqual(self.live(), ["2", "2"])

    def test_around_a_deployment_that_fails(self):
        with tempfile.TemporaryDirectory() as folder:
            stub = Path(folder) / "sam"
            stub.write_text("#!/bin/sh\necho deploying\nexit 3\n")
            stub.chmod(0o755)
            environment = os.environ | {
                "PATH": f"{folder}:{os.environ['PATH']}",
                "AWS_REGION": REGION,
                "AWS_ENDPOINT_URL": emulated().url,
                "WORK": folder,
            }
            found = subprocess.run(
                ["bash", "-euc", '. scripts/lib/aws-tools.sh; sam "$@"', "sam", "deploy", "--config-env", "staging"],
                cwd=ROOT,
                env=environment,
                capture_output=True,
                text=True,
                timeout=60,
            )
        self.assertEqual(found.returncode, 3, found.stderr)
        self.assertRegex(found.stdout, r"(?s)for this deployment it is 1,.*\ndeploying\n.*version 2 is live again")
        self.assertEqual(self.live(), ["2", "2"])

    def test_what_was_not_moved_stays(self):
        for name in ("api", "schedule"):
            self.point(name, "1")
        with tempfile.TemporaryDirectory() as folder:
            for what in ("as-recorded", "as-before"):
                self.assertEqual(self.run_live(what, f"{folder}/note"), "")
                self.assertEqual(self.live(), ["1", "1"])

    def test_what_was_deployed_meanwhile_stays(self):
        with tempfile.TemporaryDirectory() as folder:
            note = Path(folder) / "note"
            note.write_text('{"timeoff-staging-api": ["1", "7"]}')
            self.assertEqual(self.run_live("as-before", str(note)), "")
        self.assertEqual(self.live(), ["2", "2"])

    def test_a_stack_that_is_not_there_yet_has_no_versions(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(self.run_live("as-recorded", f"{folder}/note", "--config-env", "prod"), "")
        self.assertEqual(self.live(), ["2", "2"])


class Versions(unittest.TestCase):
    """The scripts that move people's traffic, with an `aws` that answers from lists and notes what is to be changed."""

    # Version and code, in no order; 10 is 9 restarted.
    VERSIONS = "$LATEST\tnew\n1\tfirst\n10\tsame\n2\tsecond\n9\tsame\n"

    def run_script(self, script, *arguments, live="10", codes=("same", "same")):
        with tempfile.TemporaryDirectory() as folder:
            stub, done = Path(folder) / "aws", Path(folder) / "done"
            stub.write_text(
                f"""#!/bin/sh
case "$2 $*" in
get-alias\\ *) echo {live} ;;
list-versions*) printf '{self.VERSIONS}' ;;
get-function-configuration*LATEST*) echo {codes[0]} ;;
get-function-configuration*live*) echo {codes[1]} ;;
get-function-configuration*) echo '{{"Variables": {{"A": "b"}}}}' ;;
publish-version*) echo 11 ;;
*) echo "$*" >>'{done}' ;;
esac
"""
            )
            stub.chmod(0o755)
            environment = os.environ | {"PATH": f"{folder}:{os.environ['PATH']}"}
            found = subprocess.run(
                [ROOT / "scripts" / script, *arguments], env=environment, capture_output=True, text=True, timeout=60
            )
            return found, done.read_text() if done.exists() else ""

    def test_goes_back_to_other_code(self):
        for live, to in (("10", "2"), ("9", "2"), ("2", "1")):
            found, done = self.run_script("roll-back", "prod", live=live)
            self.assertEqual(found.returncode, 0, found.stderr)
            self.assertEqual(found.stdout, f"timeoff-prod-api: version {live} → {to}\ntimeoff-prod-schedule: version {live} → {to}\n")
            self.assertIn(f"update-alias --function-name timeoff-prod-schedule --name live --function-version {to} ", done)
        found, done = self.run_script("roll-back", "prod", live="1")
        self.assertEqual((found.returncode, done), (1, ""))
        self.assertIn("no version before 1 with other code", found.stderr)

    def test_goes_back_to_what_is_named_and_shows_what_is_live(self):
        found, done = self.run_script("roll-back", "prod", "7", "8")
        self.assertIn("timeoff-prod-api --name live --function-version 7 ", done)
        self.assertIn("timeoff-prod-schedule --name live --function-version 8 ", done)
        found, done = self.run_script("roll-back", "--show", "prod")
        self.assertEqual((found.stdout, done), ("api=10\nschedule=10\n", ""))

    def test_restarts_what_is_live(self):
        found, done = self.run_script("restart", "prod")
        self.assertEqual(found.returncode, 0, found.stderr)
        self.assertRegex(done, r"update-function-configuration .*TIMEOFF_RESTARTED")
        for name in ("api", "schedule"):
            self.assertIn(f"update-alias --function-name timeoff-prod-{name} --name live --function-version 11", done)

    def test_does_not_restart_into_code_that_was_rolled_back(self):
        found, done = self.run_script("restart", "prod", codes=("new", "same"))
        self.assertEqual((found.returncode, done), (1, ""))
        self.assertIn("somebody rolled back", found.stderr)

    def test_stages_are_staging_and_prod(self):
        for script, arguments in (
            ("roll-back", ["production"]),
            ("roll-back", ["--show", "production"]),
            ("roll-back", ["production", "1", "2"]),
            ("roll-back", []),
            ("restart", ["production"]),
            ("invoke", ["production", "health"]),
            ("smoke", ["http://127.0.0.1:1", "production"]),
        ):
            with self.subTest(script=script, arguments=arguments):
                found, done = self.run_script(script, *arguments)
                self.assertEqual((found.returncode, found.stdout, done), (2, "", ""))
                self.assertIn("Usage: scripts/", found.stderr)


if __name__ == "__main__":
    unittest.main()
