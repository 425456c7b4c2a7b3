"""Data in transit between AWS's applications and the directories they ask."""

from __future__ import annotations

from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from checks.transmission.links import APPLICATIONS_ASK_OVER_TLS
from evidence.facts.aws_directories import DirectoryTls


@check("aws-ds-directory-ldaps", on="aws.ds.directory", severity="medium", links=[APPLICATIONS_ASK_OVER_TLS])
def directory_is_asked_over_tls(ldaps: DirectoryTls | None) -> Verdict:
    """Do AWS's applications speak LDAP to the directory over TLS?"""
    if ldaps is None:
        return not_applicable("a Simple AD has no setting for it")
    match ldaps["status"]:
        case "Enabled":
            return passed("AWS's applications speak LDAP over TLS")
        case "Enabling":
            return undecided("LDAP over TLS is just being switched on")
        case "EnableFailed":
            return failed("LDAP over TLS could not be switched on")
        case _:
            return failed("AWS's applications speak LDAP without TLS")
