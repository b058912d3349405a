"""What the templates must keep to, and no linter knows."""

import json
import re
import tomllib
import unittest

from emulated import ROOT, template

# What the functions send, in CloudWatch's embedded metric format, with the dimension Stage.
METRICS = {
    "AckDuration",
    "RequestsFailed",
    "ColdStarts",
    "JobsDone",
    "JobsFailed",
    "ScheduleRuns",
    "FailedSyncs",
    "OldestWaitingJob",
}
# Connections for people, migrations and RDS itself.
RESERVE = 10


class Parameters(unittest.TestCase):
    def test_each_says_what_it_is_and_what_it_may_be(self):
        for path in ("template.yaml", "infra/bootstrap.yaml"):
            written = template(path)
            groups = written["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
            shown = [name for group in groups for name in group["Parameters"]]
            self.assertEqual(sorted(shown), sorted(written["Parameters"]), f"{path}: every parameter in one group of the interface")
            for name, parameter in written["Parameters"].items():
                with self.subTest(parameter=name):
                    self.assertTrue(parameter.get("Description", "").strip(), "no Description")
                    self.assertTrue(parameter.get("ConstraintDescription", "").strip(), "no ConstraintDescription")
                    limited = {"AllowedValues", "AllowedPattern"} & set(parameter) or {"MinValue", "MaxValue"} <= set(parameter)
                    self.assertTrue(limited, "nothing says which values are right")
                    self.assertIn("Default", parameter, "a deployment that names no parameters must work")

    def test_each_default_is_allowed(self):
        for path in ("template.yaml", "infra/bootstrap.yaml"):
            for name, parameter in template(path)["Parameters"].items():
                with self.subTest(parameter=name):
                    default = parameter["Default"]
                    if "AllowedValues" in parameter:
                        self.assertIn(default, parameter["AllowedValues"])
                    if "AllowedPattern" in parameter:
                        self.assertRegex(str(default), f"^(?:{parameter['AllowedPattern']})$")
                    if "MinValue" in parameter:
                        self.assertLessEqual(parameter["MinValue"], default)
                        self.assertLessEqual(default, parameter["MaxValue"])

    def test_the_stages_of_samconfig(self):
        config = tomllib.loads((ROOT / "samconfig.toml").read_text())
        self.assertEqual(set(config), {"version", "default", "staging", "prod"})
        self.assertEqual(config["default"], config["staging"], "without --config-env it is staging")
        known = template()["Parameters"]
        for stage in ("staging", "prod"):
            deploy = config[stage]["deploy"]["parameters"]
            self.assertEqual(deploy["stack_name"], f"timeoff-{stage}")
            self.assertEqual(deploy["s3_prefix"], f"timeoff-{stage}")
            given = dict(entry.split("=", 1) for entry in deploy["parameter_overrides"])
            self.assertEqual(given["Stage"], stage)
            for name, value in given.items():
                with self.subTest(stage=stage, parameter=name):
                    self.assertIn(name, known)
                    self.assertIn(value, known[name].get("AllowedValues", [value]))
        prod = config["prod"]["deploy"]["parameters"]["parameter_overrides"]
        self.assertNotIn("DatabaseDeletionProtection=false", prod)


class Connections(unittest.TestCase):
    def test_there_are_enough_for_every_environment(self):
        written = template()
        sizes = written["Mappings"]["DatabaseClass"]
        self.assertEqual(set(sizes), set(written["Parameters"]["DatabaseInstanceClass"]["AllowedValues"]))
        for name, size in sizes.items():
            with self.subTest(name):
                at_most = int(size["MaxConnections"])
                places = int(size["ApiConcurrency"]) + int(size["ScheduleConcurrency"])
                # While a deployment goes on, environments of the old version still hold their connections.
                self.assertLessEqual(2 * places + RESERVE, at_most, "environments could use up the database's connections")
                self.assertGreater(int(size["AlarmConnections"]), 2 * places, "a deployment would set off the alarm")
                self.assertLess(int(size["AlarmConnections"]), at_most, "the alarm could never go off")


class Metrics(unittest.TestCase):
    def used(self):
        """The names of the functions' own metrics that alarms and the dashboard use."""
        resources = template()["Resources"]
        alarms = {
            resource["Properties"]["MetricName"]
            for resource in resources.values()
            if resource["Type"] == "AWS::CloudWatch::Alarm" and resource["Properties"]["Namespace"] == "timeoff"
        }
        body = json.loads(re.sub(r"\$\{[^}]+\}", "x", resources["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"][0]))
        shown = set()
        for widget in body["widgets"]:
            namespace = metric = None
            for line in widget["properties"].get("metrics", []):
                # “.” repeats what stands above, “...” the whole line.
                if line[0] == "...":
                    continue
                namespace = namespace if line[0] == "." else line[0]
                metric = metric if line[1] == "." else line[1]
                if namespace == "timeoff":
                    shown.add(metric)
        return alarms, shown

    def test_they_are_those_that_the_functions_send(self):
        alarms, shown = self.used()
        self.assertEqual(alarms - METRICS, set(), "alarms about metrics that nobody sends")
        self.assertEqual(shown, METRICS, "the dashboard shows each")
        self.assertEqual(alarms, {"RequestsFailed", "ScheduleRuns", "FailedSyncs", "OldestWaitingJob"})


class Routes(unittest.TestCase):
    def test_every_path_of_the_app_gets_through(self):
        prefixes = {
            resource["Properties"]["RouteKey"].removeprefix("ANY ").removesuffix("{proxy+}")
            for resource in template()["Resources"].values()
            if resource["Type"] == "AWS::ApiGatewayV2::Route"
        }
        sources = "".join((ROOT / "src" / name).read_text() for name in ("app.rs", "routes.rs"))
        # What stands between “.route(” and its handler, and the paths of Slack's table.
        paths = set(re.findall(r'"(/[a-z][^"\s]*)"', sources)) - {"/api", "/timeoff"}
        self.assertIn("/slack/events", paths)
        self.assertIn("/api/health", paths)
        for path in sorted(paths):
            self.assertTrue(any(path.startswith(prefix) for prefix in prefixes), f"API Gateway would answer 404 for {path}")


class Settings(unittest.TestCase):
    # Read by a library.
    NOT_OURS = {"RUST_LOG", "OTEL_EXPORTER_OTLP_ENDPOINT"}

    def test_the_app_reads_what_the_template_sets(self):
        sources = "".join(path.read_text() for path in (ROOT / "src").rglob("*.rs"))
        for name in ("ApiFunction", "ScheduleFunction"):
            for variable in template()["Resources"][name]["Properties"]["Environment"]["Variables"]:
                if variable not in self.NOT_OURS:
                    self.assertIn(f'"{variable}"', sources, f"nobody reads {variable}")


class AccessLog(unittest.TestCase):
    def test_it_holds_nothing_that_people_wrote(self):
        line = template()["Resources"]["HttpApiStage"]["Properties"]["AccessLogSettings"]["Format"]
        logged = {value for value in json.loads(line).values()}
        allowed = {
            "$context.requestId",
            "$context.requestTime",
            "$context.httpMethod",
            "$context.path",
            "$context.routeKey",
            "$context.status",
            "$context.identity.sourceIp",
            "$context.responseLatency",
            "$context.integrationLatency",
            "$context.integrationErrorMessage",
        }
        self.assertEqual(logged, allowed)


if __name__ == "__main__":
    unittest.main()
