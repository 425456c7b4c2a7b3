"""Whether PAM's stack counts wrong passwords and keeps out whoever gave too many: every way through it is tried.

What libpam makes of each answer of a module is told in pam.conf(5); which answers pam_faillock gives, in pam_faillock(8).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from collectors.hosts.parsers.pam import PASSWORDS, Module

FAILLOCK = "pam_faillock.so"
_SUCCESS, _FAILURE, _IGNORE = "success", "auth_err", "ignore"
_FINE = frozenset({_SUCCESS, "new_authtok_reqd", _IGNORE})
_WORDS = {
    "required": "success=ok new_authtok_reqd=ok ignore=ignore default=bad",
    "requisite": "success=ok new_authtok_reqd=ok ignore=ignore default=die",
    "sufficient": "success=done new_authtok_reqd=done default=ignore",
    "optional": "success=ok new_authtok_reqd=ok default=ignore",
}


@dataclass(frozen=True, slots=True)
class _State:
    """What a way through the stack has come to; `good` None = no module has yet had a say.

    `right` and `wrong` are the modules that found the password so, and will again; `counted` = pam_faillock took note.
    """

    good: bool | None = None
    right: frozenset[str] = frozenset()
    wrong: frozenset[str] = frozenset()
    counted: bool = False


def locks(stack: tuple[Module, ...]) -> bool | None:
    """Whether wrong passwords lock: on every way, on none, or (None) as it comes."""
    wrong = [end for end in _ends(stack, locked=False) if end.wrong]
    right = [end for end in _ends(stack, locked=True) if end.right]
    if not wrong or not right:
        return None
    if not any(end.counted for end in wrong) or all(end.good for end in right):
        return False
    return True if all(end.counted for end in wrong) and not any(end.good for end in right) else None


def _ends(stack: tuple[Module, ...], *, locked: bool) -> set[_State]:
    """How a try with a wrong password may end, or one with the right password while the account is locked."""
    return _through(stack, {_State()}, locked=locked)


def _through(stack: tuple[Module, ...], begun: set[_State], *, locked: bool) -> set[_State]:
    waiting: list[set[_State]] = [begun, *(set() for _ in stack)]
    ended: set[_State] = set()
    for at, module in enumerate(stack):
        if module.substack:
            waiting[at + 1] |= _through(module.substack, waiting[at], locked=locked)
            continue
        for state in waiting[at]:
            for answer, after in _answers(module, state, locked=locked):
                for action in _actions(module.control, answer):
                    if action.isdecimal():
                        waiting[min(at + 1 + int(action[:4]), len(stack))].add(after)
                        continue
                    done, now = _acted(action, answer, after)
                    (ended if done else waiting[at + 1]).add(now)
    return ended | waiting[len(stack)]


def _answers(module: Module, state: _State, *, locked: bool) -> Iterator[tuple[str, _State]]:
    if module.name in PASSWORDS:
        if module.name not in state.right:
            yield _FAILURE, replace(state, wrong=state.wrong | {module.name})
        if locked and module.name not in state.wrong:
            yield _SUCCESS, replace(state, right=state.right | {module.name})
    elif module.name == FAILLOCK and locked:
        yield _FAILURE, state
    elif module.name == FAILLOCK and module.word == "authfail":
        yield _IGNORE, replace(state, counted=True)
    elif module.name in {FAILLOCK, "pam_permit.so"}:
        yield _SUCCESS, state
    elif module.name == "pam_deny.so":
        yield _FAILURE, state
    else:
        # What another module thinks of somebody is not known here.
        yield from ((answer, state) for answer in (_SUCCESS, _FAILURE, _IGNORE))


def _actions(control: str, answer: str) -> set[str]:
    told: dict[str, str] = dict(re.findall(r"(\w+)=(\w+)", _WORDS.get(control, control)))
    default = told.get("default", "bad")
    if answer in _FINE:
        return {told.get(answer, default)}
    # A failure may have any name: the account is unknown to this module, its server is away.
    return {default, *(action for name, action in told.items() if name not in _FINE)}


def _acted(action: str, answer: str, state: _State) -> tuple[bool, _State]:
    """Whether the stack ends here, and what it has come to."""
    if action in {"bad", "die"}:
        return action == "die", replace(state, good=False)
    if action == "reset":
        return False, replace(state, good=None)
    if action not in {"ok", "done"}:
        return False, state
    if state.good is not False and answer != _IGNORE:
        state = replace(state, good=answer == _SUCCESS)
    return action == "done" and state.good is True, state
