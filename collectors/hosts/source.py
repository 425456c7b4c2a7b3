"""What config says about hosts: which ones, over which way, and how to know them again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Host:
    """One host polled over SSH; `sudo` allows `sudo -n` for the few commands that need root.

    `user` "" is whoever runs the scan; `key_file` is an unencrypted private key, `known_hosts` the file that pins the host's key.
    """

    address: str
    port: int = 22
    user: str = ""
    key_file: str = ""
    known_hosts: str = "~/.ssh/known_hosts"
    sudo: bool = False


@dataclass(frozen=True, slots=True)
class HostsSource:
    """A group of hosts; `local` adds the machine that the collector itself runs on, `sudo` allows `sudo -n` there."""

    name: str = "this-machine"
    hosts: tuple[Host, ...] = ()
    local: bool = False
    sudo: bool = False


THIS_MACHINE = HostsSource(local=True)
"""What is scanned when nothing is configured."""
