from __future__ import annotations

import re
from pathlib import Path

import pytest

from collectors.hosts.installed import INSTALLED_AT
from config.load import load
from nightledger.sources import poll_sources

DOCS = Path(__file__).parents[2] / "docs"
HOSTS = "".join((DOCS / name).read_text(encoding="utf-8") for name in ("hosts.md", "hosts-windows-macos.md"))


@pytest.mark.parametrize("example", re.findall(r"```yaml\n(.*?)```", HOSTS, re.DOTALL))
def test_the_settings_shown_for_hosts_are_accepted(tmp_path, example):
    lines = example.splitlines()
    indent = len(lines[0]) - len(lines[0].lstrip())
    (tmp_path / "nightledger.yaml").write_text("\n".join(line[indent:] for line in lines) + "\n")
    *_, source = poll_sources(load(tmp_path / "nightledger.yaml", {}))
    assert source.platform == "hosts"


def test_the_script_is_installed_where_the_page_says():
    assert INSTALLED_AT in HOSTS
