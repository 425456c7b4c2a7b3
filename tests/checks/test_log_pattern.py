import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.log_pattern import matches_event

EVENT = {
    "eventName": "ConsoleLogin",
    "userIdentity": {"type": "Root", "arn": "arn:aws:iam::1:root"},
    "errorCode": "Client.UnauthorizedOperation",
    "readOnly": False,
    "nothing": None,
    "resources": [{"type": "AWS::S3::Bucket"}],
    "count": 3,
}


@pytest.mark.parametrize(
    ("pattern", "matched"),
    [
        ('{ $.eventName = "ConsoleLogin" }', True),
        ("{$.eventName=ConsoleLogin}", True),
        ('{ $.eventName = "consolelogin" }', False),
        ('{ $.eventName != "ConsoleLogin" }', False),
        ('{ $.errorCode = "*UnauthorizedOperation" }', True),
        ('{ $.errorCode = "AccessDenied*" }', False),
        ("{ $.eventName = * }", True),
        ('{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS }', True),
        ("{ $.userIdentity.type NOT EXISTS }", False),
        ('{ $.missing = "x" }', False),
        ('{ $.missing != "x" }', None),
        ('{ $.missing != "x" && $.eventName = "Other" }', False),
        ('{ $.missing != "x" || $.eventName = "ConsoleLogin" }', True),
        ("{ $.readOnly IS FALSE }", True),
        ("{ $.readOnly is true }", False),
        ("{ $.nothing IS NULL }", True),
        ("{ $.missing IS NULL }", False),
        ('{ $.resources[0].type = "AWS::S3::Bucket" }', True),
        ('{ $.resources[1].type = "AWS::S3::Bucket" }', False),
        ('{ $.resources[*].type = "AWS::S3::Bucket" }', None),
        ('{ $.eventName = "A" && $.eventName = "B" || $.eventName = "ConsoleLogin" }', True),
        ('{ $.eventName = "A" && ($.eventName = "B" || $.eventName = "ConsoleLogin") }', False),
        ("{ $.count >= 3 }", None),
        ("{ $.count = 3 }", None),
        ("{ $.eventName = %Console.*% }", None),
        ("ConsoleLogin", None),
        ("[ip, user, name=ConsoleLogin]", None),
        ("", None),
        ("{ }", None),
        ('{ $.eventName = "ConsoleLogin" } more', None),
        ('{ ($.eventName = "ConsoleLogin" }', None),
        ("{ $.eventName EXISTS }", None),
        ("{" + "(" * 60 + "$.eventName = A" + ")" * 60 + "}", None),
    ],
)
def test_a_pattern_matches_what_the_service_says_it_matches(pattern, matched):
    assert matches_event(pattern, EVENT) is matched


SCRAPS = st.sampled_from(
    ["{", "}", "(", ")", "&&", "||", "=", "!=", "$.eventName", "$", '"x"', "*", "NOT", "EXISTS", "IS"]
)


@given(st.one_of(st.text(max_size=60), st.lists(SCRAPS, max_size=20).map(" ".join)))
def test_no_pattern_raises(pattern):
    assert matches_event(pattern, EVENT) in {True, False, None}


@given(st.from_regex(r"[A-Za-z]{1,20}", fullmatch=True), st.from_regex(r"[A-Za-z]{1,20}", fullmatch=True))
def test_a_name_is_matched_by_itself_and_by_no_other(name, other):
    assert matches_event(f'{{ $.eventName = "{name}" }}', {"eventName": name}) is True
    assert matches_event(f'{{ $.eventName = "{name}" }}', {"eventName": other}) is (name == other)
