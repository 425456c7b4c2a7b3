"""Encryption at rest of health records on AWS, and of the logs of people's sessions."""

from __future__ import annotations

from checks.check import Verdict, check, failed, not_applicable, passed
from checks.encryption_at_rest.links import LOG_MUST_BE_ENCRYPTED, OWN_KEY
from evidence.facts.aws_data import HealthRecords
from evidence.facts.aws_sessions import SessionPreferences


@check("aws-healthlake-datastore-key", on="aws.healthlake.datastore", severity="medium", links=[OWN_KEY])
def records_have_a_key_of_their_own(records: HealthRecords) -> Verdict:
    """Are the health records encrypted with a key of the customer's own?"""
    if records["own_key"]:
        return passed("the records are encrypted with a key that the customer manages")
    return failed("the records are encrypted with a key that AWS owns, whose use nobody can follow")


@check(
    "aws-ssm-session-log-encryption",
    on="aws.ssm.session_manager",
    severity="low",
    links=[LOG_MUST_BE_ENCRYPTED],
)
def session_log_must_be_encrypted(preferences: SessionPreferences | None) -> Verdict:
    """Does Session Manager refuse to write its log where it is not encrypted?"""
    if preferences is None or not (preferences["bucket"] or preferences["log_group"]):
        return not_applicable("sessions are recorded neither in a bucket nor in a log group")
    places = (
        (preferences["bucket"], preferences["encrypted_bucket"]),
        (preferences["log_group"], preferences["encrypted_log_group"]),
    )
    open_ = [place for place, encrypted in places if place and not encrypted]
    if open_:
        return failed(f"sessions are recorded whether or not this is encrypted: {', '.join(open_)}")
    return passed("sessions are recorded only where the record is encrypted")
