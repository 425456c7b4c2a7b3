"""Attributes that are never asked for, never filtered on and never kept, whoever may read them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from collectors.directory.errors import AttributeRefused

SECRET_ATTRIBUTES = frozenset(
    name.lower()
    for name in (
        "userPassword",
        "authPassword",
        "pwdHistory",
        "sambaNTPassword",
        "sambaLMPassword",
        "sambaPasswordHistory",
        "unicodePwd",
        "dBCSPwd",
        "ntPwdHistory",
        "lmPwdHistory",
        "supplementalCredentials",
        "ms-Mcs-AdmPwd",
        "msLAPS-Password",
        "msLAPS-EncryptedPassword",
        "msLAPS-EncryptedPasswordHistory",
        "msLAPS-EncryptedDSRMPassword",
        "msFVE-RecoveryPassword",
        "msFVE-KeyPackage",
        "msDS-ManagedPassword",
        "krbPrincipalKey",
        "krbMKey",
        "krbExtraData",
        "oathSecret",
        "oathTokenPIN",
        "ipatokenOTPkey",
        "olcRootPW",
        "olcDbBindPW",
        "olcSyncrepl",
        "nsslapd-rootpw",
        "nsDS5ReplicaCredentials",
    )
)

_FILTERED = re.compile(r"\(\s*([A-Za-z0-9.;\-]+)\s*(?:[~<>]?=|:)")


def is_secret(attribute: str) -> bool:
    """Whether this attribute, with or without options such as ";binary", holds a secret."""
    return attribute.split(";", maxsplit=1)[0].strip().lower() in SECRET_ATTRIBUTES


def require_harmless(attributes: Iterable[str], filter_: str) -> None:
    """Raise AttributeRefused where a query asks for or filters on a secret, or asks for everything."""
    for attribute in attributes:
        if attribute in {"", "*", "+"}:
            raise AttributeRefused(
                "a directory query names its attributes one by one", hint="* and + are never sent"
            )
        if is_secret(attribute):
            raise AttributeRefused(f"{attribute} holds a secret and is never asked for")
    for attribute in _FILTERED.findall(filter_):
        if is_secret(attribute):
            raise AttributeRefused(f"{attribute} holds a secret and is never filtered on")
