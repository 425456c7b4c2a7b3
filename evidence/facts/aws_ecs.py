"""The shapes of facts about containers of ECS: task definitions and the services that run them."""

from __future__ import annotations

from typing import TypedDict


class TaskContainer(TypedDict):
    """One container: `written_in` names the settings whose values stand in the definition, never the values.

    `privileged` has all of its machine's rights; `log_driver` "" = what it writes out is kept nowhere.
    """

    name: str
    privileged: bool
    written_in: list[str]
    log_driver: str


class TaskVolume(TypedDict):
    """An EFS file system that containers mount, and whether they reach it over TLS."""

    name: str
    tls: bool


class TaskSettings(TypedDict):
    """The newest revision of a family; `host_processes` = its containers see every process of their machine."""

    containers: list[TaskContainer]
    volumes: list[TaskVolume]
    host_processes: bool


class ServiceSettings(TypedDict):
    """A service: whether commands can be run in its containers from outside, and whether tasks get public addresses.

    `public` None = its tasks have no network interface of their own.
    """

    commands: bool
    public: bool | None


class CommandLog(TypedDict):
    """Where a cluster keeps what is run through ECS Exec: NONE, DEFAULT (the task's own awslogs log) or OVERRIDE.

    `log_group` and `bucket` "" = no such log.
    """

    mode: str
    log_group: str
    bucket: str
