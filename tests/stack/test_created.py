"""The stack in an emulated AWS, once for each kind of network and database: what is there, and what it may do."""

import json
import unittest

from emulated import ACCOUNT, REGION, client, emulated

EXISTING = {
    "ExistingDatabaseHost": "leave.abc.us-east-1.rds.amazonaws.com",
    "ExistingDatabaseResourceId": "db-EXISTING",
}
TRACES = (("xray:PutTraceSegments", "xray:PutTelemetryRecords"), "*")
NETWORK = (
    (
        "ec2:CreateNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:DeleteNetworkInterface",
        "ec2:AssignPrivateIpAddresses",
        "ec2:UnassignPrivateIpAddresses",
    ),
    "*",
)
ALARMS = {
    "api-errors",
    "api-throttles",
    "schedule-errors",
    "schedule-throttles",
    "slow-acks",
    "requests-failed",
    "api-5xx",
    "schedule-stopped",
    "failed-syncs",
    "oldest-waiting-job",
}
DATABASE_ALARMS = {"database-storage", "database-cpu", "database-connections"}


def grants(role):
    """What a role allows, by the name of the statement: actions and resource."""
    iam = client("iam")
    found = {}
    for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
        for statement in document["Statement"]:
            actions = statement["Action"]
            actions = (actions,) if isinstance(actions, str) else tuple(actions)
            assert statement["Effect"] == "Allow", statement
            found[statement["Sid"]] = (actions, statement["Resource"])
    return found


class Created:
    """What holds for every stack; the classes below say which."""

    PARAMETERS = {}
    STAGE = "staging"
    PRIVATE = False
    OWN_DATABASE = True
    DATABASE_CLASS = (60, 20, 2)

    @classmethod
    def setUpClass(cls):
        cls.maxDiff = None
        cls.body, cls.outputs, cls.ids = emulated().deploy(**cls.PARAMETERS)

    def arn(self, service, rest):
        return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"

    def function(self, name):
        return client("lambda").get_function(FunctionName=f"timeoff-{self.STAGE}-{name}")

    def resources(self, kind):
        return {name for name, resource in self.body["Resources"].items() if resource["Type"] == kind and name in self.ids}

    def test_everything_is_there(self):
        conditional = {name for name, resource in self.body["Resources"].items() if "Condition" in resource}
        missing = set(self.body["Resources"]) - conditional - set(self.ids)
        self.assertEqual(missing, set(), "resources without a condition that were not created")

    def test_functions(self):
        for name, timeout, places in (("api", 60, self.DATABASE_CLASS[1]), ("schedule", 120, self.DATABASE_CLASS[2])):
            with self.subTest(name):
                function = self.function(name)
                made = function["Configuration"]
                self.assertEqual(made["Runtime"], "provided.al2023")
                self.assertEqual(made["Architectures"], ["arm64"])
                self.assertEqual((made["MemorySize"], made["Timeout"]), (256, timeout))
                self.assertEqual(made["TracingConfig"], {"Mode": "Active"})
                self.assertEqual(function["Concurrency"]["ReservedConcurrentExecutions"], places)
                self.assertEqual(bool(made.get("VpcConfig", {}).get("SubnetIds")), self.PRIVATE)
                alias = client("lambda").get_alias(FunctionName=made["FunctionName"], Name="live")
                self.assertEqual(alias["FunctionVersion"], "1")

    def test_settings_of_the_functions(self):
        host = self.outputs["DatabaseHost"]
        common = {
            "TIMEOFF_STAGE": self.STAGE,
            "PUBLIC_URL": f"https://{self.ids['HttpApi']}.execute-api.{REGION}.amazonaws.com",
            "DB_HOST": host,
            "DB_PORT": "5432",
            "DB_NAME": "timeoff",
            "DB_AUTH": "iam",
            "RUST_LOG": "timeoff=info,warn",
        }
        for name, own in (("api", {}), ("schedule", {"DB_OWNER_USER": "timeoff_owner"})):
            wanted = common | {"TIMEOFF_SSM_PATH": f"/timeoff/{self.STAGE}/{name}", "DB_USER": f"timeoff_{name}"} | own
            self.assertEqual(self.function(name)["Configuration"]["Environment"]["Variables"], wanted)

    def test_each_function_may_do_its_own_work_and_nothing_else(self):
        database = self.outputs["DatabaseResourceId"]
        for name in ("api", "schedule"):
            role = self.function(name)["Configuration"]["Role"].split("/")[-1]
            wanted = {
                "OwnSecrets": (("ssm:GetParametersByPath",), self.arn("ssm", f"parameter/timeoff/{self.STAGE}/{name}")),
                "OwnDatabaseUser": (("rds-db:connect",), self.arn("rds-db", f"dbuser:{database}/timeoff_{name}")),
                "OwnLogs": (
                    ("logs:CreateLogStream", "logs:PutLogEvents"),
                    self.arn("logs", f"log-group:/aws/lambda/timeoff-{self.STAGE}-{name}:*"),
                ),
                "Traces": TRACES,
            }
            if self.PRIVATE:
                wanted["Network"] = NETWORK
            with self.subTest(name):
                self.assertEqual(grants(role), wanted)
                self.assertEqual(client("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"], [])

    def test_what_the_other_roles_may_do(self):
        schedule = self.arn("lambda", f"function:timeoff-{self.STAGE}-schedule")
        self.assertEqual(grants(self.ids["MinuteRole"]), {"OneFunction": (("lambda:InvokeFunction",), f"{schedule}:live")})
        self.assertEqual(
            grants(self.ids["MigrateHookRole"]),
            {
                "AskTheScheduleFunction": (("lambda:InvokeFunction",), f"{schedule}:*"),
                "TellCodeDeploy": (
                    ("codedeploy:PutLifecycleEventHookExecutionStatus",),
                    self.arn("codedeploy", "deploymentgroup:timeoff/*"),
                ),
                "OwnLogs": (
                    ("logs:CreateLogStream", "logs:PutLogEvents"),
                    self.arn("logs", f"log-group:/aws/lambda/CodeDeployHook_timeoff-{self.STAGE}-migrate:*"),
                ),
                "Traces": TRACES,
            },
        )
        self.assertEqual(grants(self.ids["DeploymentRole"]), {})
        attached = client("iam").list_attached_role_policies(RoleName=self.ids["DeploymentRole"])["AttachedPolicies"]
        self.assertEqual([policy["PolicyName"] for policy in attached], ["AWSCodeDeployRoleForLambdaLimited"])

    def test_no_other_roles(self):
        self.assertEqual(
            self.resources("AWS::IAM::Role"), {"ApiRole", "ScheduleRole", "MinuteRole", "MigrateHookRole", "DeploymentRole"}
        )
        for role in self.resources("AWS::IAM::Role"):
            self.assertNotIn("PermissionsBoundary", client("iam").get_role(RoleName=self.ids[role])["Role"])

    def test_the_api_takes_only_what_there_is(self):
        api = client("apigatewayv2")
        identifier = self.ids["HttpApi"]
        routes = {route["RouteKey"]: route["Target"] for route in api.get_routes(ApiId=identifier)["Items"]}
        integrations = api.get_integrations(ApiId=identifier)["Items"]
        self.assertEqual(len(integrations), 1)
        target = f"integrations/{integrations[0]['IntegrationId']}"
        self.assertEqual(routes, {"ANY /slack/{proxy+}": target, "ANY /api/{proxy+}": target})
        self.assertEqual(integrations[0]["IntegrationUri"], self.arn("lambda", f"function:timeoff-{self.STAGE}-api:live"))
        self.assertEqual(integrations[0]["PayloadFormatVersion"], "2.0")
        stage = api.get_stage(ApiId=identifier, StageName="$default")
        self.assertEqual(
            {key: stage["DefaultRouteSettings"][key] for key in ("ThrottlingBurstLimit", "ThrottlingRateLimit")},
            {"ThrottlingBurstLimit": 20, "ThrottlingRateLimit": 10},
        )
        self.assertEqual(
            stage["AccessLogSettings"]["DestinationArn"], self.arn("logs", f"log-group:/aws/vendedlogs/timeoff-{self.STAGE}-access")
        )

    def test_the_clock(self):
        schedule = client("scheduler").get_schedule(Name=f"timeoff-{self.STAGE}-minute")
        self.assertEqual((schedule["ScheduleExpression"], schedule["State"]), ("rate(1 minute)", "ENABLED"))
        self.assertEqual(schedule["FlexibleTimeWindow"], {"Mode": "OFF"})
        target = schedule["Target"]
        self.assertEqual(target["Arn"], self.arn("lambda", f"function:timeoff-{self.STAGE}-schedule:live"))
        self.assertEqual(target["RoleArn"].split("/")[-1], self.ids["MinuteRole"])
        self.assertEqual(target["RetryPolicy"], {"MaximumRetryAttempts": 1, "MaximumEventAgeInSeconds": 60})
        retries = client("lambda").get_function_event_invoke_config(
            FunctionName=f"timeoff-{self.STAGE}-schedule", Qualifier="live"
        )
        self.assertEqual((retries["MaximumRetryAttempts"], retries["MaximumEventAgeInSeconds"]), (0, 60))

    def test_alarms_tell_somebody_about_something_that_exists(self):
        alarms = {alarm["AlarmName"]: alarm for alarm in client("cloudwatch").describe_alarms()["MetricAlarms"]}
        wanted = ALARMS | (DATABASE_ALARMS if self.OWN_DATABASE else set())
        self.assertEqual(set(alarms), {f"timeoff-{self.STAGE}-{name}" for name in wanted})
        functions = {function["FunctionName"] for function in client("lambda").list_functions()["Functions"]}
        databases = {found["DBInstanceIdentifier"] for found in client("rds").describe_db_instances()["DBInstances"]}
        exists = {
            "FunctionName": functions,
            "ApiId": {self.ids["HttpApi"]},
            "Stage": {self.STAGE},
            "DBInstanceIdentifier": databases,
        }
        for name, alarm in alarms.items():
            with self.subTest(name):
                self.assertEqual(alarm["AlarmActions"], [self.outputs["AlarmTopicArn"]])
                self.assertEqual(alarm["OKActions"], [self.outputs["AlarmTopicArn"]])
                self.assertTrue(alarm["AlarmDescription"])
                self.assertEqual(len(alarm["Dimensions"]), 1)
                dimension = alarm["Dimensions"][0]
                self.assertIn(dimension["Value"], exists[dimension["Name"]])

    def test_alarms_say_what_they_should(self):
        alarms = {alarm["AlarmName"].removeprefix(f"timeoff-{self.STAGE}-"): alarm for alarm in client("cloudwatch").describe_alarms()["MetricAlarms"]}
        slow = alarms["slow-acks"]
        # API Gateway's, because what the function measures begins when it has started.
        self.assertEqual((slow["Namespace"], slow["MetricName"], slow["ExtendedStatistic"]), ("AWS/ApiGateway", "Latency", "p99"))
        self.assertEqual(slow["Dimensions"], [{"Name": "ApiId", "Value": self.ids["HttpApi"]}])
        self.assertLess(slow["Threshold"], 3000, "an alarm that comes after Slack's limit")
        stopped = alarms["schedule-stopped"]
        self.assertEqual(stopped["TreatMissingData"], "breaching", "a schedule that stands still sends nothing")
        self.assertEqual(stopped["Period"] * stopped["EvaluationPeriods"], 300)
        self.assertEqual(stopped["ComparisonOperator"], "LessThanThreshold")
        for name in ("api", "schedule"):
            for metric in ("errors", "throttles"):
                alarm = alarms[f"{name}-{metric}"]
                self.assertEqual((alarm["Namespace"], alarm["MetricName"]), ("AWS/Lambda", metric.title()))
                self.assertEqual(alarm["Dimensions"][0]["Value"], f"timeoff-{self.STAGE}-{name}")

    def test_logs_do_not_stay(self):
        for function, group in (("ApiFunction", "ApiLogs"), ("ScheduleFunction", "ScheduleLogs"), ("MigrateHook", "MigrateHookLogs")):
            # moto forgets it.
            written = self.body["Resources"][function]["Properties"]["LoggingConfig"]
            # With its usual level, Lambda would drop what LogLevel=debug asks for.
            level = {} if function == "MigrateHook" else {"ApplicationLogLevel": "TRACE"}
            self.assertEqual(written, {"LogFormat": "JSON", "LogGroup": {"Ref": group}} | level)
        groups = {group["logGroupName"]: group.get("retentionInDays") for group in client("logs").describe_log_groups()["logGroups"]}
        names = [f"/aws/lambda/timeoff-{self.STAGE}-api", f"/aws/lambda/timeoff-{self.STAGE}-schedule"]
        names += [f"/aws/lambda/CodeDeployHook_timeoff-{self.STAGE}-migrate", f"/aws/vendedlogs/timeoff-{self.STAGE}-access"]
        self.assertEqual(groups, {name: 30 for name in names})

    def test_the_dashboard_can_be_read(self):
        body = json.loads(client("cloudwatch").get_dashboard(DashboardName=f"timeoff-{self.STAGE}")["DashboardBody"])
        self.assertGreaterEqual(len(body["widgets"]), 6)
        self.assertNotIn("${", json.dumps(body))
        self.assertNotIn('""', json.dumps(body), "CloudWatch refuses a dimension that is empty")

    def test_a_deployment_migrates_first(self):
        group = client("codedeploy").get_deployment_group(applicationName="timeoff", deploymentGroupName="api")["deploymentGroupInfo"]
        self.assertEqual(group["deploymentConfigName"], "CodeDeployDefault.LambdaAllAtOnce")
        # CloudFormation's own attribute of the alias; there is no call to ask for it.
        policy = self.body["Resources"]["ApiFunctionAliaslive"]["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
        self.assertEqual(policy["BeforeAllowTrafficHook"], {"Ref": "MigrateHook"})
        hook = client("lambda").get_function(FunctionName=f"CodeDeployHook_timeoff-{self.STAGE}-migrate")["Configuration"]
        version = hook["Environment"]["Variables"]["SCHEDULE_VERSION"]
        self.assertEqual(version, self.arn("lambda", f"function:timeoff-{self.STAGE}-schedule:1"))

    def test_outputs(self):
        base = f"https://{self.ids['HttpApi']}.execute-api.{REGION}.amazonaws.com"
        self.assertEqual(self.outputs["BaseUrl"], base)
        for name in ("Events", "Interactivity", "Commands"):
            self.assertEqual(self.outputs[f"Slack{name}Url"], f"{base}/slack/{name.lower()}")
        self.assertEqual(self.outputs["ApiFunctionName"], f"timeoff-{self.STAGE}-api")
        self.assertEqual(self.outputs["ScheduleFunctionName"], f"timeoff-{self.STAGE}-schedule")


class OwnDatabase(Created):
    """What holds for the database that the stack makes."""

    def database(self):
        databases = client("rds").describe_db_instances()["DBInstances"]
        self.assertEqual(len(databases), 1)
        return databases[0]

    def test_the_database(self):
        database = self.database()
        wanted = {
            "Engine": "postgres",
            "EngineVersion": "17",
            "StorageEncrypted": True,
            "StorageType": "gp3",
            "AllocatedStorage": 20,
            "MaxAllocatedStorage": 100,
            "BackupRetentionPeriod": 7,
            "DeletionProtection": True,
            "IAMDatabaseAuthenticationEnabled": True,
            "MasterUsername": "timeoff_owner",
            "PubliclyAccessible": not self.PRIVATE,
        }
        self.assertEqual({key: database[key] for key in wanted}, wanted)
        written = self.body["Resources"]["Database"]
        self.assertEqual((written["DeletionPolicy"], written["UpdateReplacePolicy"]), ("Snapshot", "Snapshot"))
        self.assertEqual(written["Properties"]["CACertificateIdentifier"], "rds-ca-rsa2048-g1")
        # Never in the template, and CloudFormation does not show it.
        self.assertEqual(
            written["Properties"]["MasterUserPassword"],
            {"Fn::Sub": "{{resolve:ssm-secure:/timeoff/${Stage}/schedule/db-owner-password}}"},
        )

    def test_how_the_database_is_set(self):
        group = self.database()["DBParameterGroups"][0]["DBParameterGroupName"]
        parameters = {
            found["ParameterName"]: found["ParameterValue"]
            for found in client("rds").describe_db_parameters(DBParameterGroupName=group)["Parameters"]
        }
        wanted = {
            "rds.force_ssl": "1",
            "max_connections": str(self.DATABASE_CLASS[0]),
            "idle_session_timeout": "600000",
            "idle_in_transaction_session_timeout": "60000",
            "log_error_verbosity": "terse",
        }
        self.assertEqual(parameters, wanted)

    def test_who_reaches_the_database(self):
        groups = self.database()["VpcSecurityGroups"]
        self.assertEqual(len(groups), 1)
        ec2 = client("ec2")
        group = ec2.describe_security_groups(GroupIds=[groups[0]["VpcSecurityGroupId"]])["SecurityGroups"][0]
        self.assertEqual(len(group["IpPermissions"]), 1)
        rule = group["IpPermissions"][0]
        self.assertEqual((rule["IpProtocol"], rule["FromPort"], rule["ToPort"]), ("tcp", 5432, 5432))
        addresses = [found["CidrIp"] for found in rule["IpRanges"]]
        sources = [found["GroupId"] for found in rule["UserIdGroupPairs"]]
        if self.PRIVATE:
            self.assertEqual((addresses, sources), ([], [self.ids["FunctionSecurityGroup"]]))
        else:
            self.assertEqual((addresses, sources), (["0.0.0.0/0"], []))

    def ways_out(self, subnet):
        """Where a subnet's traffic to the internet goes."""
        tables = client("ec2").describe_route_tables(Filters=[{"Name": "association.subnet-id", "Values": [subnet]}])["RouteTables"]
        self.assertEqual(len(tables), 1, "a subnet without a route table of its own")
        routes = [route for route in tables[0]["Routes"] if route["DestinationCidrBlock"] == "0.0.0.0/0"]
        return [route.get("NatGatewayId") or route["GatewayId"] for route in routes]

    def test_the_network(self):
        ec2 = client("ec2")
        subnets = {name: self.ids[name] for name in self.resources("AWS::EC2::Subnet")}
        found = {subnet["SubnetId"]: subnet for subnet in ec2.describe_subnets(SubnetIds=list(subnets.values()))["Subnets"]}
        zones = {found[subnets[name]]["AvailabilityZone"] for name in ("DatabaseSubnetA", "DatabaseSubnetB")}
        self.assertEqual(len(zones), 2)
        out = {name: self.ways_out(subnet) for name, subnet in subnets.items()}
        if self.PRIVATE:
            self.assertEqual(
                out,
                {
                    "DatabaseSubnetA": [],
                    "DatabaseSubnetB": [],
                    "FunctionSubnetA": [self.ids["Nat"]],
                    "FunctionSubnetB": [self.ids["Nat"]],
                    "NatSubnet": [self.ids["Internet"]],
                },
            )
            where = self.function("api")["Configuration"]["VpcConfig"]
            self.assertEqual(set(where["SubnetIds"]), {subnets["FunctionSubnetA"], subnets["FunctionSubnetB"]})
            self.assertEqual(where["SecurityGroupIds"], [self.ids["FunctionSecurityGroup"]])
        else:
            self.assertEqual(out, {"DatabaseSubnetA": [self.ids["Internet"]], "DatabaseSubnetB": [self.ids["Internet"]]})
            self.assertEqual(ec2.describe_nat_gateways()["NatGateways"], [], "the dearest line of the bill")


class ExistingDatabase(Created):
    """What holds when the database is somebody else's."""

    OWN_DATABASE = False

    def test_nothing_of_a_database_is_made(self):
        for kind in ("AWS::RDS::DBInstance", "AWS::RDS::DBParameterGroup", "AWS::EC2::VPC", "AWS::EC2::NatGateway"):
            self.assertEqual(self.resources(kind), set())
        self.assertEqual(self.outputs["DatabaseHost"], EXISTING["ExistingDatabaseHost"])
        self.assertEqual(self.outputs["DatabaseResourceId"], "db-EXISTING")


class EconomyWithItsOwnDatabase(OwnDatabase, unittest.TestCase):
    pass


class PrivateWithItsOwnDatabase(OwnDatabase, unittest.TestCase):
    PARAMETERS = {"Network": "private", "Stage": "prod", "DatabaseInstanceClass": "db.t4g.small"}
    STAGE = "prod"
    PRIVATE = True
    DATABASE_CLASS = (130, 50, 2)


class EconomyWithAnExistingDatabase(ExistingDatabase, unittest.TestCase):
    PARAMETERS = EXISTING


class PrivateWithAnExistingDatabase(ExistingDatabase, unittest.TestCase):
    PARAMETERS = EXISTING | {
        "Network": "private",
        "ExistingSubnetIds": "subnet-0000000000000000a,subnet-0000000000000000b",
        "ExistingSecurityGroupIds": "sg-0000000000000000c",
    }
    PRIVATE = True

    def test_the_functions_are_where_the_database_is(self):
        where = self.function("schedule")["Configuration"]["VpcConfig"]
        self.assertEqual(where["SubnetIds"], ["subnet-0000000000000000a", "subnet-0000000000000000b"])
        self.assertEqual(where["SecurityGroupIds"], ["sg-0000000000000000c"])


class WithEverythingChosen(unittest.TestCase):
    """The parameters that may stay empty."""

    @classmethod
    def setUpClass(cls):
        cls.key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/own"
        cls.body, cls.outputs, cls.ids = emulated().deploy(
            AlarmEmail="ops@example.com",
            OtelEndpoint="https://traces.example.com",
            PublicUrl="https://leave.example.com",
            SecretsKeyArn=cls.key,
            PermissionsBoundary="timeoff-boundary",
            ReserveConcurrency="false",
            DeploymentPreference="Canary10Percent5Minutes",
            ExistingDatabaseIdentifier="leave",
            **EXISTING,
        )

    def test_somebody_is_told(self):
        subscriptions = client("sns").list_subscriptions_by_topic(TopicArn=self.outputs["AlarmTopicArn"])["Subscriptions"]
        self.assertEqual([(found["Protocol"], found["Endpoint"]) for found in subscriptions], [("email", "ops@example.com")])

    def test_traces_and_address(self):
        for name in ("api", "schedule"):
            variables = client("lambda").get_function(FunctionName=f"timeoff-staging-{name}")["Configuration"]["Environment"]["Variables"]
            self.assertEqual(variables["OTEL_EXPORTER_OTLP_ENDPOINT"], "https://traces.example.com")
            self.assertEqual(variables["PUBLIC_URL"], "https://leave.example.com")
        self.assertEqual(self.outputs["SlackEventsUrl"], "https://leave.example.com/slack/events")

    def test_no_role_exceeds_the_boundary(self):
        for name in ("ApiRole", "ScheduleRole", "MinuteRole", "MigrateHookRole", "DeploymentRole"):
            role = client("iam").get_role(RoleName=self.ids[name])["Role"]
            self.assertEqual(
                role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"), f"arn:aws:iam::{ACCOUNT}:policy/timeoff-boundary", name
            )

    def test_the_key_opens_only_the_function_s_own_secrets(self):
        for role, name in (("ApiRole", "api"), ("ScheduleRole", "schedule")):
            document = client("iam").get_role_policy(RoleName=self.ids[role], PolicyName=name)["PolicyDocument"]
            statement = next(found for found in document["Statement"] if found["Sid"] == "OwnSecretsKey")
            self.assertEqual((statement["Action"], statement["Resource"]), ("kms:Decrypt", self.key))
            self.assertEqual(
                statement["Condition"],
                {
                    "StringEquals": {"kms:ViaService": f"ssm.{REGION}.amazonaws.com"},
                    "StringLike": {
                        "kms:EncryptionContext:PARAMETER_ARN": f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/timeoff/staging/{name}/*"
                    },
                },
            )

    def test_nothing_is_reserved(self):
        for name in ("api", "schedule"):
            self.assertNotIn("Concurrency", client("lambda").get_function(FunctionName=f"timeoff-staging-{name}"))

    def test_a_gradual_deployment_stops_at_errors(self):
        group = client("codedeploy").get_deployment_group(applicationName="timeoff", deploymentGroupName="api")["deploymentGroupInfo"]
        self.assertEqual(group["deploymentConfigName"], "CodeDeployDefault.LambdaCanary10Percent5Minutes")
        # moto forgets it.
        written = self.body["Resources"]["ApiFunctionDeploymentGroup"]["Properties"]["AlarmConfiguration"]["Fn::If"]
        self.assertEqual(written, ["Gradual", {"Enabled": True, "Alarms": [{"Name": {"Ref": "ApiErrorsAlarm"}}]}, {}])

    def test_an_existing_database_is_watched_by_its_name(self):
        alarms = {alarm["AlarmName"]: alarm for alarm in client("cloudwatch").describe_alarms()["MetricAlarms"]}
        for name in DATABASE_ALARMS:
            self.assertEqual(alarms[f"timeoff-staging-{name}"]["Dimensions"], [{"Name": "DBInstanceIdentifier", "Value": "leave"}])


if __name__ == "__main__":
    unittest.main()
