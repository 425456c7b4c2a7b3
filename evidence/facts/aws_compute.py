"""The shapes of AWS facts about functions, container images and clusters."""

from __future__ import annotations

from typing import TypedDict


class FunctionSettings(TypedDict):
    """A function's runtime ("" = a container image brings its own) and the key of its settings (None = AWS's own)."""

    runtime: str
    kms_key: str | None


class RepositorySettings(TypedDict):
    """An image repository: whether a tag can be moved to another image, and the key (None = AWS's own)."""

    movable_tags: bool
    kms_key: str | None


class ImageScanning(TypedDict):
    """Whether new images are scanned: by the repository's own setting, or by a rule of the registry."""

    own: bool
    by_rule: bool


class ClusterSettings(TypedDict):
    """A Kubernetes cluster: who reaches its endpoint, whether audit logs are sent, the key of its secrets.

    `networks` may reach a public endpoint; `secrets_key` None = AWS's own.
    """

    public: bool
    networks: list[str]
    audit_log: bool
    secrets_key: str | None
