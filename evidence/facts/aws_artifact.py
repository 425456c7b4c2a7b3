"""The shapes of AWS facts about assurances: agreements in force, and reports of AWS's auditors."""

from __future__ import annotations

from typing import TypedDict


class Agreement(TypedDict):
    """An agreement between the customer and AWS: `state` ACTIVE, CUSTOMER_TERMINATED or AWS_TERMINATED; days."""

    name: str
    state: str
    since: str
    until: str


class AuditReport(TypedDict):
    """A report of AWS's auditors that AWS offers to its customers; days as YYYY-MM-DD, "" and None = not told."""

    name: str
    version: int | None
    since: str
    until: str
