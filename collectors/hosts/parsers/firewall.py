"""What the kernel does with packets to the host that no rule speaks of, from nftables and the older iptables."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from collectors.hosts.parsers.account_rights import nested_too_deep
from collectors.hosts.parsers.text import lines, unreadable
from evidence.facts.host_security import Firewall
from evidence.model import Missing

_NEUTRAL = frozenset({"counter", "log", "limit"})
_INTERFACE = frozenset({"iifname", "iif"})
_DEEPEST = 12
_REMARK = re.compile(r'-m comment --comment (?:"[^"]*"|\S+)')
_EVERYBODY = frozenset({"/0", "0.0.0.0-255.255.255.255"})


@dataclass(frozen=True, slots=True)
class _Rules:
    """The rules of each chain by family, table and name."""

    chains: Mapping[tuple[str, str, str], Sequence[Sequence[Mapping[str, Any]]]]

    def verdict(self, chain: tuple[str, str, str], depth: int = 0) -> str:
        """What the chain decides about every packet, or all of one interface: "drop", "accept" or ""; docs: nft(8)."""
        if depth > _DEEPEST:
            return "accept"
        for expressions in self.chains.get(chain, ()):
            outcome = self._rule(chain, expressions, depth)
            if outcome:
                return outcome
        return ""

    def _rule(self, chain: tuple[str, str, str], expressions: Sequence[Mapping[str, Any]], depth: int) -> str:
        if any(_is_foreign_match(one) for one in expressions):
            return ""
        matches = [one["match"] for one in expressions if "match" in one]
        narrow = [match for match in matches if not _fits_all(match)]
        if narrow and not all(_speaks_of_interface(match) for match in narrow):
            return ""
        outcomes = {self._word(chain, word, depth) for one in expressions for word in _words(one)} - {""}
        if "accept" in outcomes:
            return "accept"
        # What is refused to some says nothing about the others.
        return "drop" if "drop" in outcomes and not matches else ""

    def _word(self, chain: tuple[str, str, str], word: tuple[str, Any], depth: int) -> str:
        name, value = word
        match name:
            case "accept":
                return "accept"
            case "drop" | "reject":
                return "drop"
            case "jump" | "goto":
                return self.verdict((chain[0], chain[1], str(value["target"])), depth + 1)
            case "vmap" if judged := _judged(value):
                targets = [entry[1] for entry in value["data"]["set"] if judged(entry[0])]
                outcomes = {self._word(chain, one, depth) for target in targets for one in target.items()}
                return "accept" if "accept" in outcomes else ""
            case _:
                return ""


def firewall(nft: bytes | None, legacy: bytes, legacy6: bytes, sockets: bytes) -> Firewall | Missing:
    """From `nft -j list ruleset` (None = there is no nft), iptables-save, ip6tables-save and section `listeners`."""
    refused: set[str] = set()
    if nft is not None:
        found = _nft(nft)
        if found is None:
            return unreadable("the answer of nft")
        refused |= found
    for family, text in (("ip", legacy), ("ip6", legacy6)):
        if text:
            if b"*filter" not in text or b"COMMIT" not in text:
                return unreadable("the answer of iptables-save")
            refused |= {family} if _legacy_refuses(text) else set()
    seen = lines(sockets)
    if "looked tcp" not in seen:
        return unreadable("section listeners")
    return Firewall(
        ipv4="refused" if "ip" in refused else "accepted",
        ipv6="refused" if "ip6" in refused else "accepted",
        has_ipv6="ipv6" in seen,
    )


def _nft(data: bytes) -> set[str] | None:
    if nested_too_deep(data):
        return None
    try:
        entries = json.loads(data)["nftables"]
        return _refused(entries) if any("metainfo" in entry for entry in entries) else None
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        return None


def _refused(entries: Sequence[Mapping[str, Any]]) -> set[str]:
    chains: dict[tuple[str, str, str], list[Sequence[Mapping[str, Any]]]] = {}
    for rule in (entry["rule"] for entry in entries if "rule" in entry):
        chains.setdefault((rule["family"], rule["table"], rule["chain"]), []).append(rule["expr"])
    rules, refused = _Rules(chains), set[str]()
    for chain in (entry["chain"] for entry in entries if "chain" in entry):
        if chain.get("hook") == "input" and chain.get("type") == "filter":
            decided = rules.verdict((chain["family"], chain["table"], chain["name"])) or chain.get("policy")
            if decided == "drop":
                refused |= {"ip", "ip6"} if chain["family"] == "inet" else {str(chain["family"])}
    return refused


def _words(expression: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in expression.items() if name != "match" and name not in _NEUTRAL]


def _speaks_of_interface(match: Mapping[str, Any]) -> bool:
    return _key(match.get("left")) in _INTERFACE and match.get("right") != "lo"


def _judged(value: Mapping[str, Any]) -> Callable[[object], bool] | None:
    """Which entries of a map speak for a newcomer from the network; None where the map asks for something else."""
    key = value.get("key")
    if _key(key) in _INTERFACE:
        return lambda one: one != "lo"
    if isinstance(key, Mapping) and _part(key, "ct", "key") == "state":
        return lambda one: one == "new"
    return None


def _is_foreign_match(expression: Mapping[str, Any]) -> bool:
    """Whether iptables-nft asks for something here that nft does not tell; its targets are no questions."""
    foreign = expression.get("xt", {})
    return "xt" in expression and not (isinstance(foreign, Mapping) and foreign.get("type") == "target")


def _fits_all(match: Mapping[str, Any]) -> bool:
    """Whether whatever comes first from anywhere fits, or all of TCP; other ways to say so are not recognised."""
    left, right = match.get("left"), match.get("right")
    if match.get("op") not in {"==", "in"} or not isinstance(left, Mapping):
        return False
    if _part(left, "ct", "key") == "state":
        return "new" in _members(right)
    if _key(left) == "l4proto" or _part(left, "payload", "field") in {"protocol", "nexthdr"}:
        return bool({"tcp", 6} & set(_members(right)))
    if _part(left, "payload", "field") == "saddr":
        return any(one in _EVERYBODY for one in map(_text, _members(right)))
    return _part(left, "payload", "field") == "dport" and any(
        one in {"0-65535", "1-65535"} for one in map(_text, _members(right))
    )


def _members(right: object) -> list[Any]:
    if isinstance(right, Mapping) and isinstance(right.get("set"), list):
        return [one for one in right["set"] if isinstance(one, str | int | Mapping)]
    return right if isinstance(right, list) else [right]


def _text(value: object) -> str:
    if isinstance(value, Mapping) and isinstance(value.get("range"), list):
        return "-".join(map(str, value["range"]))
    if isinstance(value, Mapping) and isinstance(value.get("prefix"), Mapping):
        return f"/{value['prefix'].get('len')}"
    return str(value)


def _part(left: Mapping[str, Any], name: str, key: str) -> object:
    inner = left.get(name)
    return inner.get(key) if isinstance(inner, Mapping) else None


def _key(left: object) -> str:
    if isinstance(left, Mapping) and isinstance(left.get("meta"), Mapping):
        return str(left["meta"].get("key"))
    return ""


def _legacy_refuses(data: bytes) -> bool:
    rows = [_REMARK.sub("", line).split() for line in lines(data)]
    decided = _legacy_verdict(rows, "INPUT", 0)
    return decided == "drop" or (not decided and any(row[:2] == [":INPUT", "DROP"] for row in rows))


def _legacy_verdict(rows: Sequence[Sequence[str]], chain: str, depth: int) -> str:
    """What a chain of the older filter decides about whatever comes first, or all of TCP or of one interface."""
    if depth > _DEEPEST:
        return "accept"
    for words in (row for row in rows if row[:2] == ["-A", chain]):
        at = next((at for at, word in enumerate(words) if word in {"-j", "-g"} and at + 1 < len(words)), None)
        if at is None or not _legacy_fits_all(words[2:at]):
            continue
        target = words[at + 1]
        outcome = {"ACCEPT": "accept", "DROP": "drop", "REJECT": "drop"}.get(target)
        outcome = _legacy_verdict(rows, target, depth + 1) if outcome is None else outcome
        # What is refused to some says nothing about the others.
        if outcome == "accept" or (outcome and not words[2:at]):
            return outcome
    return ""


def _legacy_fits_all(tests: Sequence[str]) -> bool:
    named = {"-i", "-p", "-m", "--state", "--ctstate"}
    if len(tests) % 2 or not set(tests[::2]) <= named:
        return False
    told = dict(zip(tests[::2], tests[1::2], strict=True))
    states = told.get("--state") or told.get("--ctstate") or "NEW"
    return told.get("-i") != "lo" and told.get("-p", "tcp") == "tcp" and "NEW" in states.split(",")
