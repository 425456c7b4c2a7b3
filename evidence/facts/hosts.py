"""The shapes of host facts: what the collectors fill and the checks read. Dates are UTC, YYYY-MM-DD."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict


class Machine(TypedDict):
    """What kind of system this is; `container` is "" on a system with a kernel of its own."""

    os: str
    version: str
    family: str
    kernel: str
    architecture: str
    container: str
    virtual: bool
    systemd: bool


class InstalledScript(TypedDict):
    """The facts script installed on the host: the digest it gives, and whether it is this version's text."""

    sha256: str
    current: bool


class StoredMount(TypedDict):
    """One file system and where it is mounted.

    `storage` is encrypted, plain, memory, network, image (read-only, no data of its own) or unknown; encrypted only
    if every disk below it lies under dm-crypt. `why` says what decided.
    """

    device: str
    fstype: str
    at: list[str]
    storage: str
    why: str


class SwapArea(TypedDict):
    """One swap device or file, with the same words for `storage` as a mount."""

    device: str
    storage: str
    why: str


class CloudArea(TypedDict):
    """What keeps a mount's or a swap area's data, down to the provider's volumes.

    `volumes` are those below its plain part, by the provider's ids; `traced` only if no other disk lies there.
    """

    at: list[str]
    storage: str
    volumes: list[str]
    traced: bool


class CloudDisks(TypedDict):
    """Which machine of a cloud provider ("aws") the host says it is, and what its data lies on there."""

    provider: str
    instance: str
    mounts: list[CloudArea]
    swap: list[CloudArea]


class VolumeBelow(TypedDict):
    """A provider's volume that a host names, as the provider's own account tells it.

    Where it is not `known` to any account that was listed, or not `attached` to that host, the rest says nothing.
    """

    volume: str
    known: bool
    attached: bool
    encrypted: bool


class CloudStorage(TypedDict):
    """A mount or swap area that the host itself leaves plain, and the volumes it lies on; `traced` = on no others."""

    at: list[str]
    traced: bool
    volumes: list[VolumeBelow]


class TimeoutLine(TypedDict):
    """One statement about TMOUT in a start-up file: what it is from then on; `seconds` None = not a plain number.

    0 is no timeout at all. Once it is `readonly`, what follows cannot change it.
    """

    file: str
    seconds: int | None
    readonly: bool
    conditional: bool


class SshOverride(TypedDict):
    """What a Match block sets for those it speaks of."""

    criteria: str
    settings: Mapping[str, str]


class SshServer(TypedDict):
    """What sshd would apply: the settings it reports itself and what its Match blocks change.

    Keywords and values as sshd prints them, in lower case; `overrides` None = its files could not be read.
    """

    settings: Mapping[str, str]
    overrides: list[SshOverride] | None


class SessionManager(TypedDict):
    """What logind applies to idle sessions; None = it never ends them."""

    stop_idle_session_seconds: int | None
    idle_action: str


class GraphicalLogin(TypedDict):
    """The screen lock that dconf holds for all users; `locked` names the keys that users cannot change."""

    managers: list[str]
    idle_delay: int | None
    lock_enabled: bool | None
    lock_delay: int | None
    locked: list[str]


class AuditStatus(TypedDict):
    """The kernel's audit state: `enabled` 0 off, 1 on, 2 on and locked; `running` = auditd is attached."""

    enabled: int
    running: bool


class Service(TypedDict):
    """One systemd unit, in systemd's own words."""

    unit: str
    load: str
    active: str
    enabled: str


class LogForward(TypedDict):
    """One place that rsyslog sends messages to; `selector` says which ("*.*"), "" = whatever reaches the action."""

    target: str
    selector: str
    protocol: str
    tls: bool


class Journal(TypedDict):
    """journald's Storage setting, and whether the directory exists that makes "auto" persistent."""

    storage: str
    directory: bool


class LogStorage(TypedDict):
    """Where journald's messages would lie, and whether what is written there outlives a restart; None = not settled."""

    at: str
    lasting: bool | None


class Authentication(TypedDict):
    """PAM's stack for SSH: a second factor is `enforced` if no path around its module leads to success.

    `password` says that a password must be right as well.
    """

    modules: list[str]
    second_factors: list[str]
    enforced: bool
    password: bool


class Account(TypedDict):
    """An account that can start a session, by its shell."""

    name: str
    shell: str


class Accounts(TypedDict):
    """Who has UID 0, and who has a login shell (local, and what the name service lists)."""

    superusers: list[str]
    logins: list[Account]


class PasswordStates(TypedDict):
    """Accounts whose password is empty, and how many accounts were looked at."""

    empty: list[str]
    accounts: int


class PasswordAgeing(TypedDict):
    """The defaults for new accounts in login.defs; None = not set."""

    max_days: int | None
    min_days: int | None


class HostClock(TypedDict):
    """Seconds since the host started, and its clock minus the collector's."""

    uptime_seconds: int
    offset_seconds: int
