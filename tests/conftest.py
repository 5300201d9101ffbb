"""What every test may ask for."""

import gc
import os
from typing import Any

import pytest
from hypothesis import settings

from apps.providers.models import Provider
from tests import factories
from tests.tomp_client import TompClient

# How long an example takes says nothing on a machine that does other things too.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are cores: many tests wait for a browser, a server or a lock."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    """What has been imported and collected stays: looking through it for garbage again and again takes a tenth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture
def operator(db: Any) -> Any:
    """The operator, speaking English and Dutch."""
    return factories.OperatorFactory()


@pytest.fixture
def provider(operator: Any) -> Provider:
    """An MP that runs the map-centric process."""
    return factories.ProviderFactory()


@pytest.fixture
def mp(provider: Provider) -> TompClient:
    """That MP's client."""
    return TompClient(provider)


@pytest.fixture
def stranger(operator: Any) -> TompClient:
    """Another MP, who must never see what is `mp`'s."""
    return TompClient(factories.ProviderFactory(maas_id="stranger"))


@pytest.fixture
def asset(operator: Any) -> Any:
    """One available city bike."""
    return factories.AssetFactory()
