from __future__ import annotations

import pytest

from checks.load import all_checks
from checks.rule import catalog
from checks.status import roll_up
from evidence.model import Resource
from nightledger.run import PollSource, make_plan, run
from tests.checks.test_status import Row
from tests.collectors.aws.look import AS_OF

pytestmark = pytest.mark.server("moto")

NOT_SPOKEN_TO = {
    "164.310(a)(2)(i)",
    "164.310(a)(2)(iv)",
    "164.310(b)",
    "164.310(d)(2)(iii)",
}
# Desktops there are none, and which buckets must be copied only the organisation's policy says.
FOUND_NOTHING_TO_ASK_ABOUT = {"164.310(c)", "164.310(d)(2)(iv)"}
ROLES = {
    "164.310(a)(1)": {"inherited"},
    "164.310(a)(2)(ii)": {"inherited"},
    "164.310(a)(2)(iii)": {"inherited"},
    "164.310(d)(1)": {"context"},
    "164.310(d)(2)(i)": {"inherited"},
    "164.310(d)(2)(ii)": {"inherited"},
    "164.312(a)(1)": {"supporting"},
    "164.312(a)(2)(i)": {"supporting"},
    "164.312(a)(2)(ii)": {"supporting"},
    "164.312(a)(2)(iii)": {"supporting"},
    "164.312(a)(2)(iv)": {"direct", "supporting"},
    "164.312(b)": {"direct", "supporting"},
    "164.312(c)(1)": {"supporting"},
    "164.312(c)(2)": {"supporting"},
    "164.312(d)": {"direct", "supporting"},
    "164.312(e)(1)": {"supporting"},
    "164.312(e)(2)(i)": {"supporting"},
    "164.312(e)(2)(ii)": {"direct"},
}
"""At least these, on the seeded estate: how evidence of AWS speaks to each provision that it speaks to."""


def row(finding):
    about = finding.subject
    if isinstance(about, Resource):
        return Row(finding.check, about.uid, finding.status, about.kind, finding.sentence)
    return Row(finding.check, f"scope:{about}", finding.status, "", finding.sentence)


@pytest.fixture
def standing(estate):
    source = PollSource("aws", "test", estate.source())
    chosen = [check for name, check in all_checks().checks.items() if name.startswith("aws-")]
    judged = list(run(make_plan([source], {"aws": estate.platform()}, all_checks(), chosen, AS_OF)))
    findings = [row(finding) for one in judged for finding in one.findings]
    lines = roll_up(catalog(), all_checks().checks.values(), findings, [one.result for one in judged])
    return {line.provision.id: line for line in lines}


def test_every_physical_and_technical_provision_says_what_aws_evidence_speaks_to_it_and_what_is_left(
    standing,
):
    paragraphs = {one.id for one in catalog() if one.id.startswith(("164.310", "164.312"))}
    assert paragraphs <= standing.keys()
    for paragraph in paragraphs:
        line = standing[paragraph]
        heard = {role: tally for role, tally in line.roles if tally.asked}
        assert heard.keys() >= ROLES.get(paragraph, set()), line.sentence
        assert all(kind.startswith("aws.") for tally in heard.values() for kind, _ in tally.kinds)
        assert ("nothing collected speaks to it" in line.sentence) == (paragraph in NOT_SPOKEN_TO)
        assert "left to people: " in line.sentence
    assert paragraphs == NOT_SPOKEN_TO | ROLES.keys() | FOUND_NOTHING_TO_ASK_ABOUT


def test_what_a_provider_assures_lifts_no_physical_provision(standing):
    assert {line.state.value for id_, line in standing.items() if id_.startswith("164.310")} == {
        "not_covered"
    }
