from __future__ import annotations

import pytest

from evidence.model import Status
from tests.collectors.hosts.lab import Lab, scan

P, F, U = Status.PASS, Status.FAIL, Status.UNKNOWN


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Lab:
    return Lab.made("dnf", tmp_path_factory.mktemp("dnf"), "dnf.sh")


CACHES = {
    "an advisory speaks of the version that waits": ("/opt/test/repository 1.1", F, ["records-viewer"], P),
    "dnf is told to leave the package as it is": (
        "/opt/test/repository 1.1; printf '[main]\\nexclude=records-*\\n' >/etc/dnf/dnf.conf", U, [], P
    ),
    "an advisory speaks of the version that is installed": ("/opt/test/repository 1.0", P, [], P),
    "the repository has no list of advisories": ("/opt/test/repository", U, [], U),
    "the list of advisories is empty": ("/opt/test/repository none", U, [], U),
    "nothing was ever fetched": ("rm -r /var/cache/dnf", U, [], U),
    "the cache is a month old": (
        "/opt/test/repository 1.0; touch -d '30 days ago' /var/cache/dnf/*/repodata/*", U, [], U
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CACHES)
def test_security_updates_pass_only_where_a_fresh_list_of_advisories_was_read(lab, tmp_path, name):
    boot, verdict, pending, fresh = CACHES[name]
    with lab.host(tmp_path, boot) as host:
        (seen,) = scan(host.login("nightledger"))
    assert (seen.verdicts["host-security-updates"], seen.verdicts["host-package-lists-fresh"]) == (
        verdict,
        fresh,
    )
    found = seen.facts["pending_updates"]
    assert found["security"] == pending


def test_what_dnf_itself_says_where_there_are_no_advisories_would_be_a_false_pass(lab, tmp_path):
    with lab.host(tmp_path, "/opt/test/repository") as host:
        said = host.run(
            "dnf -q -C check-update --security; echo ended with $?; dnf -q -C check-update || true"
        )
    assert "ended with 0" in said
    assert "records-viewer.noarch" in said


def test_what_rpm_has_installed_is_the_inventory(lab, tmp_path):
    with lab.host(tmp_path) as host:
        (seen,) = scan(host.login("nightledger"))
    assert seen.facts["package_inventory"]["packages"] == ["records-viewer 0:1.0-1 noarch"]
    assert seen.facts["machine"]["family"] == "redhat"
