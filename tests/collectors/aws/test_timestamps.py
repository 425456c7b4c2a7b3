from __future__ import annotations

from datetime import UTC, datetime

import pytest
from botocore.parsers import DEFAULT_TIMESTAMP_PARSER
from hypothesis import given
from hypothesis import strategies as st

from collectors.aws.timestamps import fast

parse = fast(DEFAULT_TIMESTAMP_PARSER)


@pytest.mark.parametrize(
    "value",
    [
        "2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05.000Z",
        "2026-01-02T03:04:05.123456Z",
        "2026-01-02T03:04:05+02:00",
        "20260102T030405Z",
        "Fri, 02 Jan 2026 03:04:05 GMT",
        1767323045,
        1767323045.5,
        "1767323045",
        "1767323045.5",
        "2026-01-02",
    ],
)
def test_every_shape_of_the_service_models_is_read_as_the_sdk_reads_it(value):
    assert parse(value) == DEFAULT_TIMESTAMP_PARSER(value)


@given(st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis wants it naive
def test_any_utc_time_is_read_as_the_sdk_reads_it(moment):
    text = moment.isoformat().replace("+00:00", "Z")
    assert parse(text) == DEFAULT_TIMESTAMP_PARSER(text)


@pytest.mark.parametrize("value", ["2026-13-02T03:04:05Z", "nonsense with a TZ at Z", ""])
def test_what_is_no_time_is_refused_by_the_sdk_as_before(value):
    with pytest.raises(ValueError):
        parse(value)
