"""Whether APIs on AWS ask who calls them."""

from __future__ import annotations

from checks.authentication.links import CALLERS_NAMED
from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from evidence.facts.aws_apis import ApiMethods


@check(
    "aws-apigateway-callers-named",
    on=("aws.apigateway.api", "aws.apigatewayv2.api"),
    severity="medium",
    links=[CALLERS_NAMED],
)
def callers_are_named(methods: ApiMethods, *, open_to_all: tuple[str, ...] = ()) -> Verdict:
    """Does every method of the API ask its callers who they are?"""
    if not (methods["open"] or methods["keyed"] or methods["asking"]):
        return not_applicable("the API has no method that could ask")
    asking_nothing = [name for name in methods["open"] if name not in open_to_all]
    asking_little = [name for name in methods["keyed"] if name not in open_to_all]
    if not asking_nothing and not asking_little:
        return passed("every method that is not meant for all asks its callers who they are")
    if methods["elsewhere"]:
        return undecided("methods ask for nothing, but the API's own domain names may ask for a certificate")
    if asking_nothing:
        return failed(f"anybody may call {_named(asking_nothing)}")
    return failed(
        f"an API key, which says nothing of who calls, is all that is asked by {_named(asking_little)}"
    )


def _named(methods: list[str]) -> str:
    others = f" and {len(methods) - 3} more" if len(methods) > 3 else ""
    return ", ".join(methods[:3]) + others
