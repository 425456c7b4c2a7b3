"""What a source of hosts takes in the settings file: which hosts, how to log in, and where their names come from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from config.fields import FilePath, Scalar, Section, SourceName, Text

Port = Annotated[int, Field(ge=1, le=65535)]


class Login(Section):
    """How a host is reached over SSH: who logs in, with which key, and who must answer."""

    port: int = Field(default=22, ge=1, le=65535, description="22, or 5986 with `transport: psrp`")
    user: Text | None = Field(default=None, description="the account on the host; else whoever runs the scan")
    key_file: FilePath | None = Field(default=None, description="the private key; no other key is tried")
    certificate_file: FilePath | None = Field(
        default=None,
        description="a user certificate for it; KEY-cert.pub beside the key is found by itself; psrp: in PEM",
    )
    agent: bool = Field(
        default=False, description="let the SSH agent sign, with the key of `key_file`.pub or its only one"
    )
    known_hosts: FilePath | None = Field(default=None, description="where the host's key must stand already")


class JumpHost(Login):
    """A host to go through; only its login counts, nothing is run there."""

    address: Text = Field(description="its name or address, as it stands in known_hosts")
    jump: JumpHost | None = Field(default=None, description="the host to go through to this one")


class HostLogin(Login):
    """How hosts are reached, over SSH unless `transport` says otherwise, and what runs on them."""

    transport: Literal["ssh", "psrp"] = Field(
        default="ssh", description="`ssh`, or `psrp`: PowerShell remoting over HTTPS, for Windows"
    )
    ca_file: FilePath | None = Field(
        default=None,
        description="the authorities of certificates, over psrp and on `tls_ports`; else the system's",
    )
    tls_ports: tuple[Port, ...] = Field(
        default=(), description="where a TLS handshake is tried from here, without sending anything over it"
    )
    jump: JumpHost | None = Field(default=None, description="the host to go through")
    mode: Literal["stdin", "helper", "forced"] = Field(
        default="stdin",
        description="`stdin` sends the script; `helper` has root's part installed; `forced`: the key runs only that",
    )
    os: Literal["linux", "windows", "macos"] = Field(
        default="linux", description="`linux`, `windows` or `macos`"
    )
    sudo: bool = Field(default=False, description="ask sudo, without a password, for what only root may read")

    @model_validator(mode="after")
    def _one_way_to_root(self) -> HostLogin:
        if self.sudo and self.mode != "stdin":
            raise ValueError(
                "sudo: true is for mode: stdin; the installed script has one sudo rule of its own"
            )
        if self.os != "linux" and self.mode != "stdin":
            raise ValueError(f"os: {self.os} is sent its script each time; mode: {self.mode} is for Linux")
        return self

    @model_validator(mode="after")
    def _one_protocol(self) -> HostLogin:
        if self.transport == "ssh":
            if self.ca_file and not self.tls_ports:
                raise ValueError(
                    "ca_file is for transport: psrp and tls_ports; known_hosts pins a host's SSH key"
                )
            return self
        if self.os != "windows":
            raise ValueError("transport: psrp is for os: windows")
        if of_ssh := sorted(self.model_fields_set & {"agent", "jump", "known_hosts"}):
            raise ValueError(f"{', '.join(of_ssh)}: for transport: ssh only")
        if (self.key_file is None) != (self.certificate_file is None):
            raise ValueError("psrp takes certificate_file and key_file together, or neither for Kerberos")
        return self


class Host(HostLogin):
    """One host reached over SSH or PSRP."""

    address: Text = Field(description="its name or address, as it stands in known_hosts or its certificate")


class HostInventory(Section):
    """A file or another source that names hosts; they are reached as `login` says."""

    hosts_file: FilePath | None = Field(default=None, description="a text file, one ADDRESS[:PORT] on a line")
    ansible: FilePath | None = Field(
        default=None,
        description="an Ansible inventory, or a .json file with the output of ansible-inventory --list",
    )
    groups: tuple[Text, ...] = Field(default=(), description="only these groups of the Ansible inventory")
    source: SourceName | None = Field(
        default=None,
        description="the name of an `aws` source, for its running instances, or of a `directory`, for its computers",
    )
    tags: dict[str, Scalar] = Field(
        default_factory=dict, description="only instances with all of these tags of AWS"
    )

    @model_validator(mode="after")
    def _one_file(self) -> HostInventory:
        if sum(one is not None for one in (self.hosts_file, self.ansible, self.source)) != 1:
            raise ValueError("an inventory is one of hosts_file, ansible and source")
        if self.groups and self.ansible is None:
            raise ValueError("groups are those of an Ansible inventory")
        if self.tags and self.source is None:
            raise ValueError("tags are those of an AWS source")
        return self


class HostsSource(Section):
    """This machine, or other hosts, or both."""

    type: Literal["hosts"] = Field(description="`hosts`")
    name: SourceName = Field(description="how reports call it; another name begins another history")
    local: bool = Field(default=False, description="also look at the machine the scan runs on")
    sudo: bool = Field(default=False, description="ask sudo on that machine for what only root may read")
    tls_ports: tuple[Port, ...] = Field(
        default=(), description="where a TLS handshake is tried on that machine"
    )
    hosts: tuple[Host, ...] = Field(default=(), description="the hosts to look at")
    inventories: tuple[HostInventory, ...] = Field(
        default=(), description="what else names hosts: files, other sources"
    )
    login: HostLogin = Field(
        default_factory=HostLogin, description="how the hosts of `inventories` are reached"
    )
    ssh_config: FilePath | None = Field(
        default=None, description="an OpenSSH client configuration; fills in what is left at its default"
    )

    @model_validator(mode="after")
    def _somewhere_to_look(self) -> HostsSource:
        if not self.local and not self.hosts and not self.inventories:
            raise ValueError("a hosts source needs hosts or inventories, or local: true for this machine")
        if (self.sudo or self.tls_ports) and not self.local:
            raise ValueError("sudo and tls_ports here are for local: true; hosts and login have their own")
        return self
