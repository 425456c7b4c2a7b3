"""Hosts made ready from a root of scripts/roots, for tests to break one by one, and what a scan over SSH says of them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import pytest

from checks.judge import judge
from checks.load import all_checks
from collectors.hosts.installed import program
from collectors.hosts.linux import LinuxHost
from collectors.hosts.platform import HostsPlatform
from collectors.hosts.source import Host, HostsSource
from collectors.plan import plan_kind, specs
from collectors.poll import Errand, poll
from evidence.model import Fact, Missing, Status
from tests.servers import netns
from tests.servers.netns import Keys, NetnsHost

CHECKS = [check for check in all_checks().checks.values() if "host.linux" in check.on]
SCRIPTS = Path(__file__).parent / "roots"


def cannot(why: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one scan of one host gave: its uid, its facts, and the verdict of each check."""

    uid: str
    facts: Mapping[str, Fact | Missing]
    verdicts: Mapping[str, Status]


@dataclass(frozen=True, slots=True)
class Lab:
    """A host that was made ready once, as directories over which hosts of single tests start."""

    root: str
    directory: Path
    keys: Keys

    @classmethod
    def made(cls, root: str, directory: Path, script: str) -> Lab:
        """Run this script of `roots/` in a bare host of `root`; skips, or fails where CI=true, where it cannot."""
        if why := netns.why_not(root):
            cannot(why)
        directory.mkdir(exist_ok=True)
        lab = cls(root, directory, Keys.made(directory))
        given = directory / "given/opt/test"
        shutil.copytree(SCRIPTS, given)
        (given / "nightledger-facts").write_bytes(program())
        shutil.copy(lab.keys.key.with_suffix(".pub"), given)
        boot = f". /opt/test/{script}"
        with netns.running(directory / "ready", lab.keys, *lab._bare(), boot=boot):
            return lab

    @contextmanager
    def host(self, directory: Path, boot: str = ":") -> Iterator[NetnsHost]:
        """A host of its own over the one made ready, on which `boot` was done first."""
        below = (self.directory / "ready/upper", *self._bare())
        with netns.running(directory, self.keys, *below, boot=boot) as running:
            yield running

    def image(self, directory: Path) -> Path:
        """The host made ready as an ext4 file system in a file, which a host can start from in place of directories."""
        target = directory / "image"
        copy = f"cd {directory} && mkdir plain && mount --bind root plain && mke2fs -q -t ext4 -d plain {target} 600M"
        with self.host(directory) as host:
            subprocess.run(["nsenter", "-t", host.first, "-m", "sh", "-c", copy], check=True)
        return target

    def _bare(self) -> tuple[Path, ...]:
        return self.directory / "given", netns.ROOTS / self.root


def scan(*logins: Host) -> list[Seen]:
    """What one scan of these hosts over SSH gives, in their order; each must have answered."""
    platform = HostsPlatform()
    spec = specs([platform])[LinuxHost.kind]
    source = HostsSource("roots", logins)
    results = poll([Errand(platform, "hosts", source, {spec.name: plan_kind(spec, spec.fact_names)})])
    found = {}
    for result in results:
        (observation,) = result.observations
        findings = judge(result, CHECKS, datetime.now(UTC).date())
        facts = {**observation.facts, **observation.volatile}
        verdicts = {one.check: one.status for one in findings}
        found[result.unit.target] = Seen(observation.resource.uid, facts, verdicts)
    return [found[f"host/{login.label}"] for login in logins]
