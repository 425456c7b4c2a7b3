"""PAM's authentication stack for SSH, with its includes resolved; see pam.conf(5)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from collectors.hosts.parsers.text import filed, unreadable
from evidence.facts.hosts import Authentication
from evidence.model import Missing

SECOND_FACTORS = frozenset(
    {
        "pam_duo.so",
        "pam_google_authenticator.so",
        "pam_oath.so",
        "pam_pkcs11.so",
        "pam_radius_auth.so",
        "pam_rsa.so",
        "pam_u2f.so",
        "pam_yubico.so",
    }
)
PASSWORDS = frozenset({"pam_unix.so", "pam_sss.so", "pam_ldap.so", "pam_krb5.so", "pam_winbind.so"})
_RULE = re.compile(r"-?auth\s+(\[[^\]]*\]|\S+)\s+(\S+)(?:\s+([a-z_]+))?\s*$", re.IGNORECASE)
_TOKENLESS = frozenset({"nullok", "nouserok", "no_usersfile_okay"})
"""The words that let in whoever has no token yet, each in its own module."""

_INCLUDE = re.compile(r"@include\s+(\S+)\s*$")
_DEMANDING = frozenset({"required", "requisite"})
_HARMLESS = frozenset({"required", "requisite", "optional"})
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Module:
    """One module of a stack; a `substack` counts as one for jumps and cannot be left from inside.

    `word` is the one argument that is kept: what weakens it, or which part pam_faillock plays.
    """

    name: str
    control: str
    word: str = ""
    substack: tuple[Module, ...] = ()


def ssh_authentication(data: bytes) -> Authentication | Missing | None:
    """The stack of service sshd, or None where PAM has no service of that name."""
    files = _services(data)
    if "sshd" not in files:
        return None if not files else _other(files)
    stack = _stack("sshd", files, 0)
    if stack is None:
        return unreadable("the PAM stack of sshd")
    modules = list(_flat(stack))
    factors = sorted({module.name for module in modules} & SECOND_FACTORS)
    return Authentication(
        modules=[module.name for module in modules],
        second_factors=factors,
        enforced=bool(factors) and _enforced(stack),
        password=_asks_password(stack),
    )


def ssh_stack(data: bytes) -> tuple[Module, ...] | None:
    """The modules that a log-in over SSH passes, includes resolved; None where they cannot be told."""
    files = _services(data)
    return _stack("sshd" if "sshd" in files else "other", files, 0)


def _services(data: bytes) -> dict[str, list[str]]:
    files: dict[str, list[str]] = {}
    for line in filed(data):
        files.setdefault(line.file.rpartition("/")[2], []).append(line.text.strip())
    return files


def _other(files: Mapping[str, list[str]]) -> Authentication | Missing | None:
    # A service without a file of its own falls back to "other".
    stack = _stack("other", files, 0) if "other" in files else None
    if stack is None:
        return None
    return Authentication(
        modules=[module.name for module in _flat(stack)], second_factors=[], enforced=False, password=False
    )


def _stack(service: str, files: Mapping[str, list[str]], depth: int) -> tuple[Module, ...] | None:
    if service not in files or depth > _DEEPEST:
        return None
    modules: list[Module] = []
    for text in files[service]:
        if (include := _INCLUDE.match(text)) is not None:
            inner = _stack(include[1], files, depth + 1)
        elif (rule := _RULE.match(text)) is not None:
            inner = _rule(rule, files, depth)
        elif text.lstrip("-").startswith("auth"):
            return None
        else:
            continue
        if inner is None:
            return None
        modules.extend(inner)
    return tuple(modules)


def _rule(rule: re.Match[str], files: Mapping[str, list[str]], depth: int) -> tuple[Module, ...] | None:
    control, name = rule[1].lower(), rule[2]
    if control == "include":
        return _stack(name, files, depth + 1)
    if control == "substack":
        inner = _stack(name, files, depth + 1)
        return None if inner is None else (Module(name, control, substack=inner),)
    return (Module(name.rpartition("/")[2], control, (rule[3] or "").lower()),)


def _flat(stack: tuple[Module, ...]) -> Iterator[Module]:
    for module in stack:
        if module.control == "substack":
            yield from _flat(module.substack)
        else:
            yield module


def _enforced(stack: tuple[Module, ...]) -> bool:
    for index, module in enumerate(stack):
        if _demands_a_factor(module):
            return all(_leads_to(stack[before], before, index) for before in range(index))
    return False


def _asks_password(stack: tuple[Module, ...]) -> bool:
    """Whether a password must be right: demanded by itself, or everything that fails it ends in pam_deny."""
    for index, module in enumerate(stack):
        denies = any(later.name == "pam_deny.so" and later.control in _DEMANDING for later in stack[index:])
        if module.control == "substack" and _asks_password(module.substack):
            return True
        if module.name in PASSWORDS and (
            module.control in _DEMANDING or (denies and module.control != "optional")
        ):
            return True
    return False


def _demands_a_factor(module: Module) -> bool:
    if module.control == "substack":
        return _enforced(module.substack)
    return module.name in SECOND_FACTORS and module.control in _DEMANDING and module.word not in _TOKENLESS


def _leads_to(module: Module, at: int, index: int) -> bool:
    """Whether success of `module` cannot step over the module at `index`."""
    if module.control == "substack" or module.control in _HARMLESS:
        return True
    if not module.control.startswith("["):
        return False
    actions = re.findall(r"\w+=(\w+)", module.control)
    return all(
        action in {"ignore", "bad", "die", "ok"} or (action.isdecimal() and at + 1 + int(action[:4]) <= index)
        for action in actions
    )
