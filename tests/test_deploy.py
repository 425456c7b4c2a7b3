import os
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[1] / "deploy" / "systemd"


def test_systemd_accepts_the_units():
    if shutil.which("systemd-analyze") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("systemd-analyze is not installed")
        pytest.skip("systemd-analyze is not installed")
    files = sorted(map(str, UNITS.iterdir()))
    done = subprocess.run(["systemd-analyze", "verify", *files], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_a_unit_starts_is_a_command_we_have():
    text = "\n".join(path.read_text() for path in UNITS.glob("*.service"))
    started = [
        line.split("nightledger ", 1)[1] for line in text.splitlines() if line.startswith("ExecStart=")
    ]
    assert sorted(started) == ["scan --quiet", "schedule"]


def test_no_unit_changes_what_a_scan_of_this_machine_sees():
    settings = [line for path in UNITS.iterdir() for line in path.read_text().splitlines() if "=" in line]
    names = {line.partition("=")[0] for line in settings if not line.startswith("#")}
    assert not names & {"ProtectSystem", "ProtectHome", "PrivateTmp", "PrivateDevices", "NoNewPrivileges"}
