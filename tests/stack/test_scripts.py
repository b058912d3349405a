"""How `sam deploy` finds what infra/bootstrap.yaml made."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from emulated import ACCOUNT, ROOT, emulated

BOOTSTRAPPED = [
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
            }
            script = '. scripts/lib/aws-tools.sh; sam "$@"'
            return subprocess.run(
                ["bash", "-c", script, "sam", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
            )

    def test_deploys_with_the_bucket_and_the_role_of_the_account(self):
        wanted = ["deploy", "--config-env", "prod", *BOOTSTRAPPED]
        self.assertEqual(self.asked("deploy", "--config-env", "prod").stdout.split("\n")[:-1], wanted)

    def test_a_bucket_that_is_named_is_taken(self):
        for arguments in (["deploy", "--resolve-s3"], ["deploy", "--s3-bucket", "mine"], ["deploy", "--guided"], ["build"]):
            self.assertEqual(self.asked(*arguments).stdout.split("\n")[:-1], arguments)

    def test_the_script_ends_as_sam_does(self):
        for argument, code in (("--version", 0), ("--no-such-option", 2)):
            found = subprocess.run([ROOT / "scripts" / "sam", argument], capture_output=True, text=True, timeout=60)
            self.assertEqual(found.returncode, code, found.stderr)

    def test_says_what_to_do_when_nobody_is_logged_in(self):
        found = self.asked("deploy", url="http://127.0.0.1:1")
        self.assertEqual((found.returncode, found.stdout), (1, ""))
        self.assertIn("AWS does not know who you are", found.stderr)


if __name__ == "__main__":
    unittest.main()
