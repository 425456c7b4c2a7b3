"""`make demo`: two nights of a small clinic, on a moto server and a slapd that listen on loopback only."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.clinic import REGION, Clinic
from tests.servers.moto import DUMMY, MotoServer
from tests.servers.slapd import ADMINS, COLLECTOR, COLLECTOR_PASSWORD, SlapdServer

CONFIG = """\
organisation:
  name: Riverside Clinic
  timezone: America/New_York

store: sqlite:{home}/evidence.db
key_directory: {home}/key

sources:
  - type: aws
    name: clinic-cloud
    regions: [{region}]
    endpoint_url: {aws}
  - type: directory
    name: staff
    url: {ldap}
    base: dc=example,dc=org
    bind_dn: {collector}
    password: env:DEMO_LDAP_PASSWORD
    ca_file: {ca}
    privileged_groups: ["{admins}"]
"""

DAY = """\
The day between: a bucket is mended, remote desktop is opened, an administrator's MFA is switched off,
an old volume is deleted, and the permission to read key rotation is withdrawn."""

PORTS = (23389, 23636)
"""Where the demo's slapd listens: the same address each time, so that two demos tell the same story."""

TRY = """\
The servers are gone; the evidence stays. Look around:

  export NIGHTLEDGER_CONFIG={home}/nightledger.yaml
  .venv/bin/nightledger drift              what changed between the two nights
  .venv/bin/nightledger status             where each provision of the rule stands
  .venv/bin/nightledger show clinic-exports
  .venv/bin/nightledger show clinic-exports --as-of 1
  .venv/bin/nightledger explain aws-s3-bucket-tls-only
  .venv/bin/nightledger report html -o {home}/report.html
  .venv/bin/nightledger waive --help
  .venv/bin/nightledger verify
"""


def main() -> int:
    """Play both nights into a fresh folder and say what to try; gives the exit code of the last command."""
    home = Path(sys.argv[1] if len(sys.argv) > 1 else "nightledger-data/demo").absolute()
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    os.environ.update(DUMMY)
    with servers(home) as (moto, clinic):
        clinic.open()
        say("The first night")
        nightledger(home, "scan", "--quiet", "--output", "json", show=False)
        nightledger(home, "status", show=False)
        print(nightledger(home, "list", "runs"))
        say(DAY)
        clinic.change()
        moto.front.refused["kms.get_key_rotation_status"] = "AccessDeniedException"
        say("The second night")
        nightledger(home, "scan", "--quiet", "--output", "json", show=False)
        print(nightledger(home, "list", "runs"))
    say("What changed")
    print(nightledger(home, "drift"))
    say("Verify")
    print(nightledger(home, "verify"))
    print(TRY.format(home=home))
    return 0


@contextmanager
def servers(home: Path) -> Iterator[tuple[MotoServer, Clinic]]:
    """Both servers, the clinic's account, and the configuration that points at them."""
    moto = MotoServer().start()
    clinic = Clinic(moto.url)
    try:
        with SlapdServer(ports=PORTS) as slapd:
            ca = home / "ca.pem"
            shutil.copy(slapd.ca_file, ca)
            told = {
                "aws": moto.url,
                "ldap": slapd.url,
                "region": REGION,
                "collector": COLLECTOR,
                "admins": ADMINS,
            }
            (home / "nightledger.yaml").write_text(CONFIG.format(home=home, ca=ca, **told))
            os.environ["DEMO_LDAP_PASSWORD"] = COLLECTOR_PASSWORD
            yield moto, clinic
    finally:
        clinic.close()
        moto.stop()


def nightledger(home: Path, verb: str, *arguments: str, show: bool = True) -> str:
    """Run the real command line as a person would and give what it printed."""
    command = [
        sys.executable,
        "-m",
        "nightledger",
        verb,
        "--config",
        str(home / "nightledger.yaml"),
        *arguments,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in {0, 3}:
        sys.exit(f"nightledger {verb} ended with {done.returncode}: {done.stderr}")
    return done.stdout if show else ""


def say(text: str) -> None:
    """A heading."""
    print(f"\n{text}\n")


if __name__ == "__main__":
    sys.exit(main())
