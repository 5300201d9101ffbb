"""Reading the operator, and whether what it runs on answers."""

import tempfile

from django.db import DatabaseError, connection
from kombu.exceptions import OperationalError

from apps.operator.models import Operator
from apps.tomp.errors import NotFound, TompError
from tomp_backoffice.celery import app as celery_app

BROKER_TIMEOUT_SECONDS = 1.0


def the_operator() -> Operator:
    """The operator. Raises `NotFound` before staff have described it."""
    operator = Operator.objects.first()
    if operator is None:
        raise NotFound("The operator has not been described yet.")
    return operator


def check_database() -> None:
    """Raise `TompError` unless the database answers a statement."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        raise TompError("The database does not answer.") from error


def check_broker() -> None:
    """Raise `TompError` unless a task could be sent now, within two seconds."""
    broker = celery_app.connection_for_write(
        connect_timeout=BROKER_TIMEOUT_SECONDS,
        transport_options={
            "socket_connect_timeout": BROKER_TIMEOUT_SECONDS,
            "socket_timeout": BROKER_TIMEOUT_SECONDS,
        },
    )
    try:
        with broker:
            broker.ensure_connection(max_retries=0, timeout=BROKER_TIMEOUT_SECONDS)
            folder = broker.transport_options.get("data_folder_out")
            if folder is not None:
                with tempfile.TemporaryFile(dir=folder) as file:
                    file.write(b"1")
    except (OperationalError, OSError) as error:
        raise TompError("The message broker does not answer.") from error
