import json
import re
import textwrap
from pathlib import Path

import pytest

from collectors.aws.platform import AwsPlatform
from config.load import parse
from nightledger.cli import build
from nightledger.docs import ROOT

TEXT = (ROOT / "docs" / "aws.md").read_text(encoding="utf-8")


def blocks(language):
    return [textwrap.dedent(found) for found in re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)]


@pytest.mark.parametrize("text", blocks("yaml"))
def test_the_settings_shown_are_valid(text):
    (source,) = parse(text, Path("nightledger.yaml"), {}).sources
    assert source.type == "aws"


@pytest.mark.parametrize("text", blocks("json"))
def test_the_policy_shown_is_json_and_lets_the_collector_list_and_assume(text):
    actions = json.dumps(json.loads(text))
    assert "organizations:ListAccounts" in actions
    assert "sts:AssumeRole" in actions


def test_the_commands_shown_are_ones_the_command_line_knows():
    shown = re.findall(r"^ *nightledger ([^\n>]+)", "\n".join(blocks("sh")), re.MULTILINE)
    assert shown
    for command in shown:
        build().parse_args(command.split())


def test_what_only_the_templates_extras_grant_is_explained():
    assert all(f"`{extra}`" in TEXT for extra in AwsPlatform.extras)
