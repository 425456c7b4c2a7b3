"""What plug-in authors import, and nothing else of ours: kinds, checks, verdicts, links and the vocabulary.

Register a platform under the entry-point group `nightledger.collectors` (a class without arguments that is a
Platform) and a module of checks under `nightledger.checks`.
"""

from checks.check import (
    Check,
    Verdict,
    check,
    context,
    direct,
    failed,
    not_applicable,
    passed,
    supporting,
    undecided,
)
from checks.derive import Collection, Seen, derived
from collectors.kind import (
    Failure,
    Found,
    Kind,
    Platform,
    Reach,
    Recorder,
    Target,
    Unreached,
    fact,
    lists,
    lookup,
)
from evidence.model import Fact, Json, Missing, NightledgerError, Reason, Resource, Scope

__all__ = [
    "Check",
    "Collection",
    "Fact",
    "Failure",
    "Found",
    "Json",
    "Kind",
    "Missing",
    "NightledgerError",
    "Platform",
    "Reach",
    "Reason",
    "Recorder",
    "Resource",
    "Scope",
    "Seen",
    "Target",
    "Unreached",
    "Verdict",
    "check",
    "context",
    "derived",
    "direct",
    "fact",
    "failed",
    "lists",
    "lookup",
    "not_applicable",
    "passed",
    "supporting",
    "undecided",
]
