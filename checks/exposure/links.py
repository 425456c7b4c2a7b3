"""What checks of exposure may claim, once for all platforms."""

from __future__ import annotations

from checks.check import context, supporting

NOT_FOR_EVERYONE = supporting(
    "164.312(a)(1)",
    proves="this is not open to everyone",
    does_not_prove="that those it is open to have been granted access",
)
BUCKET_NOT_FOR_EVERYONE = supporting(
    "164.312(a)(1)",
    proves="neither the bucket's policy nor its list of rights opens it to everyone",
    does_not_prove="that those it is open to have been granted access, that an access point of its own which the policy "
    "names lets nobody in, or anything about directory buckets, which are not listed",
)
KNOWN_COPIERS = supporting(
    "164.312(a)(1)",
    proves="no account but those the organisation named as its own or known can make a copy of this",
    does_not_prove="that whoever uses those accounts has been granted access",
)
PATH_NARROWED = supporting(
    "164.312(e)(1)",
    proves="this is not reachable from every network",
    does_not_prove="that what travels over the remaining paths is protected",
)
REACHABLE = context(
    "164.312(e)(1)",
    proves="whether a public network leads here",
    does_not_prove="whether anything here answers, or what it would give away",
)
OUTSIDE_ACCESS_SOUGHT = context(
    "164.312(a)(1)",
    proves="whether the provider's own reasoning about policies looks for resources that let in outsiders",
    does_not_prove="that it finds none, or that anyone reads what it finds",
)
OUTSIDE_ACCESS_SETTLED = supporting(
    "164.312(a)(1)",
    proves="every resource known to let in somebody from outside was closed to them or accepted by somebody",
    does_not_prove="that those accepted were granted access, or that types of resource not analysed let nobody in",
)
REQUESTS_FILTERED = context(
    "164.312(a)(1)",
    proves="whether requests are filtered by rules before they arrive",
    does_not_prove="that the rules stop anything, or that requests which pass are harmless",
)
ACLS_OFF = supporting(
    "164.312(a)(1)",
    proves="only policies say who reads these objects: no list of rights on a single object can let anybody in",
    does_not_prove="that the policies let in only whom they should",
)
