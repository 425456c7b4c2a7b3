from __future__ import annotations

from collectors.aws.platform import AwsPlatform
from collectors.kind import describe
from collectors.plan import specs

KINDS = {cls.kind: cls for cls in AwsPlatform().kinds()}


def test_every_given_fact_has_a_declared_type():
    for cls in KINDS.values():
        assert set(describe(cls).lists.gives) <= set(cls.__annotations__)


def test_the_kinds_are_declared_soundly_and_every_name_they_ask_for_exists():
    assert set(specs([AwsPlatform()])) == set(KINDS)


def test_asking_what_is_a_client_imports_no_sdk():
    import subprocess  # noqa: PLC0415 - a process of its own
    import sys  # noqa: PLC0415 - see above

    script = (
        "import sys\n"
        "from collectors.aws.platform import AwsPlatform\n"
        "from collectors.plan import specs\n"
        "specs([AwsPlatform()])\n"
        "assert AwsPlatform().is_client('rds') and not AwsPlatform().is_client('bucket')\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('boto3', 'botocore')])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
