"""The three ways to let the facts script run on hosts, as a sudoers file in which the ways not taken are comments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from collectors.hosts.installed import INSTALLED_AT

_SENT = """\
# Way 1, mode: stdin and sudo: true. Nothing is installed; this file goes to /etc/sudoers.d (check it: visudo -c).
# Without a line the facts after it are unknown; nothing else changes."""

_HELPER = f"""
# Way 2, mode: helper. One root-owned script without arguments, and this one line in place of all the lines above:
# {{account}} ALL=(root) NOPASSWD: {INSTALLED_AT} ""
#
# To install the script, and again after an upgrade (its SHA-256 is a fact of every scan):
#   nightledger hosts script > nightledger-facts
#   sudo install -D -o root -g root -m 0755 nightledger-facts {INSTALLED_AT}"""

_FORCED = f"""
# Way 3, mode: forced. The same script and the same line, and a key that can run nothing else; with the scan's
# public key in place of KEY, in the account's authorized_keys, which root owns:
#   restrict,command="{INSTALLED_AT}" KEY"""


def three_ways(rules: Iterable[str], account: str) -> Iterator[str]:
    """The text, line by line; `rules` are the lines of the first way."""
    yield _SENT
    yield from rules
    yield _HELPER.format(account=account)
    yield _FORCED
