from __future__ import annotations

import pytest

from checks.policy_conditions import demands_of, narrowed


def asking(**condition):
    return {"Effect": "Allow", "Principal": "*", "Action": "*", "Condition": condition}


@pytest.mark.parametrize(
    ("key", "value", "tied"),
    [
        ("aws:SourceAccount", "111122223333", True),
        ("aws:SourceArn", "arn:aws:sns:*:111122223333:*", True),
        ("aws:SourceArn", "arn:aws:s3:*:*:ward", True),
        ("aws:SourceArn", "arn:aws:s3:::ward*", False),
        ("aws:SourceArn", "arn:aws:s3:*:*:*", False),
        ("aws:SourceArn", "arn:aws:s3:*:*:accesspoint/ward", False),
        ("aws:SourceArn", "arn:aws:sns:*:*:ward", False),
        ("aws:SourceVpce", "vpce-1", True),
        ("aws:SourceVpce", "vpce-*", False),
        ("aws:VpceOrgID", "o-1", True),
        ("aws:PrincipalAccount", "${aws:PrincipalAccount}", False),
        ("aws:PrincipalAccount", "${aws:ResourceAccount}", True),
        ("aws:PrincipalOrgPaths", "${aws:PrincipalOrgID}/*", False),
        ("aws:userid", "AIDAEXAMPLEID", True),
        ("aws:userid", "111122223333", True),
        ("aws:userid", "A*:nurse", False),
        ("aws:PrincipalTag/team", "ward", False),
        ("aws:SourceIp", "203.0.113.7", False),
    ],
)
def test_a_value_ties_down_whose_a_request_is_when_strangers_cannot_fit_it(key, value, tied):
    assert narrowed(asking(StringLike={key: value})) is tied
    assert not narrowed(asking(StringLike={key: [value, "*"]}))
    assert not narrowed(asking(StringNotLike={key: value}))
    assert not narrowed(asking(StringLikeIfExists={key: value}))
    assert not narrowed(asking(**{"ForAllValues:StringLike": {key: value}}))


def test_every_line_of_a_condition_is_a_test_and_what_is_none_is_left_out():
    told = demands_of(asking(Bool={"aws:SecureTransport": False, "x": []}, Null="odd"))
    assert [(one.operator, one.key, one.written, one.wanted) for one in told] == [
        ("bool", "aws:securetransport", "aws:SecureTransport", ("false",)),
        ("bool", "x", "x", ()),
    ]
