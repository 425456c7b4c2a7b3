"""Links from checks of authentication to provisions, shared by platforms."""

from __future__ import annotations

from checks.check import context, direct, supporting

DIRECTORY_PASSWORD_RULES = supporting(
    "164.308(a)(5)(ii)(D)",
    proves="the directory itself holds new passwords to a rule",
    does_not_prove="that people are trained to guard their passwords, that passwords set before the rule meet it, "
    "or that passwords which arrive already hashed do",
)
DIRECTORY_PASSWORDS_HARD_TO_GUESS = supporting(
    "164.312(d)",
    proves="a password of this directory is harder to guess than the rule's minimum",
    does_not_prove="that only its owner knows it, or that a second factor is asked for",
)
DIRECTORY_GUESSING_STOPS = supporting(
    "164.312(d)",
    proves="repeated wrong passwords lock the account, so that it cannot be guessed at leisure",
    does_not_prove="that whoever knows the password is the person it was given to",
)
DIRECTORY_FAILED_LOGINS_ACTED_ON = context(
    "164.308(a)(5)(ii)(C)",
    proves="the directory counts failed logins and acts on them",
    does_not_prove="that anyone monitors logins or is told of discrepancies",
)
DIRECTORY_ASKS_SECOND_FACTOR = direct(
    "164.312(d)",
    proves="a login with a password to this privileged account asks for a one-time code from a token of its own",
    does_not_prove="that the token is held by the person the account is for, that other ways to log in (SASL) ask "
    "for it, or that systems which do not ask this directory verify anyone",
)
SECOND_FACTOR = direct(
    "164.312(d)",
    proves="a stolen password alone does not let anyone in as this identity",
    does_not_prove="that the person who holds the second factor is who they should be",
)
FACTOR_BESIDE_KEYS = supporting(
    "164.312(d)",
    proves="whoever holds this identity's keys has a second factor, so that policies can ask for it",
    does_not_prove="that any policy asks for it when the keys are used: unless one does, the keys alone are enough",
)
STRONGER_SECRET = supporting(
    "164.312(d)",
    proves="the secret behind this identity is harder to guess, or useful to a thief for less long",
    does_not_prove="who uses it",
)
PASSWORD_RULES = supporting(
    "164.308(a)(5)(ii)(D)",
    proves="passwords that break the rule are refused when they are set",
    does_not_prove="that people guard their passwords",
)
OWN_IDENTITY = supporting(
    "164.312(a)(2)(i)",
    proves="nobody can act as the all-powerful shared identity with a key that is passed around",
    does_not_prove="that every person has an identity of their own",
)
HOST_KNOWS_WHO = supporting(
    "164.312(a)(2)(i)",
    proves="nobody starts a session on this host as the shared superuser straight away",
    does_not_prove="that every other account belongs to one person",
)
HOST_ASKS_SECOND_FACTOR = direct(
    "164.312(d)",
    proves="every way into this host over SSH asks for two different proofs of identity",
    does_not_prove="that the proofs are held by the right person, that the running sshd has loaded these settings, or "
    "that other ways in ask as much",
)
HOST_REFUSES_BARE_PASSWORDS = supporting(
    "164.312(d)",
    proves="a guessed or stolen password alone does not open this host over SSH",
    does_not_prove="that private keys are protected, or who holds them",
)
HOST_ACCOUNTS_ASK = supporting(
    "164.312(d)",
    proves="no account of this host can be used without proving anything",
    does_not_prove="that the passwords are good or known to one person only",
)
CENTRAL_LOGINS_OFFERED = supporting(
    "164.312(d)",
    proves="the database accepts logins that a central identity vouches for",
    does_not_prove="that anyone uses them, or that passwords kept in the database no longer open it",
)
STORE_ASKS_WHO = supporting(
    "164.312(d)",
    proves="whoever reaches this store must show a token or log in as a user before it answers",
    does_not_prove="that the token is known to the right programs only, or that users have passwords of their own",
)
PROGRAMS_HAVE_A_ROLE = context(
    "164.312(d)",
    proves="whether programs on the machine are given credentials of its own that end within hours",
    does_not_prove="that no key is stored on the machine beside them",
)
DIRECTORY_APPLICATIONS_ASK = supporting(
    "164.312(d)",
    proves="those who log in to AWS's applications through this directory are asked for a second factor",
    does_not_prove="that machines joined to its domain ask for one, or that its holder is who they should be",
)
CALLERS_NAMED = supporting(
    "164.312(d)",
    proves="as the API is defined, each call must carry proof of who makes it",
    does_not_prove="that the proof is checked well, or that what is deployed is what is defined",
)
REMOTE_ASKS_PERSON = supporting(
    "164.312(d)",
    proves="who comes in to the network from outside must log in as somebody, not only hold a file",
    does_not_prove="that a second factor is asked for, or that the person is who they should be",
)
RISKY_LOGINS_STOPPED = context(
    "164.312(d)",
    proves="whether a login that looks like somebody else's is stopped or asked for a second factor",
    does_not_prove="that every stolen password is recognised, or that an application with settings of its own does the "
    "same",
)
