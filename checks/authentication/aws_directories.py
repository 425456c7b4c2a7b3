"""Authentication by directories that AWS runs: whether a second factor is asked for."""

from __future__ import annotations

from checks.authentication.links import DIRECTORY_APPLICATIONS_ASK
from checks.check import Verdict, check, failed, passed, undecided
from evidence.facts.aws_directories import DirectoryType, SecondFactorServer


@check("aws-ds-directory-mfa", on="aws.ds.directory", severity="medium", links=[DIRECTORY_APPLICATIONS_ASK])
def directory_asks_a_second_factor(type: DirectoryType, second_factor: SecondFactorServer) -> Verdict:
    """Is a second factor asked of those who log in to AWS's applications through the directory?"""
    if type["name"] == "SimpleAD":
        return failed("a Simple AD cannot ask for a second factor")
    match second_factor["status"]:
        case "Completed":
            return passed("a RADIUS server is asked for a second factor")
        case "Creating":
            return undecided("the connection to the RADIUS server is still being made")
        case "Failed":
            return failed("the connection to the RADIUS server failed")
        case _:
            return failed("no RADIUS server was set up to ask for a second factor")
