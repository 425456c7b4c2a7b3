"""Linux hosts that somebody can touch: log-in without asking, and the way they start."""

from __future__ import annotations

from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from checks.workstation.host_links import ASKS_WHO, NO_LOGIN_WITHOUT_ASKING, START_GUARDED
from evidence.facts.host_security import AutoLogin, Boot
from evidence.facts.hosts import Machine


@check("host-no-automatic-login", on="host.linux", severity="high", links=[NO_LOGIN_WITHOUT_ASKING, ASKS_WHO])
def nobody_is_let_in_unasked(auto_login: AutoLogin) -> Verdict:
    """Does no display manager or console let somebody in without asking?"""
    if auto_login["files"]:
        return failed(f"somebody is logged in without being asked, by {', '.join(auto_login['files'])}")
    if auto_login["unread"]:
        return undecided(f"{', '.join(auto_login['unread'])} could not be read")
    return passed("no display manager or console is set to log anybody in without asking")


@check("host-secure-boot", on="host.linux", severity="low", links=[START_GUARDED])
def firmware_checks_what_it_starts(machine: Machine, boot: Boot) -> Verdict:
    """Does the firmware start only systems that are signed?"""
    if machine["container"]:
        return not_applicable(f"a container ({machine['container']}) is started by its host")
    if boot["secure_boot"] is True:
        return passed(f"Secure Boot is on{_lockdown(boot)}")
    if machine["virtual"]:
        return not_applicable(
            "nobody can stand before a virtual machine; its firmware does not use Secure Boot"
        )
    if boot["secure_boot"] is False:
        return failed("Secure Boot is off")
    if boot["efi"]:
        return undecided("the firmware did not say whether Secure Boot is on")
    return undecided(
        "the system was not started by UEFI, as far as the kernel says, so there is no Secure Boot to read"
    )


@check("host-boot-password", on="host.linux", severity="low", links=[START_GUARDED])
def boot_loader_asks(machine: Machine, boot: Boot) -> Verdict:
    """Does the boot loader ask for a password before it starts the system in another way?"""
    if machine["container"]:
        return not_applicable(f"a container ({machine['container']}) has no boot loader")
    if machine["virtual"]:
        return not_applicable("the console of a virtual machine is guarded by its hypervisor")
    match boot["grub"]:
        case "password":
            return passed("GRUB asks for a password")
        case "open":
            return failed("GRUB lets whoever stands before the machine start it in another way")
        case "unread":
            return undecided("GRUB's settings could not be read")
        case _:
            return undecided("no settings of GRUB were found, and other boot loaders were not looked at")


def _lockdown(boot: Boot) -> str:
    kept = boot["lockdown"] in {"integrity", "confidentiality"}
    return f", and the kernel locks itself down ({boot['lockdown']})" if kept else ""
