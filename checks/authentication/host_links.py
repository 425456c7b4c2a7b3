"""What checks of passwords and keys on hosts may claim."""

from __future__ import annotations

from checks.check import supporting

HOST_KEYS_STRONG = supporting(
    "164.312(d)",
    proves="the public keys in the usual files of this host's accounts are of kinds that cannot be forged",
    does_not_prove="who holds the private keys, that those are protected, or that no key stands elsewhere",
)
HOST_GUESSING_STOPS = supporting(
    "164.312(d)",
    proves="an account is locked for a while after repeated wrong passwords over SSH",
    does_not_prove="that whoever knows the password is the person it was given to, or that other ways in lock too",
)
HOST_PASSWORD_RULES = supporting(
    "164.308(a)(5)(ii)(D)",
    proves="a new password of this host is refused when it is too short",
    does_not_prove="that passwords set before the rule meet it, that root is held to it, or that people guard theirs",
)
HOST_PASSWORDS_AGE = supporting(
    "164.308(a)(5)(ii)(D)",
    proves="a password of this host has to be changed after the time that the organisation chose",
    does_not_prove="that changing passwords makes them harder to guess",
)
