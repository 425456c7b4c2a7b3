"""Patching of functions and container images on AWS."""

from __future__ import annotations

from datetime import date

from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from checks.patching.links import RUNTIME_MAINTAINED, WEAKNESSES_SOUGHT
from checks.patching.runtimes import ENDS
from evidence.facts.aws_compute import FunctionSettings, ImageScanning


@check("aws-lambda-function-runtime", on="aws.lambda.function", severity="medium", links=[RUNTIME_MAINTAINED])
def function_runtime_is_maintained(
    settings: FunctionSettings,
    as_of: date,
    *,
    ended: tuple[str, ...] = (),
    maintained: tuple[str, ...] = (),
) -> Verdict:
    """Does AWS still maintain the function's runtime?"""
    runtime = settings["runtime"]
    if not runtime:
        return not_applicable("a container image brings its own runtime")
    if runtime in ended:
        return failed(f"AWS no longer maintains {runtime}, as the organisation says")
    if runtime in maintained:
        return passed(f"AWS maintains {runtime}, as the organisation says")
    end = ENDS.get(runtime)
    if end is None:
        return undecided(f"until when AWS maintains {runtime} is not known here")
    if end <= as_of:
        return failed(f"AWS has not maintained {runtime} since {end}")
    return passed(f"AWS maintains {runtime} until {end}")


@check("aws-ecr-repository-scanning", on="aws.ecr.repository", severity="low", links=[WEAKNESSES_SOUGHT])
def new_images_are_scanned(scanning: ImageScanning) -> Verdict:
    """Are new images in the repository scanned for known weaknesses?"""
    if scanning["by_rule"]:
        return passed("a rule of the registry has the repository's images scanned")
    if scanning["own"]:
        return passed("images are scanned when they are pushed")
    return failed("new images are not scanned")
