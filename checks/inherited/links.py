"""What checks of inherited safeguards may claim, once for all platforms."""

from __future__ import annotations

from checks.check import context, supporting

ASSURANCE_IN_FORCE = supporting(
    "164.308(b)(3)",
    proves="the provider lists a business associate agreement with this customer as being in force",
    does_not_prove="what its terms are, that only services it covers hold ePHI, or that others handle none",
)
PROVIDER_AUDITED = context(
    "164.310(a)(1)",
    proves="whether the provider offers an auditor's report on its own facilities, and for which period",
    does_not_prove="what the report says, that anyone here has read it, or anything about sites that are not the "
    "provider's",
)
ENTRY_AUDITED = context(
    "164.310(a)(2)(ii)",
    proves="whether the provider offers an auditor's report of the kind that covers how its own sites are guarded against entry and theft",
    does_not_prove="what the report says of it, that anyone here has read it, or anything about what is not the provider's",
)
VISITORS_AUDITED = context(
    "164.310(a)(2)(iii)",
    proves="whether the provider offers an auditor's report of the kind that covers who is let in to its own sites",
    does_not_prove="what the report says of it, that anyone here has read it, or anything about what is not the provider's",
)
DISPOSAL_AUDITED = context(
    "164.310(d)(2)(i)",
    proves="whether the provider offers an auditor's report of the kind that covers how it disposes of its own disks",
    does_not_prove="what the report says of it, that anyone here has read it, or anything about what is not the provider's",
)
REUSE_AUDITED = context(
    "164.310(d)(2)(ii)",
    proves="whether the provider offers an auditor's report of the kind that covers how it wipes its own disks before they are used again",
    does_not_prove="what the report says of it, that anyone here has read it, or anything about what is not the provider's",
)
