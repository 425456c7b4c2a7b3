from __future__ import annotations

import base64
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from collectors.hosts.files import Files
from collectors.hosts.known_hosts import Trust
from collectors.hosts.transport import Phase, Unreachable
from tests.collectors.hosts.test_known_hosts import GOOD, line
from tests.servers import sshd


@pytest.fixture
def keygen() -> Callable[[Path], None]:
    if shutil.which("ssh-keygen") is None:
        why = "ssh-keygen is not installed"
        pytest.fail(why) if os.environ.get("CI") == "true" else pytest.skip(why)
    return sshd.keygen


def test_known_hosts_is_read_once_in_a_scan_and_anew_in_the_next(tmp_path):
    path = tmp_path / "known_hosts"
    path.write_bytes(line("db1", GOOD))
    files = Files()
    assert files.known_hosts(str(path)).judge("db1", 22, GOOD) is Trust.KNOWN
    path.write_bytes(line("db1", GOOD, "@revoked"))
    assert files.known_hosts(str(path)).judge("db1", 22, GOOD) is Trust.KNOWN
    assert Files().known_hosts(str(path)).judge("db1", 22, GOOD) is Trust.REVOKED


def test_without_a_file_nobody_is_trusted(tmp_path):
    assert Files().known_hosts(str(tmp_path / "none")).judge("db1", 22, GOOD) is Trust.UNKNOWN


def test_a_known_hosts_that_cannot_be_read_is_said_to_every_host(tmp_path):
    files = Files()
    for _ in range(2):
        with pytest.raises(Unreachable, match="known_hosts_unreadable") as caught:
            files.known_hosts(str(tmp_path))
        assert caught.value.phase is Phase.HOST_KEY


def test_a_key_is_read_once_and_an_unreadable_one_is_tried_again(tmp_path, keygen):
    path = tmp_path / "key"
    files = Files()
    with pytest.raises(Unreachable, match="key_unreadable"):
        files.key(str(path))
    keygen(path)
    key = files.key(str(path))
    path.unlink()
    assert files.key(str(path)) is key
    assert base64.b64encode(key.asbytes()).decode() == (tmp_path / "key.pub").read_text().split()[1]


def test_two_certificates_for_one_key_are_not_mixed_up(tmp_path, keygen):
    for name in ("key", "authority"):
        keygen(tmp_path / name)
    for name in ("first", "second"):
        sign = ["ssh-keygen", "-q", "-s", tmp_path / "authority", "-I", name, tmp_path / "key.pub"]
        subprocess.run(sign, check=True, capture_output=True)
        (tmp_path / "key-cert.pub").replace(tmp_path / name)
    files = Files()
    first, second = (files.key(str(tmp_path / "key"), str(tmp_path / name)) for name in ("first", "second"))
    assert b"first" in first.public_blob.key_blob
    assert b"second" in second.public_blob.key_blob
    assert files.key(str(tmp_path / "key")).public_blob is None
