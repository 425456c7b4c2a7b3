"""The first settings file: little asked, everything said that must be filled in, and validated before it is written."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from checks.load import all_checks
from config import load, schema
from evidence.model import NightledgerError
from nightledger.permissions import permissions, text
from nightledger.platforms import platforms


class CannotWriteSettings(NightledgerError):
    """The file exists already or its directory cannot be written."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Answers:
    """What init was told."""

    organisation: str
    timezone: str
    sources: tuple[str, ...]


_SOURCES: Mapping[str, str] = {
    "aws": """\
  - type: aws
    name: production
    # regions: [us-east-1]            # every region the account has enabled, unless you name some
    # role_name: NightledgerRead      # to look into several accounts, assume this role in each
    # accounts: ["111122223333"]
""",
    "hosts": """\
  - type: hosts
    name: this-machine
    local: true
    # hosts:                          # other hosts over SSH; their keys must stand in known_hosts
    #   - {address: db1.example.org, user: nightledger, key_file: /etc/nightledger/id_ed25519, sudo: true}
""",
    "directory": """\
  - type: directory
    name: staff
    url: ldaps://ldap.example.org     # fill in
    base: dc=example,dc=org           # fill in
    # bind_dn: cn=nightledger,ou=services,dc=example,dc=org
    # password: env:NIGHTLEDGER_LDAP_PASSWORD
""",
}


def settings_text(answers: Answers) -> str:
    """The file as text; raises ConfigError for answers it could not hold."""
    unknown = [name for name in answers.sources if name not in _SOURCES]
    if unknown:
        raise CannotWriteSettings(
            f"there is no source of type {unknown[0]!r}", hint="aws, hosts or directory"
        )
    content = (
        f"# yaml-language-server: $schema={schema.FILE}\n\n"
        f"organisation:\n  name: {json.dumps(answers.organisation)}\n  timezone: {json.dumps(answers.timezone)}\n\n"
        'schedule:\n  cron: "0 2 * * *"                 # 02:00 every night\n\n'
        f"sources:\n{''.join(_SOURCES[name] for name in dict.fromkeys(answers.sources))}"
    )
    load.parse(content, Path(load.FILE_NAME), {})
    return content


def write_settings(answers: Answers, file: str) -> None:
    """Write the file, never over another; raises CannotWriteSettings."""
    content = settings_text(answers)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    except FileExistsError:
        raise CannotWriteSettings(f"{file} exists already", hint="move it away, or give --file") from None
    except OSError as error:
        raise CannotWriteSettings(f"{file} cannot be written: {error.strerror}") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(content)


def next_steps(answers: Answers, file: str) -> str:
    """What to grant on each platform, exactly, and what to type next."""
    checks = all_checks().checks.values()
    parts = []
    for name in dict.fromkeys(answers.sources):
        platform = platforms()[name]
        form = "json" if platform.grants == "iam" else "text"
        parts.append(
            f"Grant this, and nothing more, on {name}:\n\n{text(platform, permissions(platform, checks), form)}"
        )
    parts.append(f"Then fill in {file} and try it:\n\n  nightledger doctor\n  nightledger scan\n")
    return "\n".join(parts)
