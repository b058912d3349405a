"""What zizmor does not know of GitHub's workflows: names that lead nowhere. It checks their form and their safety."""

import re
import unittest

import yaml
from emulated import ROOT, template

WORKFLOWS = {path.name: yaml.safe_load(path.read_text()) for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))}


class Names(unittest.TestCase):
    def test_jobs_wait_for_jobs_that_exist(self):
        for name, workflow in WORKFLOWS.items():
            for job, written in workflow["jobs"].items():
                needs = written.get("needs", [])
                for needed in [needs] if isinstance(needs, str) else needs:
                    self.assertIn(needed, workflow["jobs"], f"{name}: {job} waits for ever")

    def test_called_workflows_and_scripts_exist(self):
        called = []
        for workflow in WORKFLOWS.values():
            for job in workflow["jobs"].values():
                called += re.findall(r"^(?:\$|\.)/(\S+)", job.get("uses", ""))
                for step in job.get("steps", []):
                    called += re.findall(r"(?:^|\s)((?:scripts|\.ci)/[\w-]+)", step.get("run", ""))
        self.assertIn("scripts/sam", called)
        for path in called:
            self.assertTrue((ROOT / path).is_file(), f"{path} does not exist")

    def test_steps_use_the_outputs_of_steps_before_them(self):
        for name, workflow in WORKFLOWS.items():
            for job, written in workflow["jobs"].items():
                known = set()
                for step in written.get("steps", []):
                    used = set(re.findall(r"\bsteps\.([\w-]+)\.", str(step)))
                    self.assertLessEqual(used, known, f"{name}: {job} uses a step that is not before it")
                    known |= {step["id"]} if "id" in step else set()

    def test_asked_outputs_are_those_of_the_stack(self):
        asked = set(re.findall(r"OutputKey==\W+(\w+)", str(WORKFLOWS)))
        self.assertEqual(asked, {"BaseUrl"})
        self.assertLessEqual(asked, set(template()["Outputs"]))


class Shell(unittest.TestCase):
    def test_what_fails_before_a_pipe_fails_the_step(self):
        """GitHub gives `-o pipefail` only to a shell that is named."""
        for name, workflow in WORKFLOWS.items():
            self.assertEqual(workflow.get("defaults"), {"run": {"shell": "bash"}}, name)
            for job in workflow["jobs"].values():
                self.assertNotIn("defaults", job, name)
                for step in job.get("steps", []):
                    self.assertNotIn("shell", step, name)


if __name__ == "__main__":
    unittest.main()
