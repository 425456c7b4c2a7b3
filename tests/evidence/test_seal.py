from __future__ import annotations

import base64
import shutil
import subprocess

import pytest

from evidence.seal import (
    BadCheckpoint,
    Checkpoint,
    KeyDirectory,
    PublicKey,
    SealError,
    default_key_directory,
)

HEAD = Checkpoint("nightledger/0a1b", 7, bytes(range(32)))

# The signature test vector "TEST 1" key of RFC 8032 section 7.1.
RFC_KEY = PublicKey(bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"))


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    keys = KeyDirectory(tmp_path / "deep" / "keys")
    assert not keys.has_key()
    first, second = keys.signer(), keys.signer()
    assert first.public_key == second.public_key
    assert (keys.path / "signing-key.pem").stat().st_mode & 0o777 == 0o600
    assert keys.path.stat().st_mode & 0o777 == 0o700
    assert [file.name for file in keys.path.iterdir()] == ["signing-key.pem"]


def test_a_checkpoint_reads_as_origin_size_and_root():
    assert HEAD.text() == "nightledger/0a1b\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"


def test_a_note_is_the_text_a_blank_line_and_one_signature_line(tmp_path):
    note = KeyDirectory(tmp_path).signer().sign(HEAD)
    text, _, signature = note.partition("\n\n")
    assert text + "\n" == HEAD.text()
    assert signature.startswith("\N{EM DASH} nightledger/0a1b ")
    assert signature.endswith("\n")
    assert len(base64.b64decode(signature.split(" ")[2])) == 4 + 64


def test_the_key_id_is_that_of_the_signed_note_format():
    # sha256("example.com/log" LF 0x01 key), first four bytes, computed with the sha256sum program.
    assert RFC_KEY.key_id("example.com/log").hex() == "cc714670"


def test_the_signer_opens_its_own_note_and_a_stranger_does_not(tmp_path):
    signer = KeyDirectory(tmp_path / "a").signer()
    stranger = KeyDirectory(tmp_path / "b").signer()
    note = signer.sign(HEAD)
    assert signer.public_key.open(note) == HEAD
    with pytest.raises(BadCheckpoint, match="no signature"):
        stranger.public_key.open(note)


def test_a_note_may_carry_signatures_of_others_too(tmp_path):
    signer, witness = (KeyDirectory(tmp_path / name).signer() for name in "ab")
    note = signer.sign(HEAD) + witness.sign(HEAD).partition("\n\n")[2]
    assert signer.public_key.open(note) == witness.public_key.open(note) == HEAD


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n7\n", "\n8\n"),
        ("\n7\n", "\n07\n"),
        ("0a1b\n7", "0a1c\n7"),
        ("AAEC", "AAED"),
        ("\n\n", "\n"),
        ("AAEC", "A*EC"),
    ],
)
def test_an_altered_note_is_refused(tmp_path, old, new):
    signer = KeyDirectory(tmp_path).signer()
    with pytest.raises(BadCheckpoint):
        signer.public_key.open(signer.sign(HEAD).replace(old, new, 1))


@pytest.mark.parametrize("note", ["", "\n", "a\n1\n", "a\n1\nAA==\nextra\n\n", "\n\n\n\n"])
def test_what_is_no_checkpoint_is_refused(note):
    with pytest.raises(BadCheckpoint):
        RFC_KEY.open(note)


def test_a_damaged_key_file_is_named_and_not_replaced(tmp_path):
    keys = KeyDirectory(tmp_path)
    (tmp_path / "signing-key.pem").write_text("not a key")
    with pytest.raises(SealError, match=r"signing-key\.pem"):
        keys.signer()
    assert (tmp_path / "signing-key.pem").read_text() == "not a key"


def test_a_key_directory_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SealError, match="file"):
        KeyDirectory(tmp_path / "file" / "keys").signer()


def test_the_last_note_is_remembered_per_ledger(tmp_path):
    keys = KeyDirectory(tmp_path)
    note = keys.signer().sign(HEAD)
    keys.remember(HEAD, note)
    assert keys.witness(HEAD.origin) == note
    assert keys.witness("nightledger/other") is None
    assert (keys.other_ledgers(HEAD.origin), keys.other_ledgers("nightledger/other")) == (0, 1)


def test_a_note_that_cannot_be_kept_says_that_the_ledger_was_sealed(tmp_path):
    keys = KeyDirectory(tmp_path)
    note = keys.signer().sign(HEAD)
    keys.witness_file(HEAD.origin).mkdir()
    with pytest.raises(SealError, match="the ledger was sealed, but"):
        keys.remember(HEAD, note)
    assert {file.name for file in tmp_path.iterdir()} == {
        "signing-key.pem",
        keys.witness_file(HEAD.origin).name,
    }


def test_who_else_may_read_the_key_or_replace_it_is_told(tmp_path):
    keys = KeyDirectory(tmp_path / "keys")
    keys.signer()
    assert not keys.open_to_others
    keys.path.chmod(0o777)
    assert keys.open_to_others
    keys.path.chmod(0o700)
    (keys.path / "signing-key.pem").chmod(0o640)
    assert keys.open_to_others


def test_keys_live_under_the_configuration_home(tmp_path):
    assert default_key_directory({"XDG_CONFIG_HOME": "/etc/x"}).path.as_posix() == "/etc/x/nightledger"
    assert default_key_directory({"HOME": "/home/a"}).path.as_posix() == "/home/a/.config/nightledger"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_verifies_the_same_signature(tmp_path):
    signer = KeyDirectory(tmp_path).signer()
    text, _, signature = signer.sign(HEAD).partition("\n\n")
    (tmp_path / "text").write_text(text + "\n")
    (tmp_path / "signature").write_bytes(base64.b64decode(signature.split(" ")[2])[4:])
    key = str(tmp_path / "signing-key.pem")
    verify = ["openssl", "pkeyutl", "-verify", "-rawin", "-inkey", key, "-in", str(tmp_path / "text")]
    answer = subprocess.run(
        [*verify, "-sigfile", str(tmp_path / "signature")], capture_output=True, check=False
    )
    assert b"Signature Verified Successfully" in answer.stdout
