from __future__ import annotations

import os
from contextlib import contextmanager
from copy import copy

import pytest

from bench.clinic_estate import EACH_REGION, REGIONS
from collectors.aws.clients import Clients
from tests.collectors.aws.estate import seed
from tests.collectors.aws.look import Cloud
from tests.servers.moto import DUMMY, MotoServer
from tests.servers.moto_clients import MotoClients


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


@pytest.fixture(scope="session")
def looker(moto):
    """What looks at the moto server as one process would, and fills it: no test pays for another's clients."""
    with dummy_credentials():
        seeding, ours = MotoClients(moto.url), Clients()
        yield Cloud(moto, seeding, ours)
        seeding.close()
        ours.close()


@contextmanager
def emptied(moto, looker):
    with dummy_credentials():
        moto.reset()
        yield copy(looker)
        moto.front.clear()


@pytest.fixture
def cloud(moto, looker):
    with emptied(moto, looker) as seen:
        yield seen


@pytest.fixture(scope="module")
def seeded(moto, looker):
    with emptied(moto, looker) as seen:
        seen.truth = seed(seen)
        yield seen


@pytest.fixture(scope="module")
def everything(moto, looker):
    """A little of every kind that the bench's estate has."""
    with emptied(moto, looker) as seen:
        seed(seen)
        for region in REGIONS:
            for made, _ in EACH_REGION:
                made(seen, region, 2)
        seen.front.clear()
        yield seen


@pytest.fixture
def estate(seeded):
    seeded.front.clear()
    yield seeded
    seeded.front.clear()
