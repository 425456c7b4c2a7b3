import pytest

from collectors.aws.errors import classify
from collectors.extras import not_installed
from evidence.model import Reason


@pytest.mark.parametrize(
    ("module", "extra"),
    [
        ("botocore.session", "aws"),
        ("ldap3.core", "directory"),
        ("paramiko", "hosts"),
        ("pypsrp.wsman", "psrp"),
    ],
)
def test_a_package_that_is_not_there_is_told_with_the_extra_that_brings_it(module, extra):
    failure = not_installed(ModuleNotFoundError(f"No module named {module!r}", name=module))
    assert (failure.code, failure.reason) == ("extra_missing", Reason.NOT_AVAILABLE)
    assert failure.detail == f"pip install 'nightledger[{extra}]'"


@pytest.mark.parametrize(
    "error", [ModuleNotFoundError("x", name="ours"), ModuleNotFoundError("x"), ImportError("x", name="ldap3")]
)
def test_every_other_error_is_somebody_elses(error):
    assert not_installed(error) is None


def test_an_aws_source_that_cannot_be_opened_for_it_says_so():
    failure = classify(ModuleNotFoundError("No module named 'botocore'", name="botocore"))
    assert (failure.code, failure.reason) == ("extra_missing", Reason.NOT_AVAILABLE)
