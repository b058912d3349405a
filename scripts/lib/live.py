"""What `sam deploy` needs of the alias `live`, after scripts/restart or scripts/roll-back moved it behind CloudFormation's back.

    live.py as-recorded NOTE [OPTION…]   points `live` at the versions that the stack recorded, and notes in NOTE what it moved
    live.py as-before NOTE [OPTION…]     moves back what was noted, unless a newer version was deployed meanwhile

OPTION… are those of `sam deploy`: they say which stack. CodeDeploy refuses a deployment (“alias version does not match”) that does
not begin at the version that CloudFormation knows; and one that publishes no version must not change what is live.
"""

import json
import os
import pathlib
import re
import sys
import tomllib

import boto3
from botocore.exceptions import ClientError


def stack_name(options):
    """As sam finds it: named, or of the environment in samconfig.toml."""
    given = {}
    for option, value in zip(options, [*options[1:], ""]):
        if option.startswith("--"):
            name, equals, inline = option.partition("=")
            given[name] = inline if equals else value
    if "--stack-name" in given:
        return given["--stack-name"]
    config = tomllib.loads(pathlib.Path(given.get("--config-file", "samconfig.toml")).read_text())
    return config.get(given.get("--config-env", "default"), {}).get("deploy", {}).get("parameters", {}).get("stack_name")


def recorded(session, stack):
    """The version of each function, as the stack has it; nothing while there is no stack or something is changed in it."""
    cloud = session.client("cloudformation")
    try:
        status = cloud.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
    except ClientError as error:
        if "does not exist" in str(error):
            return {}
        raise
    versions = {}
    if status.endswith("_COMPLETE"):
        for page in cloud.get_paginator("list_stack_resources").paginate(StackName=stack):
            for resource in page["StackResourceSummaries"]:
                if resource["ResourceType"] == "AWS::Lambda::Version" and not resource["ResourceStatus"].startswith("DELETE"):
                    if re.match("(Api|Schedule)FunctionVersion", resource["LogicalResourceId"]):
                        function, version = resource["PhysicalResourceId"].split(":")[-2:]
                        versions[function] = version
    return versions


def move(functions, function, version):
    functions.update_alias(FunctionName=function, Name="live", FunctionVersion=version, RoutingConfig={"AdditionalVersionWeights": {}})


def main(what, note, *options):
    session = boto3.session.Session(region_name=os.environ.get("AWS_REGION"))
    functions = session.client("lambda")
    stack = stack_name(options)
    note = pathlib.Path(note)
    if not stack or (what == "as-before" and not note.exists()):
        return
    known = recorded(session, stack)
    if what == "as-recorded":
        moved = {}
        for function, version in known.items():
            live = functions.get_alias(FunctionName=function, Name="live")["FunctionVersion"]
            if live != version:
                move(functions, function, version)
                moved[function] = [live, version]
                print(f"{function}: version {live} was live; for this deployment it is {version}, which CloudFormation knows")
        note.write_text(json.dumps(moved))
        return
    for function, (live, version) in json.loads(note.read_text()).items():
        if known.get(function) == version:
            move(functions, function, live)
            print(f"{function}: no newer version was deployed, and version {live} is live again")


main(*sys.argv[1:])
