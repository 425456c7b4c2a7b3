"""Links from checks of data in transit to provisions, shared by platforms."""

from __future__ import annotations

from checks.check import direct, supporting

DIRECTORY_OFFERS_TLS = supporting(
    "164.312(e)(1)",
    proves="what clients exchange with the directory can be encrypted, with a server that proves its name",
    does_not_prove="that every client asks for encryption, or anything about the systems that hold ePHI",
)
DIRECTORY_PASSWORDS_NOT_HEARD = supporting(
    "164.312(d)",
    proves="the directory does not judge a password that was offered without encryption",
    does_not_prove="that no client sends one: a password is on the network before the server can refuse it",
)
DIRECTORY_REFUSES_CLEAR_TEXT = supporting(
    "164.312(e)(1)",
    proves="seen from where this ran, the directory refuses a login over an unencrypted connection",
    does_not_prove="that searches without a login are encrypted, or anything about the systems that hold ePHI",
)
DIRECTORY_TLS_FLOOR = supporting(
    "164.312(e)(1)",
    proves="the directory is configured to refuse protocol versions with known weaknesses",
    does_not_prove="that its clients, or the systems that hold ePHI, do the same",
)
CHANGE_NOTICED = supporting(
    "164.312(e)(2)(i)",
    proves="what arrives here came over TLS, which does not deliver what was changed on the way",
    does_not_prove="that what was sent was right, or that other ways to the same data notice a change",
)
PLAINTEXT_REFUSED = direct(
    "164.312(e)(2)(ii)",
    proves="a request that comes without encryption is refused here",
    does_not_prove="that other ways to the same data refuse it too",
)
TRANSFER_GUARDED = supporting(
    "164.312(e)(1)",
    proves="what is sent to or from here cannot be read on the way",
    does_not_prove="that only those with a right to it receive it",
)
