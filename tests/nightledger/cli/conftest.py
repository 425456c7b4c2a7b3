import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from nightledger.cli import main

ROOT = Path(__file__).parents[3]
PLUGIN = Path(__file__).parent / "plugin"


@dataclass
class Ended:
    code: int
    out: str
    err: str

    @property
    def rows(self):
        return json.loads(self.out)["rows"]


@dataclass
class Desk:
    """A directory with settings and a world, where commands run as they would for a person."""

    path: Path
    environ: dict[str, str]

    def world(self, boxes, **more):
        (self.path / "world.json").write_text(json.dumps({"boxes": boxes, **more}))

    def settings(self, text):
        (self.path / "nightledger.yaml").write_text(text)

    def start(self, *arguments, **more):
        return subprocess.Popen(
            [sys.executable, "-m", "nightledger", *arguments],
            cwd=self.path,
            env={**self.environ, **more.pop("environ", {})},
            stdin=subprocess.DEVNULL,
            stdout=more.pop("stdout", subprocess.PIPE),
            stderr=more.pop("stderr", subprocess.PIPE),
            text=True,
            **more,
        )

    def __call__(self, *arguments, **more):
        with self.start(*arguments, **more) as process:
            out, err = process.communicate(timeout=120)
        return Ended(process.returncode, out or "", err)

    def here(self, monkeypatch, *arguments):
        """The same without a new process: quicker, for all that does not end it."""
        out, err = io.StringIO(), io.StringIO()
        for name, value in self.environ.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(self.path)
        monkeypatch.syspath_prepend(str(PLUGIN))
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)
        try:
            code = main(arguments)
        except SystemExit as left:
            code = left.code
        return Ended(code, out.getvalue(), err.getvalue())


SETTINGS = """\
organisation: {{name: Example Clinic, timezone: America/New_York}}
store: sqlite:evidence.db
key_directory: key
sources:
  - {{type: plugin, name: store-room, platform: demo, settings: {{world: {world}}}}}
"""


@pytest.fixture
def desk(tmp_path):
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path / "home"),
        "XDG_DATA_HOME": str(tmp_path / "home" / "data"),
        "XDG_CONFIG_HOME": str(tmp_path / "home" / "config"),
        "PYTHONPATH": f"{ROOT}{os.pathsep}{PLUGIN}",
        "PYTHONWARNINGS": "error",
        "LC_ALL": "C.UTF-8",
    }
    made = Desk(tmp_path, environ)
    made.settings(SETTINGS.format(world=tmp_path / "world.json"))
    made.world({"ledger": 3, "petty-cash": 1, "shed": None})
    return made


@pytest.fixture
def run(desk, monkeypatch):
    return lambda *arguments: desk.here(monkeypatch, *arguments)
