"""What checks of encryption at rest may claim, once for all platforms."""

from __future__ import annotations

from checks.check import direct, supporting

STORED_ENCRYPTED = direct(
    "164.312(a)(2)(iv)",
    proves="what is stored here is written encrypted",
    does_not_prove="that the key is out of reach of those who may not read the data",
)
NEW_DATA_ENCRYPTED = direct(
    "164.312(a)(2)(iv)",
    proves="what is written here from now on is stored encrypted",
    does_not_prove="that what was stored before the setting is, or that the key is out of reach of those who "
    "may not read the data",
)
ENCRYPTED_UNASKED = supporting(
    "164.312(a)(2)(iv)",
    proves="what is created here from now on is encrypted without anyone having to ask",
    does_not_prove="that what exists already is encrypted",
)
KEY_CARED_FOR = supporting(
    "164.312(a)(2)(iv)",
    proves="the key that protects stored data is looked after",
    does_not_prove="that any particular data is encrypted with it",
)
OWN_KEY = supporting(
    "164.312(a)(2)(iv)",
    proves="who may decrypt what is stored here is granted apart from who may fetch it",
    does_not_prove="that without such a key it is stored unencrypted: the platform's own encryption may cover it",
)
DISK_ENCRYPTED = direct(
    "164.312(a)(2)(iv)",
    proves="what the host writes to these file systems reaches every disk below them through dm-crypt",
    does_not_prove="that the key is out of reach of a thief, that the cipher is strong, or that files on network "
    "servers, in backups and on removable media are encrypted",
)
SWAP_ENCRYPTED = supporting(
    "164.312(a)(2)(iv)",
    proves="memory that the host moves to disk is encrypted there",
    does_not_prove="that the file systems are encrypted, or that a suspended host's memory is",
)
KEY_IN_KMS = supporting(
    "164.312(a)(2)(iv)",
    proves="what is stored here is encrypted under a key of KMS, which records each use of it",
    does_not_prove="who may use the key: its own policy says that",
)
