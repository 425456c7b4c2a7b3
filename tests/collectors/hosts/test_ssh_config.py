from __future__ import annotations

import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.hosts.reach import reached
from collectors.hosts.source import Host, HostsSource
from collectors.hosts.ssh_config import ConfigError, applied, subset
from collectors.kind import Unreached
from evidence.model import Reason

PLAIN = """\
# the clinic's servers
Host db !db-old *.ehr
    HostName = db.internal
    Port 2222
    User scanner
    IdentityFile "/keys/of db"
    ProxyJump hop@bastion:2200
Host bastion
    User nobody
    IdentityFile /keys/bastion
Host *
    User fallback
    IdentityFile /keys/any
    UserKnownHostsFile /known
"""

needs_ssh = pytest.mark.skipif(shutil.which("ssh") is None, reason="ssh is not installed")


@pytest.fixture(params=["ssh", "subset"])
def config(request, tmp_path, monkeypatch):
    if request.param == "ssh" and shutil.which("ssh") is None:
        pytest.skip("ssh is not installed")
    if request.param == "subset":
        monkeypatch.setenv("PATH", str(tmp_path))
    path = tmp_path / "config"
    path.write_text(PLAIN)
    return str(path)


def test_ssh_and_the_subset_read_a_plain_configuration_alike(config):
    bastion = Host("bastion", 2200, "hop", "/keys/bastion", "/known")
    assert applied(Host("db"), config) == Host(
        "db.internal", 2222, "scanner", "/keys/of db", "/known", jump=bastion
    )
    assert applied(Host("other"), config) == Host("other", 22, "fallback", "/keys/any", "/known")


def test_what_the_settings_say_stays(config):
    said = Host("db", 22, "me", "/mine", "/mine/known", jump=Host("gate"))
    assert applied(said, config) == Host("db.internal", 2222, "me", "/mine", "/mine/known", jump=Host("gate"))


@pytest.mark.parametrize("line", ["Include other", "Match exec true", "Match all", "ProxyCommand nc %h %p"])
def test_without_ssh_what_is_not_read_is_an_error_not_silence(tmp_path, monkeypatch, line):
    with pytest.raises(ConfigError, match=r"line 2: .* only where ssh is installed"):
        subset(f"Host a\n{line}\n", "b")
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "config").write_text(f"{line}\n")
    (found,) = reached(HostsSource("s", hosts=(Host("a"),), ssh_config=str(tmp_path / "config")))
    assert isinstance(found, Unreached)
    assert (found.name, found.failure.reason) == ("host/a", Reason.NOT_AVAILABLE)


@needs_ssh
def test_with_ssh_an_included_file_counts(tmp_path):
    (tmp_path / "more").write_text("Host a\nPort 2345\n")
    (tmp_path / "config").write_text(f"Include {tmp_path}/more\n")
    assert applied(Host("a"), str(tmp_path / "config")).port == 2345


@needs_ssh
def test_with_ssh_a_proxy_command_and_a_wrong_line_are_errors(tmp_path):
    path = tmp_path / "config"
    path.write_text("ProxyCommand nc %h %p\n")
    with pytest.raises(ConfigError, match="ProxyCommand"):
        applied(Host("a"), str(path))
    path.write_text("Nonsense 1\n")
    with pytest.raises(ConfigError, match="does not accept"):
        applied(Host("a"), str(path))


def test_jump_hosts_that_go_round_in_a_circle_are_an_error(tmp_path):
    path = tmp_path / "config"
    path.write_text("Host a\nProxyJump b\nHost b\nProxyJump a\n")
    with pytest.raises(ConfigError, match="circle"):
        applied(Host("a"), str(path))


@needs_ssh
def test_an_address_is_never_an_option_of_ssh(tmp_path):
    (tmp_path / "config").write_text("")
    with pytest.raises(ConfigError):
        applied(Host("-oProxyCommand=touch /nonexistent/x"), str(tmp_path / "config"))


@given(st.text(), st.text(max_size=20))
def test_any_text_is_read_or_refused_in_our_own_words(text, name):
    try:
        subset(text, name)
    except ConfigError:
        return
