"""Links from checks of access to provisions, shared by platforms."""

from __future__ import annotations

from checks.check import supporting

DIRECTORY_KEEPS_STRANGERS_OUT = supporting(
    "164.312(a)(1)",
    proves="whoever has not logged in is shown no person of the directory",
    does_not_prove="that those who log in see only what their work needs, or who reaches ePHI elsewhere",
)
UNUSED_ACCOUNTS_END = supporting(
    "164.308(a)(3)(ii)(C)",
    proves="an account that nobody has used for long is not left open to login",
    does_not_prove="that access ended when a person left, or that other systems follow this directory",
)
UNUSED_ACCOUNTS_ARE_NO_WAY_IN = supporting(
    "164.312(a)(1)",
    proves="forgotten accounts of this directory are no way in",
    does_not_prove="that the accounts in use are held by the persons who should hold them",
)
RIGHTS_NARROWED = supporting(
    "164.312(a)(1)",
    proves="this identity does not hold, or cannot be given, more than the measured rights",
    does_not_prove="that the rights it holds are the ones somebody granted it",
)
RIGHTS_ORDERED = supporting(
    "164.308(a)(4)(ii)(C)",
    proves="rights are given in the measured, reviewable way",
    does_not_prove="that anyone reviews them",
)
ONE_SUPERUSER_NAME = supporting(
    "164.312(a)(2)(i)",
    proves="only one account name carries the superuser's number, so its actions are not recorded under another name",
    does_not_prove="who uses that account, that accounts which the name service does not list are harmless, or that "
    "every person has an account of their own",
)
