"""Links from checks of access to provisions, shared by platforms."""

from __future__ import annotations

from checks.check import context, supporting

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
NETWORKS_NARROWED = supporting(
    "164.312(a)(1)",
    proves="a group of rules stands between other networks and these desktops",
    does_not_prove="which networks the rules let in, for they were not read: one that names every address keeps "
    "nobody out",
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
OUTSIDERS_NARROWED = supporting(
    "164.312(a)(1)",
    proves="another organisation's account gets in only with the id that was agreed with it, or is one we know",
    does_not_prove="which persons of that account come in, or that the rights they get were granted",
)
UNUSED_CREDENTIALS_END = supporting(
    "164.308(a)(3)(ii)(C)",
    proves="a password or key that nobody has used for long no longer opens anything",
    does_not_prove="that access ended when a person left",
)
DUTIES_SEPARATED = supporting(
    "164.308(a)(4)(ii)(C)",
    proves="by the policies read, nobody can both hand out a key and read what it protects",
    does_not_prove="that boundaries, organisation policies and grants, which were not read, allow no more or less",
)
PERSON_BEHIND_NAME = context(
    "164.312(a)(2)(i)",
    proves="whether a login carries a name that several people could share",
    does_not_prove="that it is shared, or that other logins are not",
)
ROOT_LEFT_ALONE = supporting(
    "164.312(a)(2)(i)",
    proves="the account's all-powerful shared identity was not used lately, so its actions are not hidden behind it",
    does_not_prove="that every person acts under an identity of their own",
)
CONFINED = supporting(
    "164.312(a)(1)",
    proves="a program taken over in one of these containers does not thereby hold the machine below it",
    does_not_prove="what the role of the containers lets them do, or that an older revision is not still running",
)
SECRETS_OUT_OF_SIGHT = supporting(
    "164.312(a)(1)",
    proves="no secret that is named as one stands where everyone who may read the definition can read it",
    does_not_prove="that settings with other names hold none, or who may read the store that keeps the secrets",
)
EMERGENCY_WAY_KEPT = supporting(
    "164.312(a)(2)(ii)",
    proves="an identity that is kept for emergencies exists, and somebody could act as it",
    does_not_prove="that those who may start the procedure can reach it, that it leads to the ePHI they need, or that "
    "its use would be noticed and ended",
)
