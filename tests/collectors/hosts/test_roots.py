from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from evidence.model import Status
from tests.collectors.hosts.lab import Lab, Seen, scan

RELEASES = ("bookworm", "trixie")
START = ". /opt/test/start.sh"
P, F, U, N = Status.PASS, Status.FAIL, Status.UNKNOWN, Status.NOT_APPLICABLE

HARDENED = {
    "host-accounts-in-use": P,
    "host-audit-daemon-runs": U,
    "host-audit-rules-loaded": U,
    "host-authorized-keys-strong": P,
    "host-automatic-updates": P,
    "host-boot-password": U,
    "host-clock-synchronised": U,
    "host-endpoint-protection": P,
    "host-file-integrity": P,
    "host-firewall-refuses": P,
    "host-graphical-session-locks": N,
    "host-idle-session-ends": P,
    "host-journal-persistent": U,
    "host-kernel-current": P,
    "host-lockout": P,
    "host-logs-forwarded": P,
    "host-mounts-encrypted": U,
    "host-no-automatic-login": P,
    "host-no-clear-text-services": P,
    "host-no-empty-passwords": P,
    "host-no-legacy-servers": P,
    "host-no-shared-uid": P,
    "host-one-superuser": P,
    "host-package-lists-fresh": P,
    "host-password-ageing": N,
    "host-password-length": P,
    "host-secure-boot": U,
    "host-security-updates": P,
    "host-services-restarted": U,
    "host-ssh-idle-session-ends": P,
    "host-ssh-password-login": P,
    "host-ssh-root-login": P,
    "host-ssh-second-factor": F,
    "host-sudo-asks-password": P,
    "host-sudo-named": P,
    "host-swap-encrypted": N,
    "host-usb-storage-refused": P,
}
"""What the hardened host is found to be. What it cannot show (its kernel's audit, its disks, a second factor) does not pass."""

WITHOUT_LASTLOG = {"trixie": {"host-accounts-in-use": U}}
"""Debian 13 keeps no record of log-ins that its minimal system could read."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that somebody did to the hardened host, and the verdicts that change with it; all others stay."""

    done: str
    changes: Mapping[str, Status] = field(default_factory=dict)


NO_TIMEOUT = "rm /etc/profile.d/timeout.sh"
SSHD = "/etc/ssh/sshd_config.d/10-fault.conf"
FAULTS = {
    "password login is permitted": Fault(
        f"echo 'PasswordAuthentication yes' >{SSHD}", {"host-ssh-password-login": F}
    ),
    "root may log in": Fault(f"echo 'PermitRootLogin yes' >{SSHD}", {"host-ssh-root-login": F}),
    "root may log in with a key": Fault(
        f"echo 'PermitRootLogin prohibit-password' >{SSHD}", {"host-ssh-root-login": F}
    ),
    "a Match block lets some in with a password": Fault(
        f"printf '%s\\n' 'Match User secretary' 'PasswordAuthentication yes' >{SSHD}",
        {"host-ssh-password-login": F},
    ),
    "nothing ends idle sessions": Fault(
        NO_TIMEOUT, {"host-idle-session-ends": F, "host-ssh-idle-session-ends": F}
    ),
    "only ClientAlive is set": Fault(
        f"{NO_TIMEOUT}; printf '%s\\n' 'ClientAliveInterval 300' 'ClientAliveCountMax 0' >{SSHD}",
        {"host-idle-session-ends": F, "host-ssh-idle-session-ends": F},
    ),
    "sshd alone ends idle sessions": Fault(
        f"{NO_TIMEOUT}; echo 'ChannelTimeout session:*=15m' >{SSHD}", {"host-idle-session-ends": F}
    ),
    "an account has a shell that TMOUT does not reach": Fault(
        "usermod -s /bin/sh secretary", {"host-idle-session-ends": U, "host-ssh-idle-session-ends": U}
    ),
    "/etc/profile leaves before it reads its directory": Fault(
        "printf 'return\\n%s' \"$(cat /etc/profile)\" >/etc/profile",
        {"host-idle-session-ends": U, "host-ssh-idle-session-ends": U},
    ),
    "users may change TMOUT": Fault(
        "echo 'export TMOUT=900' >/etc/profile.d/timeout.sh",
        {"host-idle-session-ends": F, "host-ssh-idle-session-ends": F},
    ),
    "a later file takes TMOUT back": Fault(
        "echo 'export TMOUT=900' >/etc/profile.d/timeout.sh; "
        "printf '%s\\n' 'unset TMOUT' 'readonly TMOUT' >/etc/profile.d/zz.sh",
        {"host-idle-session-ends": F, "host-ssh-idle-session-ends": F},
    ),
    "a later file takes TMOUT back in vain": Fault("echo 'TMOUT=0' >/etc/profile.d/zz.sh"),
    "the package lists are empty": Fault(
        "rm -r /var/lib/apt/lists/*", {"host-security-updates": U, "host-package-lists-fresh": F}
    ),
    "the package lists are old": Fault(
        "/opt/test/publish 1.0 '30 days ago' Debian-Security stable-security",
        {"host-security-updates": U, "host-package-lists-fresh": F},
    ),
    "the security archive's list is old though others came": Fault(
        "/opt/test/publish 1.0 '30 days ago' Debian-Security stable-security; "
        "touch /var/lib/apt/periodic/update-success-stamp",
        {"host-security-updates": U, "host-package-lists-fresh": U},
    ),
    "the release is past its end": Fault(
        "sed -i 's/^VERSION_ID=.*/VERSION_ID=10/' /etc/os-release", {"host-security-updates": F}
    ),
    "the security archive's list is of another release": Fault(
        "sed -i 's/^VERSION_CODENAME=.*/VERSION_CODENAME=forky/' /etc/os-release",
        {"host-security-updates": U},
    ),
    "no package list is of a security archive": Fault(
        "/opt/test/publish 1.0 now Debian stable",
        {"host-security-updates": U, "host-package-lists-fresh": F},
    ),
    "a security update is pending": Fault(
        "/opt/test/publish 1.1 now Debian-Security stable-security",
        {"host-security-updates": F},
    ),
    "a held package waits for its security update": Fault(
        "/opt/test/publish 1.1 now Debian-Security stable-security; apt-mark hold records-viewer",
        {"host-security-updates": F},
    ),
    "a pin keeps the security archive's packages out": Fault(
        "/opt/test/publish 1.1 now Debian-Security stable-security; "
        "printf '%s\\n' 'Package: *' 'Pin: release l=Debian-Security' 'Pin-Priority: -1' >/etc/apt/preferences.d/pin",
        {"host-security-updates": U},
    ),
    "a pin keeps a package at its version": Fault(
        "/opt/test/publish 1.1 now Debian-Security stable-security; printf '%s\\n' 'Package: records-viewer' "
        "'Pin: version 1.0' 'Pin-Priority: 1001' >/etc/apt/preferences.d/pin",
        {"host-security-updates": U},
    ),
    "unattended-upgrades never ran": Fault(
        "rm /var/lib/apt/periodic/upgrade-stamp", {"host-automatic-updates": U}
    ),
    "unattended-upgrades ran a month ago": Fault(
        "touch -d '30 days ago' /var/lib/apt/periodic/upgrade-stamp", {"host-automatic-updates": F}
    ),
    "unattended-upgrades is told to do nothing": Fault(
        "echo 'APT::Periodic::Unattended-Upgrade \"0\";' >/etc/apt/apt.conf.d/99off",
        {"host-automatic-updates": F},
    ),
    "unattended-upgrades is told no archive to install from": Fault(
        "echo '#clear Unattended-Upgrade::Origins-Pattern; #clear Unattended-Upgrade::Allowed-Origins;' "
        ">/etc/apt/apt.conf.d/99none",
        {"host-automatic-updates": F},
    ),
    "a newer kernel waits for a restart": Fault(
        'now=$(uname -r); touch "/boot/vmlinuz-$((${now%%.*} + 1)).${now#*.}"', {"host-kernel-current": F}
    ),
    "PAM locks nobody out": Fault(
        "printf '%s\\n' 'auth [success=1 default=ignore] pam_unix.so nullok' 'auth requisite pam_deny.so' "
        "'auth required pam_permit.so' >/etc/pam.d/common-auth",
        {"host-lockout": F},
    ),
    "PAM looks at who is locked out and counts nobody": Fault(
        "sed -i '/authfail/d; s/success=2/success=1/' /etc/pam.d/common-auth", {"host-lockout": F}
    ),
    "PAM lets in whoever knows the password, locked out or not": Fault(
        "sed -i '1i auth sufficient pam_unix.so' /etc/pam.d/common-auth",
        {"host-lockout": F},
    ),
    "wrong passwords are forgotten at once": Fault(
        "echo 'fail_interval = 5' >>/etc/security/faillock.conf", {"host-lockout": F}
    ),
    "passwords may be short": Fault(
        "echo 'minlen = 6' >/etc/security/pwquality.conf", {"host-password-length": F}
    ),
    "short passwords are only warned of": Fault(
        "echo 'enforcing = 0' >>/etc/security/pwquality.conf", {"host-password-length": F}
    ),
    "a module's argument makes passwords short": Fault(
        "sed -i 's/pam_pwquality.so.*/pam_pwquality.so minlen=6/' /etc/pam.d/common-password",
        {"host-password-length": F},
    ),
    "a drop-in makes passwords short": Fault(
        "mkdir -p /etc/security/pwquality.conf.d; mv /etc/security/pwquality.conf /etc/security/pwquality.conf.d/a.conf; "
        "echo 'minlen = 6' >/etc/security/pwquality.conf.d/b.conf",
        {"host-password-length": F},
    ),
    "a drop-in asks for long passwords, the file itself for short ones": Fault(
        "mkdir -p /etc/security/pwquality.conf.d; echo 'minlen = 20' >/etc/security/pwquality.conf.d/a.conf; "
        "echo 'minlen = 6' >/etc/security/pwquality.conf",
        {"host-password-length": F},
    ),
    "two accounts have the number 0": Fault("useradd -o -u 0 -s /bin/bash toor", {"host-one-superuser": F}),
    "two accounts share a number": Fault(
        "useradd -o -u $(id -u clinician) -s /bin/bash nurse", {"host-no-shared-uid": F}
    ),
    "a password is empty": Fault("passwd -q -d secretary", {"host-no-empty-passwords": F}),
    "a password is empty in passwd itself": Fault(
        "usermod -L secretary; sed -i 's/^secretary:x:/secretary::/' /etc/passwd",
        {"host-no-empty-passwords": F},
    ),
    "sudo asks one account for no password": Fault(
        "echo 'clinician ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/clinician", {"host-sudo-asks-password": F}
    ),
    "sudo gives one account a shell of root's": Fault(
        "echo 'clinician ALL=(root) NOPASSWD: /bin/bash' >/etc/sudoers.d/clinician",
        {"host-sudo-asks-password": F},
    ),
    "sudo asks nobody for a password": Fault(
        "echo 'Defaults !authenticate' >/etc/sudoers.d/defaults", {"host-sudo-asks-password": F}
    ),
    "sudo asks for no password to become another than root": Fault(
        "echo 'clinician ALL=(games) NOPASSWD: ALL' >/etc/sudoers.d/clinician"
    ),
    "sudo serves everybody": Fault("echo 'ALL ALL=(ALL) ALL' >/etc/sudoers.d/all", {"host-sudo-named": F}),
    "sudo takes rules from a directory as well": Fault(
        "sed -i '/^sudoers/d' /etc/nsswitch.conf; printf 'sudoers:\\tfiles sss\\n' >>/etc/nsswitch.conf",
        {"host-sudo-asks-password": U, "host-sudo-named": U},
    ),
    "a weak key opens an account": Fault(
        "ssh-keygen -q -t rsa -b 1024 -N '' -f /tmp/weak; cat /tmp/weak.pub >>~nightledger/.ssh/authorized_keys",
        {"host-authorized-keys-strong": F},
    ),
    "the firewall lets everything in": Fault(
        "sed -i 's/policy drop/policy accept/' /etc/nftables.conf", {"host-firewall-refuses": F}
    ),
    "the firewall lets in whoever comes first": Fault(
        "sed -i 's/established,related/new,&/' /etc/nftables.conf", {"host-firewall-refuses": F}
    ),
    "there is no rule of a firewall": Fault("echo >/etc/nftables.conf", {"host-firewall-refuses": F}),
    "logs stay on the host": Fault("rm /etc/rsyslog.d/forward.conf", {"host-logs-forwarded": F}),
    "logs are discarded before they leave": Fault(
        "echo '*.* stop' >/etc/rsyslog.d/00-quiet.conf", {"host-logs-forwarded": U}
    ),
    "only some programs' logs leave": Fault(
        "printf '%s\\n' 'if $programname == \"x\" then {' '*.* @@192.0.2.10' '}' >/etc/rsyslog.d/forward.conf",
        {"host-logs-forwarded": U},
    ),
    "the log daemon does not run": Fault(
        "chmod a-x /usr/sbin/rsyslogd", {"host-logs-forwarded": F, "host-journal-persistent": U}
    ),
    "the audit daemon is not installed": Fault(
        "dpkg -P auditd >/dev/null", {"host-audit-daemon-runs": F, "host-audit-rules-loaded": F}
    ),
    "AIDE has no database": Fault("rm /var/lib/aide/* /var/log/aide/*", {"host-file-integrity": F}),
    "AIDE never ran": Fault("rm /var/log/aide/*", {"host-file-integrity": U}),
    "AIDE ran a month ago": Fault(
        "sed -i \"s/^End timestamp: [0-9-]*/End timestamp: $(date -u -d '30 days ago' +%F)/\" /var/log/aide/aide.log",
        {"host-file-integrity": F},
    ),
    "ClamAV's signatures are old": Fault(
        "/opt/test/signatures '30 days ago'", {"host-endpoint-protection": F}
    ),
    "a USB disk would be taken": Fault("rm /etc/modprobe.d/usb.conf", {"host-usb-storage-refused": F}),
    "USB disks are only on the list of what is not loaded by itself": Fault(
        "for name in usb-storage uas; do echo blacklist $name; done >/etc/modprobe.d/usb.conf",
        {"host-usb-storage-refused": F},
    ),
    "telnet is served": Fault(
        "perl -MIO::Socket::INET -e 'my $heard = IO::Socket::INET->new(LocalPort => 23, Listen => 1); sleep' &",
        {"host-no-clear-text-services": F},
    ),
    "swap lies on a plain disk": Fault(
        "/opt/test/disks vda sda; echo '/dev/sda partition 1 0 -2' >>/proc/swaps", {"host-swap-encrypted": F}
    ),
    "swap lies on an encrypted disk": Fault(
        "/opt/test/disks vda 'dm-0<sda=CRYPT-PLAIN-swap' sda; echo '/dev/dm-0 partition 1 0 -2' >>/proc/swaps",
        {"host-swap-encrypted": P},
    ),
}


@pytest.fixture(scope="module")
def labs(tmp_path_factory) -> list[Lab]:
    return [Lab.made(release, tmp_path_factory.mktemp(release), "hardened.sh") for release in RELEASES]


def expected(changes: Mapping[str, Status]) -> dict[str, dict[str, Status]]:
    return {release: {**HARDENED, **WITHOUT_LASTLOG.get(release, {}), **changes} for release in RELEASES}


def seen(labs: list[Lab], directory: Path, boot: str = ":") -> dict[str, Seen]:
    """What a scan says of a host of each release to which the same was done."""
    with ExitStack() as stack:
        hosts = [stack.enter_context(lab.host(directory / lab.root, f"{boot}\n{START}")) for lab in labs]
        return dict(zip(RELEASES, scan(*(host.login("nightledger") for host in hosts)), strict=True))


def test_a_hardened_host_is_found_to_be_what_it_is(labs, tmp_path):
    assert {release: one.verdicts for release, one in seen(labs, tmp_path).items()} == expected({})


def test_a_machine_id_counts_whether_or_not_its_line_ends(labs, tmp_path):
    found = seen(labs, tmp_path, "printf 5eed5eed5eed5eed5eed5eed5eed5eed >/etc/machine-id")
    assert {one.uid.partition("+")[0] for one in found.values()} == {"5eed5eed5eed5eed5eed5eed5eed5eed"}


@pytest.mark.parametrize("name", FAULTS)
def test_one_fault_changes_the_verdicts_that_speak_of_it_and_no_other(labs, tmp_path, name):
    fault = FAULTS[name]
    found = {release: one.verdicts for release, one in seen(labs, tmp_path, fault.done).items()}
    assert found == expected(fault.changes)


def test_an_account_left_unused_that_has_expired_is_open_to_nobody(labs, tmp_path):
    found = seen(
        labs, tmp_path, "/opt/test/logged-in clinician '200 days ago'; chage -E 2020-01-01 clinician"
    )
    verdicts = {release: one.verdicts["host-accounts-in-use"] for release, one in found.items()}
    assert verdicts == {"bookworm": P, "trixie": U}


def test_an_account_left_unused_fails_where_log_ins_are_recorded_and_passes_nowhere(labs, tmp_path):
    found = seen(labs, tmp_path, "/opt/test/logged-in clinician '200 days ago'")
    verdicts = {release: one.verdicts["host-accounts-in-use"] for release, one in found.items()}
    assert verdicts == {"bookworm": F, "trixie": U}
