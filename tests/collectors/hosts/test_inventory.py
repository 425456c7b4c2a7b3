from __future__ import annotations

import json
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.hosts.inventory import OVER_PSRP, AnsibleInventory, HostFile, InventoryError, Named, address
from collectors.hosts.platform import HostsPlatform, HostTarget
from collectors.hosts.reach import reached
from collectors.hosts.source import Host, HostsSource, Mode
from collectors.kind import Unreached

# As ansible-inventory 2.19 --list prints it for an INI file of two groups, one below the other.
LISTED = {
    "_meta": {
        "hostvars": {
            "db1": {"ansible_host": "10.0.0.5", "ansible_port": 2222, "ansible_user": "scanner"},
            "web1": {"http_port": 80},
            "here": {"ansible_connection": "local"},
            "win1": {"ansible_connection": "winrm"},
        }
    },
    "all": {"children": ["ungrouped", "ehr"]},
    "ehr": {"hosts": ["db1"], "children": ["web"]},
    "web": {"hosts": ["web1"]},
    "ungrouped": {"hosts": ["here", "win1"]},
}


@pytest.fixture
def listed(tmp_path):
    path = tmp_path / "hosts.json"
    path.write_text(json.dumps(LISTED))
    return str(path)


def test_every_host_that_is_reached_over_ssh_is_named_as_ansible_reaches_it(listed):
    assert list(AnsibleInventory(listed).hosts()) == [Named("10.0.0.5", 2222, "scanner"), Named("web1")]


def test_over_psrp_the_hosts_that_ansible_reaches_so_are_named(listed):
    assert list(AnsibleInventory(listed, connections=OVER_PSRP).hosts()) == [Named("win1")]


def test_groups_bring_the_groups_below_them(listed):
    assert len(list(AnsibleInventory(listed, ("ehr",)).hosts())) == 2
    assert list(AnsibleInventory(listed, ("web",)).hosts()) == [Named("web1")]


def test_a_group_that_is_not_there_is_an_error_not_an_empty_list(listed):
    with pytest.raises(InventoryError, match="no group 'wbe'"):
        list(AnsibleInventory(listed, ("wbe",)).hosts())


def test_a_group_may_contain_itself(tmp_path):
    path = tmp_path / "hosts.json"
    path.write_text(json.dumps({"_meta": {}, "all": {"children": ["all"], "hosts": ["a"]}}))
    assert list(AnsibleInventory(str(path)).hosts()) == [Named("a")]


def test_an_address_that_ansible_would_still_have_to_work_out_is_an_error(tmp_path):
    path = tmp_path / "hosts.json"
    hosts = {"_meta": {"hostvars": {"a": {"ansible_host": "{{ip}}"}}}, "all": {"hosts": ["a"]}}
    path.write_text(json.dumps(hosts))
    with pytest.raises(InventoryError, match="cannot be used"):
        list(AnsibleInventory(str(path)).hosts())


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "[ehr]\ndb1\n", '{"_meta": '])
def test_anything_but_the_output_of_ansible_inventory_is_an_error(tmp_path, text):
    path = tmp_path / "hosts.json"
    path.write_text(text)
    with pytest.raises(InventoryError, match="not the output of ansible-inventory"):
        list(AnsibleInventory(str(path)).hosts())


@given(st.recursive(st.none() | st.text() | st.integers(), lambda inner: st.dictionaries(st.text(), inner)))
def test_any_json_is_read_or_refused_in_our_own_words(tmp_path_factory, value):
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_text(json.dumps({"_meta": {"hostvars": value}, "all": value}))
    try:
        list(AnsibleInventory(str(path)).hosts())
    except InventoryError:
        return


def command(directory, monkeypatch, text: str) -> None:
    path = directory / "ansible-inventory"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{directory}:/usr/bin:/bin")


def test_another_inventory_is_listed_by_ansible_s_own_command(listed, tmp_path, monkeypatch):
    command(tmp_path, monkeypatch, f'[ "$*" = "-i {tmp_path}/inventory --list" ] && cat {listed}')
    assert len(list(AnsibleInventory(f"{tmp_path}/inventory").hosts())) == 2


def test_a_command_that_fails_or_is_not_there_is_an_error(tmp_path, monkeypatch):
    command(tmp_path, monkeypatch, "echo '{\"_meta\": {}}'; exit 4")
    with pytest.raises(InventoryError, match="could not list"):
        list(AnsibleInventory("inventory").hosts())
    (tmp_path / "ansible-inventory").unlink()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InventoryError, match="not installed"):
        list(AnsibleInventory("inventory").hosts())


def test_a_host_file_holds_an_address_on_a_line(tmp_path):
    path = tmp_path / "hosts"
    path.write_text("# servers\ndb1\n\n db2:2222  # the new one\n[2001:db8::1]:22\n2001:db8::2\n")
    expected = [Named("db1"), Named("db2", 2222), Named("2001:db8::1", 22), Named("2001:db8::2")]
    assert list(HostFile(str(path)).hosts()) == expected


@pytest.mark.parametrize(
    "line", ["-oProxyCommand=id", "a b", "a:b", "a:0", "a:65536", "a:", "user@a", "[a", "a\x1b[2J"]
)
def test_a_line_that_is_no_address_is_an_error_with_its_number(tmp_path, line):
    path = tmp_path / "hosts"
    path.write_text(f"db1\n{line}\n")
    with pytest.raises(InventoryError, match="line 2"):
        list(HostFile(str(path)).hosts())


@given(st.text())
def test_an_address_is_never_an_option_and_never_empty(word):
    found = address(word)
    assert found is None or (found.address and not found.address.startswith("-"))


def test_the_hosts_of_an_inventory_are_reached_as_the_login_says_and_none_twice(listed):
    login = Host("", user="nightledger", key_file="/k", mode=Mode.FORCED, jump=Host("bastion"))
    source = HostsSource("s", hosts=(Host("web1"),), inventories=(AnsibleInventory(listed),), login=login)
    jump, forced = Host("bastion"), Mode.FORCED
    db = Host("10.0.0.5", 2222, "scanner", "/k", mode=forced, jump=jump)
    assert list(reached(source)) == [Host("web1"), db]
    assert [target.name for target in HostsPlatform().targets(source)] == ["host/web1", "host/10.0.0.5:2222"]


def test_an_inventory_that_cannot_be_read_is_a_target_not_reached_beside_the_others(tmp_path):
    path = tmp_path / "missing"
    source = HostsSource("s", hosts=(Host("a"),), inventories=(HostFile(str(path)),))
    target, lost = HostsPlatform().targets(source)
    assert isinstance(target, HostTarget)
    assert isinstance(lost, Unreached)
    assert (lost.name, lost.failure.code) == (f"host/inventory:{path}", "inventory_unreadable")
