"""What guards passwords: the lockout after wrong ones over SSH, and the rules that new ones must meet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from collectors.hosts.parsers.pam import ssh_stack
from collectors.hosts.parsers.pam_lockout import FAILLOCK, locks
from collectors.hosts.parsers.text import Line, filed, number, unreadable
from evidence.facts.host_accounts import Lockout, PasswordRules
from evidence.facts.hosts import Authentication
from evidence.model import Missing

_LOCKS = (FAILLOCK, "pam_tally2.so", "pam_tally.so")
_JUDGES = ("pam_pwquality.so", "pam_passwdqc.so", "pam_cracklib.so")
_INCLUDES = re.compile(r"^\s*(?:@include\s+(\S+)|-?\w+\s+(?:include|substack)\s+(\S+))", re.IGNORECASE)
_DEFAULTS = {"deny": 3, "unlock_time": 600, "fail_interval": 900}
_DEFAULT_LENGTH = 8
_CREDITS = ("dcredit", "ucredit", "lcredit", "ocredit")


def lockout(pam: bytes, guards: bytes, settings: bytes, stack: Authentication | None) -> Lockout:
    """The lockout in SSH's stack, with the weakest of its settings; see pam_faillock(8), faillock.conf(5)."""
    modules = stack["modules"] if stack is not None else []
    module = next((name for name in _LOCKS if name in modules), "")
    told = [_words(line.text) for line in filed(guards) if module and module in line.text]
    conf = _settings(settings)
    return Lockout(
        module=module,
        counts=locks(ssh_stack(pam) or ()) if module == FAILLOCK else None,
        deny=_weakest([words.get("deny", conf.get("deny")) for words in told], _DEFAULTS["deny"]),
        unlock_seconds=_seconds([words.get("unlock_time", conf.get("unlock_time")) for words in told]),
        within_seconds=_shortest([words.get("fail_interval", conf.get("fail_interval")) for words in told]),
    )


def password_rules(pam: bytes, guards: bytes, settings: bytes) -> PasswordRules | Missing:
    """What judges a new password in the stack of passwd; see pwquality.conf(5)."""
    reached = _reached(filed(pam))
    if not reached:
        return unreadable("the PAM stack of passwd")
    found = [
        line
        for line in filed(guards)
        if _service(line) in reached and re.match(r"\s*-?password\s", line.text)
    ]
    module = next((name for name in _JUDGES if any(name in line.text for line in found)), "")
    if module != _JUDGES[0]:
        return PasswordRules(module=module, min_length=None)
    conf = _settings(settings)
    lengths = [_length({**conf, **_words(line.text)}) for line in found if module in line.text]
    known = [length for length in lengths if length is not None]
    return PasswordRules(module=module, min_length=min(known) if len(known) == len(lengths) else None)


def _weakest(values: list[str | None], default: int) -> int:
    tries = [default if value is None else number(value) or 0 for value in values]
    # 0 tries means that nothing is ever locked.
    return 0 if not tries or 0 in tries else max(tries)


def _seconds(values: list[str | None]) -> int:
    times = [
        _DEFAULTS["unlock_time"] if value is None else 0 if value == "never" else number(value)
        for value in values
    ]
    lasting = [time for time in times if time]
    return min(lasting, default=0)


def _shortest(values: list[str | None]) -> int:
    times = [_DEFAULTS["fail_interval"] if value is None else number(value) or 0 for value in values]
    return min(times, default=0)


def _length(values: Mapping[str, str]) -> int | None:
    if values.get("enforcing") == "0":
        # It warns, and takes the password.
        return 0
    length = number(values["minlen"]) if "minlen" in values else _DEFAULT_LENGTH
    # A credit above 0 lets a password be shorter by as much.
    credit = sum(number(values[name]) or 0 for name in _CREDITS if name in values)
    return None if length is None else max(length - credit, 0)


def _settings(data: bytes) -> dict[str, str]:
    values: dict[str, str] = {}
    # pwquality reads the files of its directory first, so the main one has the last word.
    for line in sorted(filed(data), key=lambda line: (".d/" not in line.file, line.file)):
        name, _, value = line.text.partition("#")[0].partition("=")
        values[name.strip()] = value.strip()
    return values


def _words(text: str) -> dict[str, str]:
    return {name: value for name, mark, value in (word.partition("=") for word in text.split()) if mark}


def _reached(found: list[Line], start: str = "passwd") -> set[str]:
    edges: dict[str, list[str]] = {}
    for line in found:
        edges.setdefault(_service(line), []).extend(_included(line.text))
    reached: set[str] = set()
    waiting = [start] if start in edges else []
    while waiting:
        service = waiting.pop()
        if service not in reached:
            reached.add(service)
            waiting.extend(edges.get(service, []))
    return reached


def _included(text: str) -> Iterator[str]:
    match = _INCLUDES.match(text)
    if match is not None:
        yield (match[1] or match[2]).rpartition("/")[2]


def _service(line: Line) -> str:
    return line.file.rpartition("/")[2]
