"""The shapes of AWS facts about data events: what trails take of access to objects and of calls of functions."""

from __future__ import annotations

from typing import TypedDict


class DataSelector(TypedDict):
    """One selector of a trail for data events of a type ("AWS::S3::Object").

    `starts` and `equals` are what an ARN must begin with or be (both empty = any), `not_starts` and `not_equals` what
    it must not; `narrowed` says that the selector has further conditions, which were not read.
    """

    type: str
    reads: bool
    writes: bool
    starts: list[str]
    equals: list[str]
    not_starts: list[str]
    not_equals: list[str]
    narrowed: bool


class DataEvents(TypedDict):
    """A trail that records in this account, its own or its organisation's; `error` is of its last delivery."""

    bucket: str
    region: str
    every_region: bool
    logging: bool
    error: str
    selectors: list[DataSelector]


class DataRecording(TypedDict):
    """What the running trails take of one resource's data events, each "all", "some", "unclear" or "none".

    `trail` is one that takes all of both, "" where there is none; `destination` says that a trail delivers here.
    """

    trail: str
    destination: bool
    reads: str
    writes: str
