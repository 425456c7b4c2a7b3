"""Access rights of people on their virtual desktops on AWS."""

from __future__ import annotations

from checks.access.links import NETWORKS_NARROWED, RIGHTS_NARROWED
from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from checks.named import named
from evidence.facts.aws_people import DesktopNetworks, DesktopRules
from evidence.model import Resource


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


@check(
    "aws-workspaces-directory-networks",
    on="aws.workspaces.directory",
    severity="low",
    links=[NETWORKS_NARROWED],
)
def desktops_open_from_known_networks(
    networks: DesktopNetworks, resource: Resource, *, required: tuple[str, ...] = ()
) -> Verdict:
    """Is there a rule from which networks the directory's desktops open, where the organisation requires one?"""
    if networks["groups"]:
        return passed(f"desktops open as these IP groups allow: {', '.join(networks['groups'])}")
    if not named(resource, required):
        return not_applicable("not among the directories whose desktops may open from known networks only")
    if networks["groups"] is None:
        return undecided("AWS did not say from which networks the directory's desktops open")
    return failed("desktops open from any network")
