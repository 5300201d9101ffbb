"""Transactions that lock a whole ride: begun again where what was locked is no longer what is needed."""

from collections.abc import Callable

import pytest
from django.db import OperationalError
from psycopg.errors import AdminShutdown, DeadlockDetected

from apps.legs.locks import ATTEMPTS, AssetSwapped, ride_transaction
from apps.tomp.errors import ServiceUnavailable

pytestmark = pytest.mark.django_db


def failing(times: int, error: Exception) -> tuple[Callable[[], str], list[int]]:
    """A service that fails so often before it succeeds, and its attempts."""
    attempts: list[int] = []

    @ride_transaction
    def service() -> str:
        attempts.append(len(attempts))
        if len(attempts) <= times:
            raise error
        return "done"

    return service, attempts


def database_error(cause: Exception) -> OperationalError:
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error


@pytest.mark.parametrize("error", [AssetSwapped(), database_error(DeadlockDetected())])
def test_it_begins_again(error: Exception) -> None:
    service, attempts = failing(2, error)
    assert service() == "done"
    assert len(attempts) == 3


def test_it_does_not_begin_again_for_ever() -> None:
    service, attempts = failing(100, AssetSwapped())
    with pytest.raises(ServiceUnavailable):
        service()
    assert len(attempts) == ATTEMPTS


def test_other_errors_of_the_database_pass() -> None:
    service, attempts = failing(1, database_error(AdminShutdown()))
    with pytest.raises(OperationalError):
        service()
    assert len(attempts) == 1
