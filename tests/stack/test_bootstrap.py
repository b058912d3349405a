"""What prepares an account, in an emulated AWS: who may deploy, and that nobody can get further than that."""

import json
import unittest

from emulated import ACCOUNT, REGION, client, emulated, template

BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/timeoff-boundary"


def statements(role, policy):
    document = client("iam").get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    return {statement["Sid"]: statement for statement in document["Statement"]}


def listed(value):
    return [value] if isinstance(value, str) else value


class Bootstrap(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        emulated().empty()
        cls.outputs, cls.ids = emulated().create(
            "timeoff-bootstrap", template("infra/bootstrap.yaml"), {"GitHubRepository": "example/timeoff"}
        )

    def test_builds_are_private_and_do_not_pile_up(self):
        storage = client("s3")
        bucket = self.outputs["ArtifactBucket"]
        self.assertEqual(bucket, f"timeoff-artifacts-{ACCOUNT}-{REGION}")
        self.assertEqual(
            set(storage.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values()), {True}
        )
        rules = storage.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        self.assertEqual(rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"], "AES256")
        self.assertEqual(storage.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"][0]["Expiration"], {"Days": 1000})
        policy = json.loads(storage.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"][0]
        self.assertEqual((policy["Effect"], policy["Condition"]), ("Deny", {"Bool": {"aws:SecureTransport": "false"}}))

    def test_only_this_branch_of_this_repository_deploys_each_stage(self):
        for stage in ("staging", "prod"):
            role = client("iam").get_role(RoleName=f"timeoff-deploy-{stage}")["Role"]
            trusted = role["AssumeRolePolicyDocument"]["Statement"]
            self.assertEqual(len(trusted), 1)
            self.assertEqual(
                trusted[0]["Condition"],
                {
                    "StringEquals": {
                        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                        "token.actions.githubusercontent.com:sub": f"repo:example/timeoff:environment:{stage}",
                        "token.actions.githubusercontent.com:ref": "refs/heads/main",
                    }
                },
            )
            self.assertIn("oidc-provider/token.actions.githubusercontent.com", trusted[0]["Principal"]["Federated"])

    def test_a_stage_s_role_touches_only_that_stage(self):
        for stage, other in (("staging", "prod"), ("prod", "staging")):
            found = statements(f"timeoff-deploy-{stage}", "deploy")
            self.assertNotIn(f"timeoff-{other}", json.dumps(found))
            everything = {sid for sid, statement in found.items() if "*" in listed(statement["Resource"])}
            self.assertEqual(everything, {"ReadTemplates"}, "statements about every resource of the account")
            self.assertEqual(found["ThroughCloudFormation"]["Resource"], self.outputs["CloudFormationRoleArn"])

    def test_a_stage_s_role_may_do_what_a_deployment_does_to_the_alias(self):
        """What scripts/lib/live.py asks, around each deployment."""
        for stage in ("staging", "prod"):
            found = statements(f"timeoff-deploy-{stage}", "deploy")
            self.assertLessEqual({"cloudformation:DescribeStacks", "cloudformation:ListStackResources"}, set(found["OneStack"]["Action"]))
            self.assertLessEqual({"lambda:GetAlias", "lambda:UpdateAlias"}, set(found["BackToTheVersionBefore"]["Action"]))

    def test_nobody_makes_a_role_outside_of_the_boundary(self):
        found = statements("timeoff-cloudformation", "stack")
        granting = {"iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:PutRolePermissionsBoundary"}
        for sid, statement in found.items():
            if granting & set(listed(statement["Action"])):
                self.assertEqual(statement.get("Condition"), {"StringEquals": {"iam:PermissionsBoundary": BOUNDARY}}, sid)
        allowed = {action for statement in found.values() for action in listed(statement["Action"])}
        self.assertFalse({"iam:*", "*"} & allowed)
        self.assertFalse([action for action in allowed if action.startswith("iam:") and "Polic" in action and "Role" not in action])
        self.assertNotIn("iam:DeleteRolePermissionsBoundary", allowed)
        everything = {sid for sid, statement in found.items() if "*" in listed(statement["Resource"])}
        # Network: ids are not known before; AccessLogs, Unnamed: no resource to name; the keys: only through SSM and RDS.
        self.assertEqual(everything, {"Network", "AccessLogs", "Unnamed", "OpenDatabasePassword", "DatabaseKey"})

    def test_the_stack_works_within_the_boundary(self):
        """A boundary that lacks what a role needs would break a deployment, and only in a real account."""
        iam = client("iam")
        version = iam.get_policy(PolicyArn=BOUNDARY)["Policy"]["DefaultVersionId"]
        document = iam.get_policy_version(PolicyArn=BOUNDARY, VersionId=version)["PolicyVersion"]["Document"]
        within = {action for statement in document["Statement"] for action in listed(statement["Action"])}
        wanted = set()

        def collect(value):
            if isinstance(value, dict):
                if value.get("Effect") == "Allow" and "Principal" not in value:
                    wanted.update(listed(value["Action"]))
                for inner in value.values():
                    collect(inner)
            elif isinstance(value, list):
                for inner in value:
                    collect(inner)

        collect(template()["Resources"])
        # AWS's own policy of CodeDeploy, without its right to read appspec files in S3, which deployments of functions have none of.
        wanted |= {"cloudwatch:DescribeAlarms", "lambda:UpdateAlias", "lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig"}
        self.assertEqual(wanted - within, set(), "the boundary lacks these")
        self.assertEqual(within - wanted, set(), "the boundary has more than anybody needs")


class WithoutGitHub(unittest.TestCase):
    def test_only_people_deploy(self):
        emulated().empty()
        outputs, ids = emulated().create("timeoff-bootstrap", template("infra/bootstrap.yaml"), {})
        self.assertFalse({"GitHubProvider", "StagingDeployRole", "ProdDeployRole"} & set(ids))
        self.assertIn("CloudFormationRoleArn", outputs)


class WithNumbers(unittest.TestCase):
    """A repository that GitHub vouches for with numbers, which nobody else gets when its names are free again."""

    def test_exactly_this_repository_deploys(self):
        emulated().empty()
        emulated().create("timeoff-bootstrap", template("infra/bootstrap.yaml"), {"GitHubRepository": "example@12/timeoff@345"})
        for stage in ("staging", "prod"):
            role = client("iam").get_role(RoleName=f"timeoff-deploy-{stage}")["Role"]
            asked = role["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]["StringEquals"]
            self.assertEqual(
                asked["token.actions.githubusercontent.com:sub"], f"repo:example@12/timeoff@345:environment:{stage}"
            )

    def test_names_with_and_without_numbers_are_allowed_and_no_wildcards(self):
        pattern = template("infra/bootstrap.yaml")["Parameters"]["GitHubRepository"]["AllowedPattern"]
        for name in ("", "example/timeoff", "example@12/timeoff@345", "example/time.off_2"):
            self.assertRegex(name, f"^(?:{pattern})$")
        for name in ("example", "example/*", "example@*/timeoff", "example@/timeoff@", "example/timeoff:environment", "example/timeoff/x"):
            self.assertNotRegex(name, f"^(?:{pattern})$")


class WithAProviderThatExists(unittest.TestCase):
    def test_it_is_trusted_and_no_other_is_made(self):
        emulated().empty()
        existing = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
        given = {"GitHubRepository": "example/timeoff", "GitHubProviderArn": existing, "GitHubBranch": "release"}
        _, ids = emulated().create("timeoff-bootstrap", template("infra/bootstrap.yaml"), given)
        self.assertNotIn("GitHubProvider", ids)
        trusted = client("iam").get_role(RoleName="timeoff-deploy-prod")["Role"]["AssumeRolePolicyDocument"]["Statement"][0]
        self.assertEqual(trusted["Principal"], {"Federated": existing})
        self.assertEqual(trusted["Condition"]["StringEquals"]["token.actions.githubusercontent.com:ref"], "refs/heads/release")


if __name__ == "__main__":
    unittest.main()
