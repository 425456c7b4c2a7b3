"""Access rights of people on their virtual desktops on AWS."""

from __future__ import annotations

from checks.access.links import RIGHTS_NARROWED
from checks.check import Verdict, check, failed, passed, undecided
from evidence.facts.aws_people import DesktopRules


@check(
    "aws-workspaces-directory-local-admin",
    on="aws.workspaces.directory",
    severity="low",
    links=[RIGHTS_NARROWED],
)
def people_do_not_administer_their_desktops(rules: DesktopRules) -> Verdict:
    """Are people kept from administering the desktops that are made for them?"""
    match rules["local_admin"]:
        case None:
            return undecided("AWS did not say whether people administer their desktops")
        case True:
            return failed("whoever gets a desktop may install and change everything on it")
        case False:
            return passed("whoever gets a desktop may not administer it")
