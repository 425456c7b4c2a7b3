"""A missing extra disables only its own kinds, visibly: every command in an interpreter where no extra can be imported."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

WITHOUT = Path(__file__).parent / "without"
SDKS = ("boto3", "botocore", "ldap3", "paramiko", "pypsrp", "pandas", "jinja2", "psycopg")
AWS, DIRECTORY, HOSTS, PSRP, REPORT, POSTGRES = (
    f"pip install 'nightledger[{extra}]'"
    for extra in ("aws", "directory", "hosts", "psrp", "report", "postgres")
)
SOURCES = """\
sources:
  - {type: hosts, name: here, local: true}
  - {type: aws, name: production}
  - {type: directory, name: staff, url: "ldaps://127.0.0.1:1", base: "dc=x"}
  - type: hosts
    name: far
    hosts: [{address: 127.0.0.1, port: PORT, user: night}, {address: 127.0.0.2, os: windows, transport: psrp}]
"""


@pytest.fixture
def without(desk):
    """Runs a command where these packages, by default all, are not installed."""

    def run(*arguments, absent=SDKS):
        path = os.pathsep.join([str(WITHOUT), desk.environ["PYTHONPATH"]])
        return desk(*arguments, environ={"PYTHONPATH": path, "ABSENT": ",".join(absent)})

    return run


@pytest.fixture
def configured(desk):
    with listening() as port:
        kept = "store: sqlite:evidence.db\nkey_directory: key\n"
        desk.settings(kept + SOURCES.replace("PORT", str(port)))
        yield desk


@contextmanager
def listening():
    """A port where something calls itself an SSH server."""

    def serve(server):
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            with client:
                client.sendall(b"SSH-2.0-nobody\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_the_packages_cannot_be_imported_there(desk):
    environ = {**desk.environ, "PYTHONPATH": str(WITHOUT), "ABSENT": ",".join(SDKS)}
    script = f"from importlib.util import find_spec; print([name for name in {SDKS} if find_spec(name)])"
    done = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, check=True)
    assert done.stdout == b"[]\n"


@pytest.mark.parametrize(
    "words",
    [
        ("list", "checks"),
        ("explain", "host.linux"),
        ("explain", "aws.s3.bucket"),
        ("explain", "aws-s3-bucket-encryption"),
        ("permissions", "aws"),
        ("permissions", "aws", "--format", "cloudformation"),
        ("permissions", "directory"),
        ("permissions", "hosts"),
    ],
    ids=" ".join,
)
def test_what_is_generated_from_declarations_needs_no_extra(run, without, words):
    ended = without(*words)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == run(*words).out


def test_kinds_are_listed_with_what_to_install(without):
    states = {row["kind"]: row["state"] for row in without("list", "kinds", "--output", "json").rows}
    by_platform = {"aws": AWS, "directory": DIRECTORY}
    assert {kind: by_platform.get(kind.partition(".")[0], "enabled") for kind in states} == states
    assert {AWS, DIRECTORY, "enabled"} <= set(states.values())


def test_settings_for_what_is_not_installed_yet_can_be_written(without):
    words = ("--organisation", "Clinic", "--timezone", "UTC", "--file", "new.yaml", "--yes")
    ended = without("init", "--source", "aws", "--source", "directory", *words)
    assert ended.code == 0, ended.err
    assert "access-analyzer:ListAnalyzers" in ended.out


def test_a_scan_goes_on_for_the_other_sources(configured, without):
    ended = without("scan", "--output", "json")
    assert ended.code == 3, ended.err
    seen = {row["target"] for row in ended.rows if row["status"] in {"pass", "fail"}}
    assert seen == {"host/localhost"}
    assert f"aws cannot be looked at: its extra is not installed ({AWS})" in ended.err
    for place, hint in (
        ("aws/production", AWS),
        ("directory/staff", DIRECTORY),
        ("host/127.0.0.1", HOSTS),
        ("host/127.0.0.2", PSRP),
    ):
        (line,) = (line for line in ended.err.splitlines() if "not seen" in line and place in line)
        assert f"(not available, {hint})" in line
    assert without("verify").code == 0


def test_every_kind_of_the_missing_extra_is_failed_coverage(configured, without):
    asked = {kind for row in without("list", "checks", "--output", "json").rows for kind in row["on"]}
    ended = without("scan", "production", "--output", "json")
    unseen = json.loads(ended.out)["unseen"]
    assert ended.code == 3
    assert {row["status"] for row in ended.rows} == {"unknown"}
    assert {kind for kind in asked if kind.startswith("aws.")} <= {line.split(" in ")[0] for line in unseen}
    assert {line.split(": ")[1] for line in unseen} == {f"failed (not available, {AWS})"}


def test_doctor_prints_its_rows_and_one_says_what_is_missing(configured, without):
    ended = without("doctor", "--output", "json")
    assert ended.code == 3, ended.err
    rows = {(row["subject"], row["what"]): row for row in ended.rows}
    assert rows["installation", "aws kinds"]["state"] == "gap"
    assert rows["installation", "aws kinds"]["detail"] == f"disabled; {AWS}"
    assert rows["installation", "directory kinds"]["detail"] == f"disabled; {DIRECTORY}"
    assert rows["host/localhost", "principal"]["state"] == "ok"
    told = {row["subject"].partition(":")[0]: row["detail"] for row in ended.rows if row["state"] == "gap"}
    assert (AWS in told["aws/production"], HOSTS in told["host/127.0.0.1"]) == (True, True)


def test_an_extra_that_no_source_needs_is_no_gap(desk, without):
    desk.settings(
        "store: sqlite:evidence.db\nkey_directory: key\nsources: [{type: hosts, name: here, local: true}]\n"
    )
    rows = without("doctor", "--output", "json").rows
    assert [row["state"] for row in rows if row["what"] == "aws kinds"] == ["untried"]
    assert "cannot be looked at" not in without("scan").err


@pytest.mark.parametrize("form", ["html", "csv"])
def test_a_report_without_its_extra_ends_with_what_to_install(desk, without, form):
    assert without("scan").code == 0
    ended = without("report", form, "-o", f"out.{form}")
    assert (ended.code, ended.out) == (2, "")
    assert "nightledger[report]" in ended.err
    assert without("report", "json", "-o", "out.json").code == 0


def test_a_store_on_postgres_without_its_extra_ends_with_what_to_install(desk, without):
    desk.settings("store: postgresql://127.0.0.1:1/x\nsources: [{type: hosts, name: here, local: true}]\n")
    ended = without("scan")
    assert (ended.code, POSTGRES in ended.err) == (2, True)


def test_enrolling_a_host_without_its_extra_ends_with_what_to_install(configured, without):
    with listening() as port:
        ended = without("hosts", "enrol", f"127.0.0.1:{port}")
    assert (ended.code, HOSTS in ended.err) == (2, True), ended.err
