"""The stack, created in an emulated AWS (moto), so that a test can ask that AWS what there is.

The template is transformed as SAM does it, with the parameters that a deployment would give, and created by CloudFormation. Where moto's CloudFormation
lacks a type, or loses what matters of it, the resource is created by calls to the same emulated AWS: `CALLS` and `MADE` name these types.
"""

import atexit
import io
import ipaddress
import json
import logging
import os
import unittest.mock
import warnings
import zipfile
from pathlib import Path

# Before moto is loaded: whatever the caller's account is, it is not asked.
REGION = "us-east-1"
for variable in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[variable]
os.environ.update(AWS_ACCESS_KEY_ID="emulated", AWS_SECRET_ACCESS_KEY="emulated", AWS_DEFAULT_REGION=REGION)
# AWS's own policies, which roles name, are there; a name that is wrong is not.
os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"

import boto3  # noqa: E402
import botocore.exceptions  # noqa: E402
import botocore.parsers  # noqa: E402
import moto.backends  # noqa: E402
import moto.cloudformation.parsing  # noqa: E402
import requests  # noqa: E402
from botocore.config import Config  # noqa: E402
from moto.server import ThreadedMotoServer  # noqa: E402
from samtranslator.translator.transform import transform  # noqa: E402
from samtranslator.yaml_helper import yaml_parse  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT = "123456789012"
BUCKET = "artifacts"

logging.getLogger("werkzeug").setLevel(logging.ERROR)
logging.getLogger("samtranslator").setLevel(logging.ERROR)
logging.getLogger("moto.cloudformation.parsing").setLevel(logging.ERROR)
warnings.filterwarnings("ignore", message="Tried to parse")


def template(path="template.yaml"):
    """A template as it is written."""
    return yaml_parse((ROOT / path).read_text())


def transformed(parameters):
    """The template as CloudFormation gets it: SAM's own types turned into plain ones."""
    written = template()
    for name, resource in written["Resources"].items():
        if "CodeUri" in resource["Properties"]:
            resource["Properties"]["CodeUri"] = f"s3://{BUCKET}/{name}"

    class NoManagedPolicies:
        def load(self):
            return {}

    return transform(written, dict(parameters), NoManagedPolicies())


def without_cidr(value, vpc):
    """moto does not know `Fn::Cidr`."""
    if isinstance(value, dict):
        if "Fn::Cidr" in value:
            _, count, bits = value["Fn::Cidr"]
            subnets = ipaddress.ip_network(vpc).subnets(new_prefix=32 - bits)
            return [str(next(subnets)) for _ in range(count)]
        return {key: without_cidr(inner, vpc) for key, inner in value.items()}
    if isinstance(value, list):
        return [without_cidr(inner, vpc) for inner in value]
    return value


def fitting(shape, value):
    """CloudFormation takes "60" for 60; the calls of the SDK do not."""
    if shape.type_name == "structure" and isinstance(value, dict):
        return {key: fitting(shape.members[key], inner) if key in shape.members else inner for key, inner in value.items()}
    if shape.type_name == "list":
        return [fitting(shape.member, inner) for inner in value]
    if shape.type_name in ("integer", "long") and isinstance(value, str):
        return int(value)
    if shape.type_name in ("double", "float") and isinstance(value, str):
        return float(value)
    if shape.type_name == "map":
        return {key: fitting(shape.value, inner) for key, inner in value.items()}
    if shape.type_name == "string" and isinstance(value, int):
        return str(value)
    if shape.type_name == "boolean" and isinstance(value, str):
        return {"true": True, "false": False}[value]
    return value


def lower_first(value):
    """CodeDeploy's calls begin their names with a small letter."""
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: lower_first(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [lower_first(inner) for inner in value]
    return value


def packed(name, text):
    """A zip file with one file in it."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(name, text)
    return archive.getvalue()


# Type → (service, call, properties → arguments, answer → (id, attributes)).
CALLS = {
    # moto's CloudFormation does not know these.
    "AWS::ApiGatewayV2::Api": (
        "apigatewayv2",
        "create_api",
        dict,
        lambda answer, sent: (answer["ApiId"], {"ApiEndpoint": answer["ApiEndpoint"]}),
    ),
    "AWS::ApiGatewayV2::Integration": ("apigatewayv2", "create_integration", dict, lambda answer, sent: (answer["IntegrationId"], {})),
    "AWS::ApiGatewayV2::Route": ("apigatewayv2", "create_route", dict, lambda answer, sent: (answer["RouteId"], {})),
    "AWS::ApiGatewayV2::Stage": ("apigatewayv2", "create_stage", dict, lambda answer, sent: (answer["StageName"], {})),
    "AWS::CloudWatch::Alarm": (
        "cloudwatch",
        "put_metric_alarm",
        dict,
        lambda answer, sent: (sent["AlarmName"], {}),
    ),
    "AWS::CodeDeploy::Application": (
        "codedeploy",
        "create_application",
        lambda properties: lower_first({"ApplicationName": "timeoff", **properties}),
        lambda answer, sent: (sent["applicationName"], {}),
    ),
    "AWS::CodeDeploy::DeploymentGroup": (
        "codedeploy",
        "create_deployment_group",
        lambda properties: lower_first({"DeploymentGroupName": "api", **properties}),
        lambda answer, sent: (sent["deploymentGroupName"], {}),
    ),
    "AWS::Lambda::Alias": ("lambda", "create_alias", dict, lambda answer, sent: (answer["AliasArn"], {})),
    "AWS::Lambda::EventInvokeConfig": ("lambda", "put_function_event_invoke_config", dict, lambda answer, sent: ("round", {})),
    "AWS::S3::BucketPolicy": (
        "s3",
        "put_bucket_policy",
        lambda properties: {"Bucket": properties["Bucket"], "Policy": json.dumps(properties["PolicyDocument"])},
        lambda answer, sent: ("policy", {}),
    ),
    "AWS::IAM::OIDCProvider": (
        "iam",
        "create_open_id_connect_provider",
        lambda properties: {"Url": properties["Url"], "ClientIDList": properties["ClientIdList"]},
        lambda answer, sent: (answer["OpenIDConnectProviderArn"], {}),
    ),
    # It knows that a subnet has routes, but does not connect them.
    "AWS::EC2::SubnetRouteTableAssociation": ("ec2", "associate_route_table", dict, lambda answer, sent: (answer["AssociationId"], {})),
    # It does not tell a version's number.
    "AWS::Lambda::Version": ("lambda", "publish_version", dict, lambda answer, sent: (answer["FunctionArn"], {"Version": answer["Version"]})),
    "AWS::SNS::Subscription": ("sns", "subscribe", dict, lambda answer, sent: (answer["SubscriptionArn"], {})),
    "AWS::Scheduler::Schedule": ("scheduler", "create_schedule", dict, lambda answer, sent: (sent["Name"], {})),
}


class Called:
    """A resource that a call created, as moto's CloudFormation wants to see it."""

    def __init__(self, identifier, attributes):
        self.physical_resource_id = identifier
        self.attributes = attributes

    def get_cfn_attribute(self, attribute):
        return self.attributes[attribute]

    def is_created(self):
        return True


def make_role(name, properties):
    """moto's CloudFormation keeps policies as they come, without a look at them; the calls check them."""
    iam = client("iam")
    given = {key: value for key, value in properties.items() if key in ("Description", "PermissionsBoundary", "RoleName")}
    given["AssumeRolePolicyDocument"] = json.dumps(properties["AssumeRolePolicyDocument"])
    role = iam.create_role(**{"RoleName": name, **given})["Role"]
    for policy in properties.get("Policies", []):
        document = policy["PolicyDocument"]
        document = document if isinstance(document, str) else json.dumps(document)
        iam.put_role_policy(RoleName=role["RoleName"], PolicyName=policy["PolicyName"], PolicyDocument=document)
    for policy in properties.get("ManagedPolicyArns", []):
        iam.attach_role_policy(RoleName=role["RoleName"], PolicyArn=policy)
    return Called(role["RoleName"], {"Arn": role["Arn"]})


def make_function(name, properties):
    """It forgets the processor and what is reserved."""
    given = {key: value for key, value in properties.items() if key not in ("ReservedConcurrentExecutions", "Tags")}
    if "ZipFile" in given["Code"]:
        given["Code"] = {"ZipFile": packed("index.py", given["Code"]["ZipFile"])}
    answer = asked("lambda", "create_function", given)
    if "ReservedConcurrentExecutions" in properties:
        places = {"FunctionName": answer["FunctionName"], "ReservedConcurrentExecutions": properties["ReservedConcurrentExecutions"]}
        asked("lambda", "put_function_concurrency", places)
    return Called(answer["FunctionName"], {"Arn": answer["FunctionArn"]})


def make_database(name, properties):
    """It forgets the network, the protection and who may log in. Groups come as objects."""
    renamed = {"VPCSecurityGroups": "VpcSecurityGroupIds"}
    given = {renamed.get(key, key): getattr(value, "name", value) for key, value in properties.items()}
    made = asked("rds", "create_db_instance", {"DBInstanceIdentifier": name.lower(), **given})["DBInstance"]
    endpoint = made["Endpoint"]
    attributes = {"Endpoint.Address": endpoint["Address"], "Endpoint.Port": str(endpoint["Port"]), "DbiResourceId": made["DbiResourceId"]}
    return Called(made["DBInstanceIdentifier"], attributes)


def make_bucket(name, properties):
    """It forgets everything but the name."""
    bucket = {"Bucket": properties["BucketName"]}
    asked("s3", "create_bucket", bucket)
    blocked = {"PublicAccessBlockConfiguration": properties["PublicAccessBlockConfiguration"]}
    asked("s3", "put_public_access_block", bucket | blocked)
    rules = [
        {"ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"]}
        for rule in properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    ]
    asked("s3", "put_bucket_encryption", bucket | {"ServerSideEncryptionConfiguration": {"Rules": rules}})
    kept = [
        {
            "ID": rule["Id"],
            "Status": rule["Status"],
            "Filter": {"Prefix": ""},
            "Expiration": {"Days": int(rule["ExpirationInDays"])},
            "AbortIncompleteMultipartUpload": rule["AbortIncompleteMultipartUpload"],
        }
        for rule in properties["LifecycleConfiguration"]["Rules"]
    ]
    asked("s3", "put_bucket_lifecycle_configuration", bucket | {"LifecycleConfiguration": {"Rules": kept}})
    return Called(bucket["Bucket"], {"Arn": f"arn:aws:s3:::{bucket['Bucket']}"})


# Those that moto's CloudFormation knows, but not well enough for what the tests ask.
MADE = {
    "AWS::IAM::Role": make_role,
    "AWS::Lambda::Function": make_function,
    "AWS::RDS::DBInstance": make_database,
    "AWS::S3::Bucket": make_bucket,
}


def asked(service, call, arguments):
    """One call, with arguments as CloudFormation has them."""
    made = client(service)
    operation = made.meta.service_model.operation_model(made.meta.method_to_api_mapping[call])
    return getattr(made, call)(**fitting(operation.input_shape, arguments))


def model_of(kind):
    """What moto's CloudFormation asks to create a resource of this type."""

    class Model:
        @staticmethod
        def has_cfn_attr(_):
            return True

        @staticmethod
        def create_from_cloudformation_json(name, resource, account, region, **_):
            properties = resource.get("Properties", {})
            if kind in MADE:
                return MADE[kind](name, properties)
            service, call, arguments, answered = CALLS[kind]
            sent = arguments(properties)
            return Called(*answered(asked(service, call, sent), sent))

    return Model


class Emulated:
    """One emulated AWS for all tests; `deploy` empties it first."""

    def __init__(self):
        self.server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self.server.start()
        host, port = self.server.get_host_and_port()
        self.url = f"http://{host}:{port}"
        known = dict(moto.cloudformation.parsing.get_model_map())
        known.update({kind: model_of(kind) for kind in (*CALLS, *MADE)})
        parsing = moto.cloudformation.parsing
        unittest.mock.patch.object(parsing, "get_model_map", lambda: known).start()

        clean = parsing.clean_json

        def clean_lists_too(value, resources):
            """CloudFormation leaves out of a list what is `AWS::NoValue`; moto leaves a hole."""
            cleaned = clean(value, resources)
            return [entry for entry in cleaned if entry is not None] if isinstance(cleaned, list) else cleaned

        unittest.mock.patch.object(parsing, "clean_json", clean_lists_too).start()
        self.trouble = None
        create = parsing.parse_and_create_resource

        def create_or_say(name, *arguments, **more):
            try:
                return create(name, *arguments, **more)
            except Exception as error:
                # The answer would only say “Internal Server Error”.
                self.trouble = self.trouble or f"{name}: {error!r}"
                raise

        unittest.mock.patch.object(parsing, "parse_and_create_resource", create_or_say).start()

    def client(self, service):
        return boto3.client(service, endpoint_url=self.url, config=Config(connect_timeout=300, read_timeout=300, retries={"total_max_attempts": 1}))

    def empty(self):
        requests.post(f"{self.url}/moto-api/reset", timeout=300).raise_for_status()

    def create(self, name, body, parameters):
        """Creates a stack and returns its outputs and the ids of its resources, by their names in the template."""
        cloud = self.client("cloudformation")
        self.trouble = None
        try:
            cloud.create_stack(
                StackName=name,
                TemplateBody=json.dumps(body),
                Capabilities=["CAPABILITY_NAMED_IAM"],
                Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
            )
        except (botocore.parsers.ResponseParserError, botocore.exceptions.ClientError) as error:
            raise AssertionError(f"{name} was not created: {self.trouble or error}") from None
        stack = cloud.describe_stacks(StackName=name)["Stacks"][0]
        if stack["StackStatus"] != "CREATE_COMPLETE":
            events = cloud.describe_stack_events(StackName=name)["StackEvents"]
            raise AssertionError(f"{name} is {stack['StackStatus']}: {[e.get('ResourceStatusReason') for e in events]}")
        resources = {}
        for page in cloud.get_paginator("list_stack_resources").paginate(StackName=name):
            resources.update({entry["LogicalResourceId"]: entry["PhysicalResourceId"] for entry in page["StackResourceSummaries"]})
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
        return outputs, resources

    def deploy(self, **parameters):
        """What `sam deploy` would do in an empty account in which the secrets are already."""
        self.empty()
        stage = parameters.setdefault("Stage", "staging")
        storage = self.client("s3")
        storage.create_bucket(Bucket=BUCKET)
        for name in ("ApiFunction", "ScheduleFunction"):
            storage.put_object(Bucket=BUCKET, Key=name, Body=packed("bootstrap", ""))
        body = without_cidr(transformed(parameters), parameters.get("VpcCidr", "10.20.0.0/22"))
        outputs, resources = self.create(f"timeoff-{stage}", body, parameters)
        return body, outputs, resources


_emulated = None


def emulated():
    """The emulated AWS, started when the first test asks."""
    global _emulated
    if _emulated is None:
        _emulated = Emulated()
        atexit.register(_emulated.server.stop)
    return _emulated


def client(service):
    return emulated().client(service)
