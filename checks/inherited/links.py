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
