"""A moto server on loopback behind a front that counts, refuses, throttles or delays chosen operations.

As a program (`python -m tests.servers.moto [LATENCY_MS]`) it prints its URL and serves until stdin closes.
"""

from __future__ import annotations

import io
import json
import os
import random
import re
import socket
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.serving import make_server

from tests.servers.remembering import Remembering, read_body
from tests.servers.rest_routes import operation_of

S3_READS = {
    "encryption": "get_bucket_encryption",
    "versioning": "get_bucket_versioning",
    "logging": "get_bucket_logging",
    "policy": "get_bucket_policy",
    "policyStatus": "get_bucket_policy_status",
    "acl": "get_bucket_acl",
    "publicAccessBlock": "get_public_access_block",
    "location": "get_bucket_location",
    "object-lock": "get_object_lock_configuration",
    "ownershipControls": "get_bucket_ownership_controls",
    "replication": "get_bucket_replication",
    "lifecycle": "get_bucket_lifecycle_configuration",
}
SIGNED = {"monitoring": "cloudwatch"}
"""Services that sign with another name than the SDK calls them."""
DUMMY = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "not-a-secret",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
}


class Front:
    """A WSGI application before moto's: what it is told per operation ("s3.get_bucket_acl") decides."""

    def __init__(self, app: Callable[..., Iterable[bytes]], latency: float = 0.0) -> None:
        self._app = app
        self._latency = latency
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        self.refused: dict[str, str] = {}
        # What moto lacks is answered here until a test says otherwise.
        self.canned: dict[str, Any] = {
            "ssm.describe_instance_information": {"InstanceInformationList": []},
            "ssm.describe_instance_patch_states": {"InstancePatchStates": []},
            "ec2.get_snapshot_block_public_access_state": snapshot_block("unblocked"),
            "ec2.describe_snapshots public": _public_snapshots,
            "ec2.describe_client_vpn_endpoints": "<DescribeClientVpnEndpointsResponse><clientVpnEndpoint/></DescribeClientVpnEndpointsResponse>",
            "appstream.describe_fleets": {"Fleets": []},
            "artifact.list_customer_agreements": {"customerAgreements": []},
            "artifact.list_reports": {"reports": []},
            "accessanalyzer.list_analyzers": {"analyzers": []},
            "backup.list_backup_selections": {"BackupSelectionsList": []},
            "healthlake.list_fhir_datastores": {"DatastorePropertiesList": []},
            "redshift-serverless.list_workgroups": {"workgroups": []},
            "redshift-serverless.list_namespaces": {"namespaces": []},
            "backup.describe_region_settings": {"ResourceTypeOptInPreference": {}},
            "backup.list_protected_resources": {"Results": []},
            "backup.list_restore_jobs": {"RestoreJobs": []},
            "guardduty.list_findings": {"findingIds": []},
            "inspector2.list_coverage": {"coveredResources": []},
        }
        self.before: dict[str, Callable[[], None]] = {}
        self.after: dict[str, Callable[[], None]] = {}
        self.jitter: Callable[[], float] = lambda: 0.0
        self.throttle_every = 0
        self.throttle_share = 0.0
        self.throttled = 0
        self._dice = random.Random(20261122)
        self.page_size = 0
        self.counts: Counter[str] = Counter()
        self.keys: list[tuple[str, str]] = []
        self.seen: list[str] = []

    @property
    def requests(self) -> int:
        return sum(self.counts.values())

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith("/moto-api"):
            return self._app(environ, start_response)
        operation, protocol, region = self._identify(environ)
        environ["front.operation"] = operation
        number = self._note(operation, region, environ)
        time.sleep(self._latency + self.jitter())
        before = self.before.pop(operation, None)
        if before is not None:
            before()
        answer = self._own_answer(operation, region, protocol, number)
        after = self.after.pop(operation, None)
        if after is not None:
            after()
        if answer is None:
            regions = operation == "s3.list_buckets" and "max-buckets" in environ.get("QUERY_STRING", "")
            return (
                _with_regions(self._app, environ, start_response)
                if regions
                else self._app(environ, start_response)
            )
        status, kind, body = answer
        start_response(
            f"{status} X",
            [
                ("Content-Type", kind),
                ("Content-Length", str(len(body))),
                ("x-amzn-RequestId", f"front-{number}"),
            ],
        )
        return [body]

    def _note(self, operation: str, region: str, environ: dict[str, Any]) -> int:
        key = re.search(r"Credential=([^/]+)/", environ.get("HTTP_AUTHORIZATION", ""))
        with self._lock:
            self.counts[operation] += 1
            self.seen.append(f"{region}/{operation}")
            self.keys.append((operation, key[1] if key else ""))
            return self.requests

    def _own_answer(
        self, operation: str, region: str, protocol: str, number: int
    ) -> tuple[int, str, bytes] | None:
        if self._too_many(number):
            return _error(
                protocol, "Throttling" if protocol != "s3" else "SlowDown", 503 if protocol == "s3" else 400
            )
        code = self.refused.get(operation) or self.refused.get(f"{region}/{operation}")
        if code:
            return _error(protocol, code, 403)
        canned = self.canned.get(operation)
        if canned is not None:
            answer = canned(region) if callable(canned) else canned
            if isinstance(answer, str):
                return 200, "text/xml", answer.encode()
            return 200, "application/x-amz-json-1.1", json.dumps(answer).encode()
        return None

    def _too_many(self, number: int) -> bool:
        with self._lock:
            hit = bool(self.throttle_every) and number % self.throttle_every == 0
            hit = hit or self._dice.random() < self.throttle_share
            self.throttled += hit
            return hit

    def _identify(self, environ: dict[str, Any]) -> tuple[str, str, str]:
        scope = re.search(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/", environ.get("HTTP_AUTHORIZATION", ""))
        region, service = (scope[1], scope[2]) if scope else ("", "unsigned")
        target = environ.get("HTTP_X_AMZ_TARGET")
        if self.page_size:
            self._shorten(environ)
        if target:
            name = SIGNED.get(service, service)
            return f"{name}.{_snake(target.rpartition('.')[2])}", "json", region
        if service == "s3":
            return _s3_operation(environ), "s3", region
        rest = operation_of(service, environ["REQUEST_METHOD"], environ["PATH_INFO"])
        if rest is not None:
            return rest, "xml" if service == "cloudfront" else "json", region
        body = read_body(environ)
        form = urllib.parse.parse_qs(body.decode())
        if service == "elasticloadbalancing":
            service = "elb" if form.get("Version") == ["2012-06-01"] else "elbv2"
        name = _snake(form.get("Action", ["unknown"])[0]) + (" public" if "RestorableBy.1" in form else "")
        return f"{service}.{name}", "ec2" if service == "ec2" else "query", region

    def _shorten(self, environ: dict[str, Any]) -> None:
        """Ask for pages of this size, whether the request says how many in a form, in JSON or in its address."""
        body = re.sub(_FORM_PAGE, rb"\g<1>=%d" % self.page_size, read_body(environ))
        body = re.sub(_JSON_PAGE, rb'"\g<1>": %d' % self.page_size, body)
        environ["CONTENT_LENGTH"] = str(len(body))
        environ["wsgi.input"] = io.BytesIO(body)
        query = environ.get("QUERY_STRING", "").encode()
        environ["QUERY_STRING"] = re.sub(_FORM_PAGE, rb"\g<1>=%d" % self.page_size, query).decode()


_FORM_PAGE = rb"\b((?i:MaxResults|MaxRecords|PageSize|MaxItems|limit))=[0-9]+"
_JSON_PAGE = rb'"((?i:MaxResults|MaxRecords|MaxItems|Limit|PageSize))": ?[0-9]+'


def snapshot_block(state: str) -> str:
    return f"<GetSnapshotBlockPublicAccessStateResponse><state>{state}</state></GetSnapshotBlockPublicAccessStateResponse>"


def _public_snapshots(region: str) -> str:
    # moto ignores RestorableBy and would answer with every snapshot.
    from moto.ec2.models import ec2_backends  # noqa: PLC0415 - reads its settings when imported

    rows = [
        f"<item><snapshotId>{snapshot.id}</snapshotId><encrypted>{str(snapshot.encrypted).lower()}</encrypted></item>"
        for backends in ec2_backends.values()
        for snapshot in backends[region].snapshots.values()
        if "all" in snapshot.create_volume_permission_groups
    ]
    return (
        f"<DescribeSnapshotsResponse><snapshotSet>{''.join(rows)}</snapshotSet></DescribeSnapshotsResponse>"
    )


def _with_regions(
    app: Callable[..., Iterable[bytes]], environ: dict[str, Any], start_response: Callable[..., Any]
) -> Iterable[bytes]:
    # S3 says each bucket's region when it is asked with a parameter; moto never does.
    from moto.s3.models import s3_backends  # noqa: PLC0415 - reads its settings when imported

    regions = {
        name.encode(): bucket.region_name.encode()
        for account in s3_backends.values()
        for backend in account.values()
        for name, bucket in backend.buckets.items()
    }
    told: list[tuple[str, list[tuple[str, str]]]] = []
    body = b"".join(app(environ, lambda status, headers, *_: told.append((status, headers))))
    body = re.sub(
        rb"<Name>([^<]+)</Name>",
        lambda name: b"%b<BucketRegion>%b</BucketRegion>" % (name[0], regions[name[1]]),
        body,
    )
    status, headers = told[0]
    others = [pair for pair in headers if pair[0].lower() != "content-length"]
    start_response(status, [*others, ("Content-Length", str(len(body)))])
    return [body]


def _s3_operation(environ: dict[str, Any]) -> str:
    if environ["PATH_INFO"].startswith("/v20180820/"):
        return f"s3control.{environ['REQUEST_METHOD'].lower()}_public_access_block"
    if environ["REQUEST_METHOD"] != "GET":
        return f"s3.{environ['REQUEST_METHOD'].lower()}"
    if environ["PATH_INFO"].strip("/") == "":
        return "s3.list_buckets"
    names = urllib.parse.parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    return "s3." + next((S3_READS[name] for name in names if name in S3_READS), "get")


def _error(protocol: str, code: str, status: int) -> tuple[int, str, bytes]:
    inner = f"<Code>{code}</Code><Message>told to refuse: {code}</Message>"
    match protocol:
        case "json":
            body = json.dumps({"__type": code, "code": code, "message": f"told to refuse: {code}"})
            return 400, "application/x-amz-json-1.1", body.encode()
        case "s3":
            return status, "application/xml", f"<Error>{inner}</Error>".encode()
        case "ec2":
            xml = f"<Response><Errors><Error>{inner}</Error></Errors><RequestID>r</RequestID></Response>"
            return status, "text/xml", xml.encode()
        case _:
            xml = f"<ErrorResponse><Error>{inner}</Error><RequestId>r</RequestId></ErrorResponse>"
            return status, "text/xml", xml.encode()


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


class MotoServer:
    """A real HTTP server in a thread of this process; `front` says what it does to whom."""

    def __init__(self, latency: float = 0.0) -> None:
        os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
        from moto.server import (  # noqa: PLC0415 - reads its settings when imported
            DomainDispatcherApplication,
            MotoRequestHandler,
            create_backend_app,
        )

        class Handler(MotoRequestHandler):
            protocol_version = "HTTP/1.1"
            # Small answers must not wait for the other side's delayed acknowledgement.
            wbufsize = -1
            disable_nagle_algorithm = True

            def log(self, *_: Any) -> None:
                pass

            def log_request(self, *_: Any) -> None:
                pass

        self.front = Front(Remembering(DomainDispatcherApplication(create_backend_app)), latency)
        self._server = make_server("127.0.0.1", 0, self.front, threaded=True, request_handler=Handler)
        self._server.daemon_threads = True
        self._server.log = lambda *_a, **_k: None
        self._server.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> MotoServer:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def reset(self) -> None:
        request = urllib.request.Request(f"{self.url}/moto-api/reset", method="POST")
        with urllib.request.urlopen(request):
            self.front.clear()


def main() -> None:
    latency = float(sys.argv[1]) / 1000 if len(sys.argv) > 1 else 0.0
    server = MotoServer(latency).start()
    print(server.url, flush=True)  # noqa: T201 - its only output
    for line in sys.stdin:
        if line.strip() == "counts":
            print(json.dumps(server.front.counts), flush=True)  # noqa: T201 - its only output
        else:
            server.front.clear()
            print("{}", flush=True)  # noqa: T201 - its only output


if __name__ == "__main__":
    main()
