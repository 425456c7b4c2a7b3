"""Patching of functions and container images on AWS."""

from __future__ import annotations

from checks.check import Verdict, check, failed, not_applicable, passed
from checks.patching.links import RUNTIME_MAINTAINED, WEAKNESSES_SOUGHT
from evidence.facts.aws_compute import FunctionSettings, ImageScanning

_ENDED = (
    *(f"python{version}" for version in ("2.7", "3.6", "3.7", "3.8", "3.9")),
    *(
        f"nodejs{version}"
        for version in ("", "4.3", "4.3-edge", "6.10", "8.10", "10.x", "12.x", "14.x", "16.x", "18.x")
    ),
    *(f"dotnetcore{version}" for version in ("1.0", "2.0", "2.1", "3.1")),
    *("dotnet5.0", "dotnet6", "dotnet7", "go1.x", "java8", "provided", "ruby2.5", "ruby2.7"),
)


@check("aws-lambda-function-runtime", on="aws.lambda.function", severity="medium", links=[RUNTIME_MAINTAINED])
def function_runtime_is_maintained(settings: FunctionSettings, *, ended: tuple[str, ...] = _ENDED) -> Verdict:
    """Does AWS still maintain the function's runtime?"""
    runtime = settings["runtime"]
    if not runtime:
        return not_applicable("a container image brings its own runtime")
    if runtime in ended:
        return failed(f"AWS no longer maintains {runtime}")
    return passed(f"{runtime} is none of the runtimes known to have ended")


@check("aws-ecr-repository-scanning", on="aws.ecr.repository", severity="low", links=[WEAKNESSES_SOUGHT])
def new_images_are_scanned(scanning: ImageScanning) -> Verdict:
    """Are new images in the repository scanned for known weaknesses?"""
    if scanning["by_rule"]:
        return passed("a rule of the registry has the repository's images scanned")
    if scanning["own"]:
        return passed("images are scanned when they are pushed")
    return failed("new images are not scanned")
