"""What checks of access to hosts may claim."""

from __future__ import annotations

from checks.check import supporting

ONE_NAME_PER_NUMBER = supporting(
    "164.312(a)(2)(i)",
    proves="no two account names that the name service lists carry the same user number, so what one does is not "
    "recorded under the other",
    does_not_prove="that each account is used by one person only",
)
HOST_UNUSED_ACCOUNTS_END = supporting(
    "164.308(a)(3)(ii)(C)",
    proves="no account of this host that takes a password or a key has gone unused for long",
    does_not_prove="that access ended when a person left, or that log-ins which do not reach the host's own record count",
)
HOST_RIGHTS_ASKED_FOR = supporting(
    "164.312(a)(1)",
    proves="nobody gains all the superuser's rights through sudo without proving again who asks",
    does_not_prove="that those who may ask for them should have them",
)
HOST_RIGHTS_NARROWED = supporting(
    "164.308(a)(4)(ii)(C)",
    proves="sudo gives all the superuser's rights to named accounts or groups only",
    does_not_prove="that anyone reviews who they are",
)
