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
VOLUME_BELOW_ENCRYPTED = direct(
    "164.312(a)(2)(iv)",
    proves="what the machine writes to these file systems is stored encrypted by its cloud provider, as the "
    "provider's own account says of the volumes",
    does_not_prove="that those who may use the volumes, or the running machine, are kept from the data: to them "
    "the provider decrypts it; or that the machine told its disks truly",
)
SWAP_VOLUME_ENCRYPTED = supporting(
    "164.312(a)(2)(iv)",
    proves="memory that the machine moves to disk is stored encrypted by its cloud provider",
    does_not_prove="that it is kept from those who may use the volume, or that the file systems are encrypted",
)
KEY_IN_KMS = supporting(
    "164.312(a)(2)(iv)",
    proves="what is stored here is encrypted under a key of KMS, which records each use of it",
    does_not_prove="who may use the key: its own policy says that",
)
LOG_MUST_BE_ENCRYPTED = supporting(
    "164.312(a)(2)(iv)",
    proves="what people type and see in shell sessions is written down only where it is stored encrypted",
    does_not_prove="that sessions are recorded at all, or who may decrypt the record",
)
