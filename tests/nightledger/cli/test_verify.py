import json
import os
import shutil
import sqlite3
import subprocess

import pytest


def alter(desk, sql):
    store = sqlite3.connect(desk.path / "evidence.db")
    with store:
        store.execute(sql)
    store.close()


def test_a_store_as_it_was_sealed_verifies_and_says_it_is_unanchored(run):
    run("scan")
    ended = run("verify")
    assert ended.code == 0
    assert ended.out.startswith("nothing was altered since it was sealed (unanchored: ")
    assert "unanchored" in ended.err
    assert "taken from the store itself" not in ended.err


def test_an_altered_finding_is_named_and_ends_with_4(desk, run):
    run("scan")
    alter(desk, "UPDATE resource SET statuses = 1")
    ended = run("verify", "--output", "json")
    assert ended.code == 4
    assert json.loads(ended.out)["sound"] is False
    assert ended.rows


def test_another_key_than_expected_ends_with_4(run):
    run("scan")
    assert run("verify", "--key", "sha256:" + "0" * 64).code == 4


def test_a_store_elsewhere_needs_no_settings(desk, run):
    run("scan")
    desk.settings("not settings at all")
    ended = run("verify", "evidence.db")
    assert ended.code == 0
    assert "taken from the store itself" in ended.err


def test_a_checkpoint_kept_elsewhere_shows_a_ledger_that_was_cut(desk, run):
    run("scan")
    store = sqlite3.connect(desk.path / "evidence.db")
    (note,) = store.execute("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1").fetchone()
    store.close()
    (desk.path / "note").write_text(note)
    assert run("verify", "--checkpoint", "note").code == 0
    alter(desk, "DELETE FROM checkpoint")
    assert run("verify", "--checkpoint", "note").code == 4


def test_what_is_not_there_ends_with_2(desk, run):
    assert run("verify", "none.db").code == 2
    assert run("verify").code == 2
    assert not (desk.path / "none.db").exists()
    run("scan")
    assert run("verify", "--checkpoint", "none").code == 2
    assert run("verify", "--run", "99").code == 2


def test_a_foreign_store_is_not_held_against_our_own_key(desk, run):
    run("scan")
    (desk.path / "key").rename(desk.path / "home")
    text = (desk.path / "nightledger.yaml").read_text()
    desk.settings(text.replace("evidence.db", "own.db").replace("key_directory: key\n", ""))
    assert run("scan").code == 0
    assert run("verify", "evidence.db").code == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a read-only file system needs root")
def test_a_copy_on_read_only_media_can_be_read_and_verified(desk, run):
    run("scan")
    media = desk.path / "media"
    media.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(media)], check=False).returncode:
        pytest.skip("this machine may not mount a tmpfs")
    try:
        shutil.copy(desk.path / "evidence.db", media)
        subprocess.run(["mount", "-o", "remount,ro", str(media)], check=True)
        assert run("verify", str(media / "evidence.db")).code == 0
        assert run("status", "--data", str(media)).code == 0
        assert "ledger" in run("show", "ledger", "--data", str(media)).out
        refused = run("scan", "--data", str(media))
        assert refused.code == 2
        assert "Traceback" not in refused.err
        assert run("doctor", "--data", str(media)).code == 3
    finally:
        subprocess.run(["umount", str(media)], check=True)
