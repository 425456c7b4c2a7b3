"""CPU per account, and whose key signs, when one process looks into many accounts: `python bench/aws_accounts.py`.

60 accounts x 5 services x 4 regions against a stub in a process of its own. Each request names the account it is
meant for; the stub compares that with the key and the token it was signed with, and counts what does not fit.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from collectors.aws.client import AwsClient  # noqa: E402 - after the path is set
from collectors.aws.clients import Clients  # noqa: E402 - see above
from collectors.aws.kind import AwsKind  # noqa: E402 - see above
from collectors.aws.platform import AwsPlatform  # noqa: E402 - see above
from collectors.aws.source import Source  # noqa: E402 - see above
from collectors.kind import Found, lists  # noqa: E402 - see above
from collectors.plan import plan_kind, specs  # noqa: E402 - see above
from collectors.poll import Errand, poll  # noqa: E402 - see above

ACCOUNTS = 60
REGIONS = ("us-east-1", "us-east-2", "us-west-2", "eu-west-1")
EACH = 5
LATENCY_S = 0.02
BAR_MS = 100
OWN_KEY = "AKIAIOSFODNN7EXAMPLE"
OWN_ACCOUNT = "999999999999"


def account(number: int) -> str:
    return f"1{number:011}"


def key_of(of: str) -> str:
    return f"ASIA{of}KEYS"


class Seen:
    """What the stub saw: requests by service and account, and those signed with the wrong key."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.requests: Counter[str] = Counter()
        self.accounts: set[str] = set()
        self.leaks: list[str] = []

    def note(self, service: str, signer: str, leak: str) -> None:
        with self.lock:
            self.requests[service] += 1
            self.accounts.add(signer)
            if leak:
                self.leaks.append(leak)


SEEN = Seen()


class Stub(BaseHTTPRequestHandler):
    """STS, Organizations and one list per service, for whoever signs; the answers are the signer's."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        seen = {"requests": SEEN.requests, "accounts": len(SEEN.accounts), "leaks": SEEN.leaks}
        self._answer("application/json", json.dumps(seen))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        signature = re.search(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/", self.headers["Authorization"])
        key, region, service = signature.groups()
        signer = OWN_ACCOUNT if key == OWN_KEY else key[4:16]
        SEEN.note(service, signer, self._leak(service, signer, key, body))
        # Answers that take a while make the accounts' calls overlap.
        time.sleep(LATENCY_S)
        kind, text = _ANSWERS[service](body, signer, region)
        self._answer(kind, text)

    def _leak(self, service: str, signer: str, key: str, body: str) -> str:
        own = key == OWN_KEY
        token = self.headers.get("X-Amz-Security-Token")
        if token != (None if own else f"token-of-{signer}"):
            return f"{service}: the key of {signer} came with another token"
        if service == "organizations" or "AssumeRole" in body:
            return "" if own else f"{service}: asked with the key of {signer}"
        meant = re.findall(r"\b1[0-9]{11}\b", body)
        if set(meant) - {signer}:
            return f"{service}: a request about {meant} was signed by {signer}"
        return "" if meant or service == "sts" else f"{service}: the request names no account"

    def _answer(self, kind: str, text: str) -> None:
        data = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("x-amzn-RequestId", "stub")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


def _sts(body: str, signer: str, _region: str) -> tuple[str, str]:
    if "AssumeRole" not in body:
        arn = f"arn:aws:sts::{signer}:assumed-role/audit/nightledger"
        inner = (
            f"<GetCallerIdentityResult><Arn>{arn}</Arn><Account>{signer}</Account></GetCallerIdentityResult>"
        )
        return "text/xml", f"<GetCallerIdentityResponse>{inner}</GetCallerIdentityResponse>"
    wanted = re.search(r"iam%3A%3A(\d{12})", body)[1]
    keys = (
        f"<AccessKeyId>{key_of(wanted)}</AccessKeyId><SecretAccessKey>not-a-secret</SecretAccessKey>"
        f"<SessionToken>token-of-{wanted}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>"
    )
    inner = f"<AssumeRoleResult><Credentials>{keys}</Credentials></AssumeRoleResult>"
    return "text/xml", f"<AssumeRoleResponse>{inner}</AssumeRoleResponse>"


def _organizations(_body: str, _signer: str, _region: str) -> tuple[str, str]:
    rows = [{"Id": account(number), "State": "ACTIVE"} for number in range(ACCOUNTS)]
    return "application/x-amz-json-1.1", json.dumps({"Accounts": rows})


def _arns(service: str, signer: str, region: str) -> list[str]:
    return [f"arn:aws:{service}:{region}:{signer}:thing-{number}" for number in range(EACH)]


def _ec2(_body: str, signer: str, region: str) -> tuple[str, str]:
    rows = "".join(f"<item><snapshotId>{arn}</snapshotId></item>" for arn in _arns("ec2", signer, region))
    return (
        "text/xml",
        f"<DescribeSnapshotsResponse><snapshotSet>{rows}</snapshotSet></DescribeSnapshotsResponse>",
    )


def _rds(_body: str, signer: str, region: str) -> tuple[str, str]:
    rows = "".join(
        f"<DBSnapshot><DBSnapshotArn>{arn}</DBSnapshotArn></DBSnapshot>"
        for arn in _arns("rds", signer, region)
    )
    inner = f"<DescribeDBSnapshotsResult><DBSnapshots>{rows}</DBSnapshots></DescribeDBSnapshotsResult>"
    return "text/xml", f"<DescribeDBSnapshotsResponse>{inner}</DescribeDBSnapshotsResponse>"


def _sqs(_body: str, signer: str, region: str) -> tuple[str, str]:
    return "application/x-amz-json-1.0", json.dumps({"QueueUrls": _arns("sqs", signer, region)})


def _logs(_body: str, signer: str, region: str) -> tuple[str, str]:
    rows = [{"arn": arn} for arn in _arns("logs", signer, region)]
    return "application/x-amz-json-1.1", json.dumps({"logGroups": rows})


def _kms(_body: str, signer: str, region: str) -> tuple[str, str]:
    rows = [{"AliasArn": arn} for arn in _arns("kms", signer, region)]
    return "application/x-amz-json-1.1", json.dumps({"Aliases": rows, "Truncated": False})


_ANSWERS = {
    "sts": _sts,
    "organizations": _organizations,
    "ec2": _ec2,
    "rds": _rds,
    "sqs": _sqs,
    "logs": _logs,
    "kms": _kms,
}


class Snapshot(AwsKind):
    """One EC2 snapshot, of the account that the request names."""

    kind, service, part = "aws.ec2.thing", "ec2", "region"
    keep: ClassVar = {"describe_snapshots": "Snapshots[]{SnapshotId}"}

    @lists()
    def every(self, ec2: AwsClient) -> Iterator[Found]:
        for page in ec2.pages("describe_snapshots", OwnerIds=[ec2.account]):
            yield from (Found(row["SnapshotId"], "") for row in page["Snapshots"])


class DatabaseSnapshot(AwsKind):
    """One RDS snapshot; the account is asked for as if it were an instance."""

    kind, service, part = "aws.rds.thing", "rds", "region"
    keep: ClassVar = {"describe_db_snapshots": "DBSnapshots[]{DBSnapshotArn}"}

    @lists()
    def every(self, rds: AwsClient) -> Iterator[Found]:
        for page in rds.pages("describe_db_snapshots", DBInstanceIdentifier=rds.account):
            yield from (Found(row["DBSnapshotArn"], "") for row in page["DBSnapshots"])


class Queue(AwsKind):
    """One SQS queue; the account is asked for as a prefix."""

    kind, service, part = "aws.sqs.thing", "sqs", "region"
    keep: ClassVar = {"list_queues": "QueueUrls"}

    @lists()
    def every(self, sqs: AwsClient) -> Iterator[Found]:
        for page in sqs.pages("list_queues", QueueNamePrefix=sqs.account):
            yield from (Found(url, "") for url in page["QueueUrls"])


class LogGroup(AwsKind):
    """One log group; the account is asked for as a prefix."""

    kind, service, part = "aws.logs.thing", "logs", "region"
    keep: ClassVar = {"describe_log_groups": "logGroups[]{arn}"}

    @lists()
    def every(self, logs: AwsClient) -> Iterator[Found]:
        for page in logs.pages("describe_log_groups", logGroupNamePrefix=logs.account):
            yield from (Found(row["arn"], "") for row in page["logGroups"])


class Alias(AwsKind):
    """One KMS alias; the account is asked for as a key."""

    kind, service, part = "aws.kms.thing", "kms", "region"
    keep: ClassVar = {"list_aliases": "Aliases[]{AliasArn}"}

    @lists()
    def every(self, kms: AwsClient) -> Iterator[Found]:
        for page in kms.pages("list_aliases", KeyId=kms.account):
            yield from (Found(row["AliasArn"], "") for row in page["Aliases"])


KINDS = (Snapshot, DatabaseSnapshot, Queue, LogGroup, Alias)


def look(url: str) -> dict[str, Any]:
    """Poll every account and say what it cost this process."""
    platform = AwsPlatform(Clients())
    platform.kinds = lambda: KINDS  # type: ignore[method-assign]
    plans = {name: plan_kind(spec, []) for name, spec in specs([platform]).items()}
    source = Source("bench", organization=True, role_name="audit", regions=REGIONS, endpoint_url=url)
    wall, cpu = time.monotonic(), time.process_time()
    results = list(poll([Errand(platform, "bench", source, plans)]))
    spent = {"wall_s": time.monotonic() - wall, "cpu_s": time.process_time() - cpu}
    platform.close()
    strangers = sum(
        o.resource.uid.split(":")[4] != r.unit.target.removeprefix("aws/")
        for r in results
        for o in r.observations
    )
    return {
        "units": len(results),
        "resources": sum(len(r.observations) for r in results),
        "incomplete": sum(c.status.value != "complete" for r in results for c in r.coverage),
        "resources_of_another_account": strangers,
        "wall_s": round(spent["wall_s"], 2),
        "cpu_s": round(spent["cpu_s"], 2),
        "cpu_s_with_imports": round(time.process_time(), 2),
        "cpu_ms_per_account": round(spent["cpu_s"] * 1000 / ACCOUNTS, 1),
        "peak_rss_mib": int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) // 1024,
    }


def serve() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    server.daemon_threads = True
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    server.shutdown()


def main() -> None:
    if sys.argv[1:] == ["stub"]:
        serve()
        return
    os.environ |= {"AWS_ACCESS_KEY_ID": OWN_KEY, "AWS_SECRET_ACCESS_KEY": "not-a-secret"}
    os.environ |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        os.environ.pop(name, None)
    with subprocess.Popen(
        [sys.executable, __file__, "stub"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as stub:
        url = stub.stdout.readline().strip()
        figures = look(url)
        with urllib.request.urlopen(url) as answer:
            seen = json.load(answer)
        stub.stdin.close()
    figures |= {"requests": sum(seen["requests"].values()), "requests_by_service": seen["requests"]}
    figures |= {"accounts": seen["accounts"] - 1, "credential_leaks": len(seen["leaks"])}
    figures["requests_per_account"] = round(figures["requests"] / ACCOUNTS, 1)
    print(json.dumps(figures, indent=2))
    bad = figures["cpu_ms_per_account"] > BAR_MS or seen["leaks"] or figures["resources_of_another_account"]
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
