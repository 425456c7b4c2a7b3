"""What records, keeps and forwards events: the kernel's audit, services, rsyslog, journald."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.hosts.parsers.storage import stored
from collectors.hosts.parsers.text import Line, filed, lines, number, pairs, unreadable
from evidence.facts.hosts import AuditStatus, Journal, LogForward, LogStorage, Service
from evidence.model import Missing

_LEGACY = re.compile(r"^\s*(&|[*\w]\S*)\s+-?(@@?)(?:\([^)]*\))?(\[[^\]]+\]|[\w.-]+)")
_RULE = re.compile(r"-(?:[aA] [a-z_]+,[a-z_]+(?: |$)|w /)")
_RELP = re.compile(r"^\s*(\S+)\s+:omrelp:(\[[^\]]+\]|[\w.-]+)")
_FILTERED = re.compile(r"^\s*(?:if\s.*\sthen|:[^\"]*\"[^\"]*\")\s+-?(@@?)(?:\([^)]*\))?(\[[^\]]+\]|[\w.-]+)")
_VALUE = re.compile(r"(?:^|[\s(])(target|protocol|streamdrivermode|type)\s*=\s*\"([^\"]*)\"", re.IGNORECASE)
_SELECTOR = re.compile(r"^\s*([*\w]\S*\.\S+)\s+action\(", re.IGNORECASE)
_DISCARDS = re.compile(r"^\s*(?:\*\.\*\s+)?(?:stop|~)\s*$")
_STORAGE = frozenset({"auto", "persistent", "volatile", "none"})
_JOURNAL = "/var/log/journal"
_CONTAINED = "contained "
_PRIORITY = ("/usr/lib/systemd/", "/run/systemd/", "/etc/systemd/")


def audit_status(data: bytes) -> AuditStatus | Missing:
    """What `auditctl -s` prints: one name and value a line; see auditctl(8)."""
    found = {row[0]: number(row[1]) for line in lines(data) if len(row := line.split()) >= 2}
    enabled, pid = found.get("enabled"), found.get("pid")
    if enabled is None or pid is None:
        return unreadable("the answer of auditctl -s")
    return AuditStatus(enabled=enabled, running=pid > 0)


def audit_rules(data: bytes) -> list[str] | Missing:
    """The rules that the kernel has loaded, as `auditctl -l` prints them; an empty list where there is none."""
    found = [line.strip() for line in lines(data)]
    if found == ["No rules"]:
        return []
    if not found or not all(_RULE.match(line) for line in found):
        return unreadable("the answer of auditctl -l")
    return sorted(found)


def services(data: bytes) -> list[Service] | Missing:
    """What `systemctl show` prints: a block of NAME=VALUE for each unit."""
    blocks = [pairs(block) for block in data.split(b"\n\n")]
    found = [
        Service(
            unit=block["Id"],
            load=block.get("LoadState", ""),
            active=block.get("ActiveState", ""),
            enabled=block.get("UnitFileState", ""),
        )
        for block in blocks
        if "Id" in block
    ]
    return sorted(found, key=lambda service: service["unit"]) or unreadable("the answer of systemctl show")


def processes(data: bytes) -> list[str]:
    """Which of the programs that matter here are running, by name; those of containers do not count."""
    return sorted({line.strip() for line in lines(data) if not line.startswith(_CONTAINED)})


def contained_processes(data: bytes) -> list[str]:
    """Which of them run in containers only."""
    return sorted({line.removeprefix(_CONTAINED) for line in lines(data) if line.startswith(_CONTAINED)})


def log_forwards(data: bytes) -> list[LogForward]:
    """Where rsyslog's files send messages to, in both of its notations; see rsyslog.conf(5)."""
    found = list(_settled([line for line in filed(data) if not line.text.lstrip().startswith("#")]))
    forwards = [*_legacy(found), *_actions(found)]
    return sorted(forwards, key=lambda forward: (forward["target"], forward["protocol"]))


def journal(data: bytes) -> Journal | Missing:
    """The Storage of journald, drop-ins in the order of their names last; see journald.conf(5)."""
    settings = [(_rank(line.file), *line.text.lower().partition("=")) for line in filed(data)]
    found = [(rank, value.strip()) for rank, name, _, value in settings if name.strip() == "storage"]
    storage = max(found)[1] if found else "auto"
    if storage not in _STORAGE:
        return unreadable("the Storage of journald")
    return Journal(storage=storage, directory=_directory(data) is not None)


def log_storage(
    settings: bytes, mountinfo: bytes, block: bytes, zfs: bytes | Missing, *, in_container: bool
) -> LogStorage | Missing:
    """Whether the place of the journal outlives a restart; a container's layers lie where it cannot see them."""
    at = _directory(settings) or _JOURNAL
    found = stored(at, mountinfo, block, zfs)
    if isinstance(found, Missing):
        return found
    storage, layered = found
    unseen = storage.kind == "image" or (layered and (in_container or storage.kind == "unknown"))
    return LogStorage(at=at, lasting=None if unseen else storage.kind != "memory")


def _directory(data: bytes) -> str | None:
    return next((line.partition("=")[2] for line in lines(data) if line.startswith("directory=/")), None)


def _rank(file: str) -> tuple[bool, str, int]:
    priority = next((index for index, start in enumerate(_PRIORITY) if file.startswith(start)), -1)
    drop_in = ".conf.d/" in file
    return drop_in, file.rpartition("/")[2] if drop_in else "", priority


def _settled(found: list[Line]) -> Iterator[tuple[Line, bool]]:
    """Each line, and whether all messages reach it: it stands in no block, and nothing before discards them all."""
    depth, file, open_ = 0, "", True
    for line in found:
        depth, file = (depth if line.file == file else 0), line.file
        yield line, open_ and depth == 0
        open_ = open_ and not (depth == 0 and _DISCARDS.match(line.text))
        depth += line.text.count("{") - line.text.count("}")


def _legacy(found: list[tuple[Line, bool]]) -> Iterator[LogForward]:
    for line, settled in found:
        if (match := _LEGACY.match(line.text)) is not None:
            protocol = "tcp" if match[2] == "@@" else "udp"
            selector = match[1] if settled else ""
            yield LogForward(target=match[3].strip("[]"), selector=selector, protocol=protocol, tls=False)
        elif (match := _FILTERED.match(line.text)) is not None:
            protocol = "tcp" if match[1] == "@@" else "udp"
            yield LogForward(target=match[2].strip("[]"), selector="", protocol=protocol, tls=False)
        elif (match := _RELP.match(line.text)) is not None:
            selector = match[1] if settled else ""
            yield LogForward(target=match[2].strip("[]"), selector=selector, protocol="relp", tls=False)


def _actions(found: list[tuple[Line, bool]]) -> Iterator[LogForward]:
    action: dict[str, str] = {}
    for line, settled in found:
        values = {name.lower(): value for name, value in _VALUE.findall(line.text)}
        if "type" in values:
            yield from _action(action)
            selector = _SELECTOR.match(line.text)
            action = {"selector": selector[1] if selector and settled else ""}
        action.update(values)
    yield from _action(action)


def _action(values: dict[str, str]) -> Iterator[LogForward]:
    kind, target = values.get("type", "").lower(), values.get("target", "")
    if kind not in {"omfwd", "omrelp"} or not target:
        return
    protocol = "relp" if kind == "omrelp" else values.get("protocol", "udp").lower()
    tls = values.get("streamdrivermode") == "1"
    yield LogForward(target=target, selector=values.get("selector", ""), protocol=protocol, tls=tls)
