"""The kinds of value a setting may have, each with the sentence that says what is wrong with it."""

from __future__ import annotations

import difflib
import os
import re
from functools import cache
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
)

from config import cron, secrets

SHORTEST_REASON = 20


class Section(BaseModel):
    """A mapping of the file: frozen, and no key it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def nearest(word: str, known: list[str] | frozenset[str] | set[str]) -> str:
    """`; did you mean "x"?` for the closest known word, or an empty string."""
    close = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f'; did you mean "{close[0]}"?' if close else ""


def _base(info: ValidationInfo) -> str:
    return str((info.context or {}).get("base", ""))


def _path(text: str, base: str) -> str:
    try:
        return os.path.normpath(Path(base) / Path(text).expanduser()) if text else text
    except RuntimeError:
        raise ValueError("there is no such home directory") from None


def _time_zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ValueError, OSError, LookupError):
        raise ValueError(f'"{text}" is no IANA time zone{nearest(text, _zones())}') from None
    return text


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _secret(text: str) -> str:
    if not secrets.is_reference(text):
        raise ValueError(f"a secret is never written here; refer to it as {secrets.FORMS}")
    return text


def store(text: str, base: str = "") -> str:
    """A store as the settings may say it: a reference, a server without a password, a path that starts from `base`."""
    if secrets.is_reference(text) and not text.startswith("file:"):
        return text
    return _without_password(text) if is_server(text) else stored_file(text, base)


def is_server(url: str) -> bool:
    """Whether a store is a database server, whose URL may hold a password."""
    return url.startswith(("postgresql:", "postgres:"))


def stored_file(text: str, base: str = "") -> str:
    """A store that is a file, as sqlite:PATH; raises ValueError for all that is neither that nor a path."""
    scheme, colon, rest = text.partition(":")
    if colon and scheme != "sqlite":
        raise ValueError("a store is sqlite:PATH, postgresql://HOST/DATABASE or env:NAME")
    return "sqlite:" + _path(rest if colon else text, base)


def split_url(url: str) -> SplitResult:
    """The parts of a URL; raises ValueError without repeating it, for it may hold a secret."""
    try:
        return urlsplit(url)
    except ValueError:
        raise ValueError("this is not a URL") from None


def _without_password(url: str) -> str:
    parts = split_url(url)
    if parts.password or "password=" in parts.query:
        raise ValueError("a password is never written here; use a PostgreSQL password file or env:NAME")
    return url


def _cron(text: str) -> str:
    if not cron.parse(text).ever_falls:
        raise ValueError("no night is ever due: the month has no such day")
    return text


def _text_or_texts(given: Any) -> Any:
    if all(isinstance(one, str) for one in (given if isinstance(given, list) else [given])):
        return given
    raise ValueError("must be text or a list of texts")


def _matching(pattern: str, sentence: str) -> AfterValidator:
    compiled = re.compile(pattern)

    def validate(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(sentence)
        return text

    return AfterValidator(validate)


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""Text that is not blank."""

Scalar = Annotated[str, WithJsonSchema({"type": ["string", "integer", "boolean"]})]
"""Text, whatever it would be in another YAML reader."""

ScalarOrList = Annotated[Scalar | list[Scalar], BeforeValidator(_text_or_texts)]
"""Text or a list of texts, to be read by whoever knows what is meant."""

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=SHORTEST_REASON)]
"""Why somebody decided so, for the auditor: at least 20 characters, as for a waiver."""

FilePath = Annotated[str, AfterValidator(lambda text, info: _path(text, _base(info)))]
"""A path; relative ones start from the directory of the settings file."""

TimeZone = Annotated[str, AfterValidator(_time_zone), Field(examples=["America/New_York"])]
"""An IANA time zone."""

SecretReference = Annotated[str, AfterValidator(_secret), Field(pattern="^(env|file|keyring):.+")]
"""Where a secret is (config/secrets.py); a literal is refused."""

StoreUrl = Annotated[str, AfterValidator(lambda text, info: store(text, _base(info)))]
"""sqlite:PATH, a bare path, postgresql://... without a password, or a secret reference to such a URL."""

Cron = Annotated[str, AfterValidator(_cron), Field(examples=["0 2 * * *"])]
"""One run a night at most (config/cron.py)."""

SourceName = Annotated[
    str,
    _matching(
        r"[a-z0-9][a-z0-9._-]{0,62}",
        "a source's name is lower case letters, digits, dots, dashes, underscores",
    ),
]
"""How reports and scopes call a source; it never changes without starting a new history."""

AccountId = Annotated[
    str,
    _matching(r"[0-9]{12}", "an AWS account id has 12 digits"),
    WithJsonSchema({"type": ["string", "integer"]}),
]
"""An AWS account id; leading zeros survive."""

RoleArn = Annotated[
    str,
    _matching(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/.{1,512}", "a role is arn:aws:iam::ACCOUNT:role/NAME"),
]
"""The ARN of an IAM role."""

Region = Annotated[str, _matching(r"[a-z]{2}(-[a-z]+)+-[0-9]+", 'a region looks like "us-east-1"')]
"""An AWS region's code."""
