"""Links from checks of data in transit to provisions, shared by platforms."""

from __future__ import annotations

from checks.check import context, direct, supporting

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
    proves="the directory refuses protocol versions with known weaknesses, at the address where it was asked",
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
STAYS_INSIDE = supporting(
    "164.312(e)(1)",
    proves="the network has a path to the store that does not cross the internet",
    does_not_prove="that clients take it, or that what they send is encrypted",
)
SITES_LINKED_BY_VPN = context(
    "164.312(e)(1)",
    proves="whether the encrypted tunnels between the sites are up",
    does_not_prove="that traffic between the sites takes them, or how strong their ciphers are",
)
OLD_TLS_REFUSED = supporting(
    "164.312(e)(1)",
    proves="protocol versions with known weaknesses are refused here",
    does_not_prove="that what is sent over the newer ones reaches only whom it is for",
)
OLD_ALGORITHMS_REFUSED = supporting(
    "164.312(e)(1)",
    proves="key exchanges and message codes that rest on SHA-1 are refused here",
    does_not_prove="that each partner's client uses the strongest of those that are left",
)
WAY_IN_KEPT = context(
    "164.312(e)(1)",
    proves="whether the way in that ends TLS can be removed by a single mistake",
    does_not_prove="anything about what travels over it",
)
SERVER_PROVES_ITSELF = supporting(
    "164.312(e)(1)",
    proves="whoever connects where this certificate is used can tell the right server from another until the day named",
    does_not_prove="that every connection uses this certificate, or that clients look at it",
)
INSIDE_GUARDED = supporting(
    "164.312(e)(1)",
    proves="what the parts of this service tell one another is encrypted on the way",
    does_not_prove="that what clients send to it is",
)
MALFORMED_REFUSED = context(
    "164.312(e)(2)(i)",
    proves="whether requests with malformed headers, with which one request is hidden in another, are kept out",
    does_not_prove="that a request was not changed on its way",
)
ONWARD_GUARDED = supporting(
    "164.312(e)(1)",
    proves="what is fetched from the systems behind this is encrypted on the way",
    does_not_prove="that viewers are answered over TLS",
)
APPLICATIONS_ASK_OVER_TLS = supporting(
    "164.312(e)(1)",
    proves="what AWS's applications ask of the directory cannot be read on the way",
    does_not_prove="that other clients of the directory ask over TLS, or anything about the systems that hold ePHI",
)
TUNNEL_KEYS_STRONG = supporting(
    "164.312(e)(1)",
    proves="the keys of the tunnels between the sites are agreed in a way that cannot be broken with known means",
    does_not_prove="that traffic between the sites takes the tunnels, or how strong what the other end chose is",
)
