import pickle
import sys
import types

import pytest

from config.secrets import Secret, SecretError


def test_a_secret_is_read_at_the_moment_of_use(monkeypatch):
    secret = Secret("env:LDAP_PASSWORD")
    monkeypatch.setenv("LDAP_PASSWORD", "first")
    assert secret() == "first"
    monkeypatch.setenv("LDAP_PASSWORD", "rotated")
    assert secret() == "rotated"


def test_nothing_about_a_secret_shows_its_value(monkeypatch):
    monkeypatch.setenv("LDAP_PASSWORD", "hunter2")
    secret = Secret("env:LDAP_PASSWORD")
    secret()
    assert "hunter2" not in repr(secret) + str(secret) + repr(pickle.dumps(secret))


@pytest.mark.parametrize(
    "literal", ["hunter2", "", "env:", "env:a b", "file:relative", "keyring:only", "aws:x"]
)
def test_a_literal_is_refused_without_repeating_it(literal):
    with pytest.raises(SecretError, match="never literally") as caught:
        Secret(literal)
    assert literal == "" or literal not in str(caught.value)


def test_a_file_gives_its_text_without_the_last_newline(tmp_path):
    path = tmp_path / "password"
    path.write_text(" spaced \n")
    assert Secret(f"file:{path}")() == " spaced "


def test_what_cannot_be_read_is_said_by_reference(tmp_path, monkeypatch):
    monkeypatch.delenv("NOT_SET", raising=False)
    monkeypatch.setenv("EMPTY", "")
    (tmp_path / "binary").write_bytes(b"\xff")
    (tmp_path / "large").write_bytes(b"x" * 70_000)
    for reference, message in {
        "env:NOT_SET": "is not set",
        "env:EMPTY": "is empty",
        f"file:{tmp_path}/none": "No such file",
        f"file:{tmp_path}": "directory",
        f"file:{tmp_path}/binary": "not UTF-8",
        f"file:{tmp_path}/large": "larger than",
    }.items():
        with pytest.raises(SecretError, match=message):
            Secret(reference)()


def test_a_keyring_is_asked_by_service_and_user(monkeypatch):
    ring = types.ModuleType("keyring")
    ring.get_password = lambda service, user: {("ldap", "reader"): "from the ring"}.get((service, user))
    monkeypatch.setitem(sys.modules, "keyring", ring)
    assert Secret("keyring:ldap/reader")() == "from the ring"
    with pytest.raises(SecretError, match="holds no secret"):
        Secret("keyring:ldap/other")()
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(SecretError, match="needs the keyring package"):
        Secret("keyring:ldap/reader")()
