"""What config says about hosts: which ones, over which way, and how to know them again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from collectors.hosts.inventory import Inventory

KNOWN_HOSTS = "~/.ssh/known_hosts"


class Mode(StrEnum):
    """How the facts script comes to run on a host.

    `stdin`: it is sent, nothing is installed. `helper`: it is sent, and root's part of it is a file installed there
    that one sudo rule allows. `forced`: the key may run that file and nothing else.
    """

    STDIN = "stdin"
    HELPER = "helper"
    FORCED = "forced"


class System(StrEnum):
    """Which system a host runs, and so which script it is sent."""

    LINUX = "linux"
    WINDOWS = "windows"
    MACOS = "macos"


class WayIn(StrEnum):
    """By which protocol a host is reached."""

    SSH = "ssh"
    PSRP = "psrp"

    @property
    def port(self) -> int:
        """Where it listens unless the settings say otherwise."""
        return 22 if self is WayIn.SSH else 5986


@dataclass(frozen=True, slots=True)
class Host:
    """One host polled over SSH or PSRP; `sudo` allows `sudo -n` for the few commands that need root.

    `user` "" is whoever runs the scan; `key_file` is an unencrypted private key, `certificate_file` a certificate
    for it, `agent` lets an agent sign with that key instead; `known_hosts` pins the host's key. `jump` is the host
    to go through, which may have one of its own; of it only the login counts.

    Over PSRP `key_file` and `certificate_file` are a client certificate in PEM, "" a Kerberos ticket, and `ca_file`
    holds the authorities the host's certificate must come from, "" the system's. `tls_ports` are where a TLS
    handshake is tried from here, with those same authorities.
    """

    address: str
    port: int = 22
    user: str = ""
    key_file: str = ""
    known_hosts: str = KNOWN_HOSTS
    sudo: bool = False
    certificate_file: str = ""
    agent: bool = False
    mode: Mode = Mode.STDIN
    jump: Host | None = None
    os: System = System.LINUX
    transport: WayIn = WayIn.SSH
    ca_file: str = ""
    tls_ports: tuple[int, ...] = ()

    @property
    def label(self) -> str:
        """The address, and the port where it is not the protocol's own."""
        return self.address if self.port == self.transport.port else f"{self.address}:{self.port}"


@dataclass(frozen=True, slots=True)
class HostsSource:
    """A group of hosts; `local` adds the machine that the collector itself runs on, `sudo` allows `sudo -n` there.

    `tls_ports` are where a TLS handshake is tried on that machine. `inventories` name further hosts, which are reached
    as `login` says. `ssh_config` is an OpenSSH client configuration that fills in what stands at its default, "" none.
    """

    name: str = "this-machine"
    hosts: tuple[Host, ...] = ()
    local: bool = False
    sudo: bool = False
    tls_ports: tuple[int, ...] = ()
    inventories: tuple[Inventory, ...] = ()
    login: Host = Host("")
    ssh_config: str = ""


THIS_MACHINE = HostsSource(local=True)
"""What is scanned when nothing is configured."""
