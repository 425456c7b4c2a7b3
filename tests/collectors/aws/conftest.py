from __future__ import annotations

import os
from contextlib import contextmanager

import pytest

from bench.clinic_estate import EACH_REGION, REGIONS
from tests.collectors.aws.estate import seed
from tests.collectors.aws.look import Cloud
from tests.servers.moto import DUMMY, MotoServer


@pytest.fixture(scope="session")
def moto():
    try:
        server = MotoServer().start()
    except (ImportError, OSError) as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no moto server can run here: {error}")
    yield server
    server.stop()


@contextmanager
def dummy_credentials():
    with pytest.MonkeyPatch.context() as patch:
        for name, value in DUMMY.items():
            patch.setenv(name, value)
        patch.delenv("AWS_PROFILE", raising=False)
        patch.delenv("AWS_SESSION_TOKEN", raising=False)
        yield


@pytest.fixture
def cloud(moto):
    with dummy_credentials():
        moto.reset()
        seen = Cloud(moto)
        yield seen
        seen.close()


@pytest.fixture(scope="module")
def seeded(moto):
    with dummy_credentials():
        moto.reset()
        seen = Cloud(moto)
        seen.truth = seed(seen)
        yield seen
        seen.close()


@pytest.fixture(scope="module")
def everything(moto):
    """A little of every kind that the bench's estate has."""
    with dummy_credentials():
        moto.reset()
        seen = Cloud(moto)
        seed(seen)
        for region in REGIONS:
            for made, _ in EACH_REGION:
                made(seen, region, 2)
        seen.front.clear()
        yield seen
        seen.front.clear()
        seen.close()


@pytest.fixture
def estate(seeded):
    seeded.front.clear()
    yield seeded
    seeded.front.clear()
