"""Facts of host.linux about accounts: shared numbers, passwords, log-ins, sudo, keys, lockout, rules for passwords."""

from __future__ import annotations

from collectors.hosts.parsers import account_rights, account_rules, account_use
from collectors.hosts.reading import parsed
from collectors.hosts.record import Record
from collectors.hosts.sections import ROOT_COMMANDS
from collectors.kind import fact
from evidence.facts import host_accounts as facts
from evidence.facts.hosts import Authentication
from evidence.model import Missing


class AccountFacts:
    """The part of LinuxHost that speaks of accounts."""

    @fact(tags="accounts")
    def shared_numbers(self, record: Record) -> list[facts.SharedNumber] | Missing:
        """The user numbers that several names carry."""
        return parsed(account_use.shared_numbers, record, "accounts")

    @fact(tags="shadow passwords accounts", needs=ROOT_COMMANDS["passwords"])
    def password_ages(self, record: Record) -> list[facts.PasswordAge] | Missing:
        """Each account's password: whether it can be used, since when, and how long; never a hash."""
        if record.read("shadow"):
            ages = parsed(account_use.ages_of_shadow, record, "shadow", "accounts")
            if not isinstance(ages, Missing):
                return ages
        return parsed(account_use.ages_of_passwd, record, "passwords", "accounts")

    @fact(tags="last_logins", volatile=True)
    def last_logins(self, record: Record) -> list[facts.LastLogin] | Missing:
        """When each account last logged in, by lastlog."""
        return parsed(account_use.last_logins, record, "last_logins")

    @fact(tags="sudoers", needs=ROOT_COMMANDS["sudoers"])
    def sudo_grants(self, record: Record) -> list[facts.SudoGrant] | Missing | None:
        """What sudo's rules allow, aliases and includes resolved; None where nothing of the kind is installed."""
        return parsed(account_rights.sudo_grants, record, "sudoers")

    @fact(tags="machine")
    def sudo_sources(self, record: Record) -> list[str] | Missing:
        """Where sudo looks for rules; only those of its own files are read."""
        return parsed(account_rights.sudo_sources, record, "machine")

    @fact(tags="ssh_keys")
    def authorized_keys(self, record: Record) -> facts.AuthorizedKeys | Missing:
        """The public keys that open accounts over SSH."""
        return parsed(account_rights.authorized_keys, record, "ssh_keys")

    @fact(tags="pam pam_guards faillock")
    def lockout(self, record: Record, ssh_pam: Authentication | None) -> facts.Lockout | Missing:
        """What stops guessing passwords over SSH."""
        return parsed(
            lambda pam, guards, settings: account_rules.lockout(pam, guards, settings, ssh_pam),
            record,
            "pam",
            "pam_guards",
            "faillock",
        )

    @fact(tags="pam pam_guards pwquality")
    def password_rules(self, record: Record) -> facts.PasswordRules | Missing:
        """What judges new passwords."""
        return parsed(account_rules.password_rules, record, "pam", "pam_guards", "pwquality")
