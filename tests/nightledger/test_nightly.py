from __future__ import annotations

import json
import subprocess
import sys

import pytest

PROGRAM = """
import json, os, sys
from pathlib import Path
from checks.load import all_checks
from config.load import load
from nightledger.nightly import plan_run
catalogue = all_checks()
plan = plan_run(load(Path(sys.argv[1]), dict(os.environ)), catalogue, tuple(catalogue.checks.values()))
print(json.dumps([
    sorted({errand.platform.name for errand in plan.errands}),
    sorted({name.split(".")[1] for name in sys.modules if name.startswith("collectors.") and name.count(".") > 1}),
]))
"""
SOURCES = {
    "aws": "  - {type: aws, name: cloud, regions: [eu-west-1]}\n",
    "hosts": "  - {type: hosts, name: wards, hosts: [{address: ward1}]}\n",
}


@pytest.mark.parametrize("named", [["aws"], ["hosts"], ["aws", "hosts"]])
def test_a_plan_imports_only_the_platforms_that_its_sources_name(tmp_path, named):
    path = tmp_path / "nightledger.yaml"
    path.write_text("organisation: {name: Clinic}\nsources:\n" + "".join(SOURCES[name] for name in named))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path)], capture_output=True, text=True, check=False
    )
    assert not done.returncode, done.stderr
    assert json.loads(done.stdout) == [named, named]
