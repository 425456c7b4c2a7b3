"""The shapes of AWS facts about watching: log groups, Config, GuardDuty, Security Hub and Macie."""

from __future__ import annotations

from typing import TypedDict


class LogGroupSettings(TypedDict):
    """How long a log group keeps its events (`days` None = for ever) and its KMS key (None = AWS's own encryption)."""

    days: int | None
    kms_key: str | None


class ConfigRecorder(TypedDict):
    """The configuration recorder of a region: what it takes, whether it runs, and its last delivery's status.

    `scope` is all, all-but-some, some; `error` the last error code ("" = none).
    """

    name: str
    recording: bool
    scope: str
    global_types: bool
    status: str
    error: str


class ThreatDetector(TypedDict):
    """GuardDuty's detector of a region; `features` names the protections that are enabled."""

    enabled: bool
    features: list[str]


class SecurityHub(TypedDict):
    """Security Hub is on in the region; `auto_enable` whether new controls are switched on with it."""

    auto_enable: bool


class SensitiveDataScan(TypedDict):
    """Macie is set up in the region; `status` is ENABLED or PAUSED."""

    status: str
