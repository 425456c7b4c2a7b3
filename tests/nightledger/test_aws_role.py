from __future__ import annotations

import json
import os
import re
import shutil
import subprocess

import boto3
import pytest

from checks.load import all_checks
from collectors.aws.platform import AwsPlatform
from nightledger.aws_role import cloudformation, terraform_module
from nightledger.permissions import permissions, text
from tests.servers.moto import DUMMY, MotoServer

COLLECTOR = "arn:aws:iam::111122223333:role/collector"
EXTRAS = ["cloudtrail:LookupEvents", "iam:SimulatePrincipalPolicy"]
MANY = [f"service{number:03}:DescribeSomethingOrOther" for number in range(300)]


def shipped():
    return permissions(AwsPlatform(), all_checks().checks.values())


def actions_of(template):
    rows = [
        resource["Properties"]["PolicyDocument"]["Statement"][0]["Action"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::IAM::ManagedPolicy" and "Condition" not in resource
    ]
    return [action for row in rows for action in row]


def test_the_template_grants_what_the_checks_need_and_no_more():
    needed = shipped()
    template = json.loads(text(AwsPlatform(), needed, "cloudformation"))
    assert actions_of(template) == [one.name for one in needed]
    assert template["Resources"]["ReadExtras"]["Condition"] == "WithExtras"
    assert (
        template["Resources"]["ReadExtras"]["Properties"]["PolicyDocument"]["Statement"][0]["Action"]
        == EXTRAS
    )


def test_the_template_of_some_checks_grants_only_theirs():
    one = permissions(AwsPlatform(), [all_checks().checks["aws-s3-bucket-encryption"]])
    template = json.loads(text(AwsPlatform(), one, "cloudformation"))
    assert actions_of(template) == ["s3:GetEncryptionConfiguration", "s3:ListAllMyBuckets"]


def test_no_policy_is_longer_than_iam_takes():
    template = json.loads(cloudformation(MANY, EXTRAS))
    documents = [
        json.dumps(resource["Properties"]["PolicyDocument"], separators=(",", ":"))
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::IAM::ManagedPolicy"
    ]
    assert len(documents) > 2
    assert max(map(len, documents)) <= 6144
    assert actions_of(template) == MANY
    attached = template["Resources"]["Role"]["Properties"]["ManagedPolicyArns"]
    assert len(attached) == len(documents)


def test_the_template_is_one_that_a_linter_of_cloudformation_accepts():
    lint = pytest.importorskip("cfnlint.api", reason="cfn-lint is not installed")
    found = lint.lint_all(text(AwsPlatform(), shipped(), "cloudformation"))
    assert [str(match) for match in found if match.rule.severity in {"error", "warning"}] == []


@pytest.mark.server("moto")
@pytest.mark.parametrize("extras", ["yes", "no"])
def test_a_stack_made_from_the_template_makes_the_role(extras, monkeypatch):
    for name, value in DUMMY.items():
        monkeypatch.setenv(name, value)
    try:
        server = MotoServer().start()
    except (ImportError, OSError) as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no moto server can run here: {error}")
    server.reset()
    stacks, iam = (
        boto3.client(name, "us-east-1", endpoint_url=server.url) for name in ("cloudformation", "iam")
    )
    given = {"CollectorArn": COLLECTOR, "ExternalId": "an id", "Extras": extras}
    stacks.create_stack(
        StackName="nightledger",
        TemplateBody=cloudformation(["ec2:DescribeVolumes"], EXTRAS),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    role = iam.get_role(RoleName="NightledgerRead")["Role"]
    policies = iam.list_policies(Scope="Local")["Policies"]
    for client in (stacks, iam):
        client.close()
    server.stop()
    statement, tags = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"AWS": COLLECTOR}
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "an id"}}
    assert tags["Action"] == "sts:TagSession"
    assert len(policies) == (2 if extras == "yes" else 1)


def test_the_terraform_module_names_the_same_actions():
    needed = shipped()
    module = text(AwsPlatform(), needed, "terraform-module")
    locals_ = module.partition("terraform {")[0]
    assert re.findall(r'"([a-z0-9-]+:[A-Za-z0-9]+)"', locals_) == [one.name for one in needed] + EXTRAS
    assert {"collector_arn", "role_name", "external_id", "extras"} == set(
        re.findall(r'variable "(\w+)"', module)
    )


def test_the_terraform_module_is_written_as_terraform_would_write_it(tmp_path):
    terraform = shutil.which("terraform")
    if terraform is None:
        pytest.skip("terraform is not installed")
    (tmp_path / "main.tf").write_text(terraform_module(MANY, EXTRAS))
    done = subprocess.run(
        [terraform, "fmt", "-check", "-diff", "main.tf"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
