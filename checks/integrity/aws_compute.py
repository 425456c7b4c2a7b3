"""Integrity of container images on AWS."""

from __future__ import annotations

from checks.check import Verdict, check, failed, passed
from checks.integrity.links import IMAGE_STAYS
from evidence.facts.aws_compute import RepositorySettings


@check("aws-ecr-repository-immutable-tags", on="aws.ecr.repository", severity="low", links=[IMAGE_STAYS])
def tags_stay(settings: RepositorySettings) -> Verdict:
    """Does a tag in the repository always name the same image?"""
    if settings["movable_tags"]:
        return failed("a tag can be moved to another image")
    return passed("a tag once given stays with its image")
