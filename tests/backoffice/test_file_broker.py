"""The broker of files: a nudge that cannot be read is dropped, and the worker goes on."""

import time
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection

from tomp_backoffice import celery  # noqa: F401 - which puts our transport in place


@pytest.mark.parametrize("content", [b"", b'{"body": "half'])
def test_half_a_message_is_dropped(tmp_path: Path, content: bytes) -> None:
    folders = {"data_folder_in": str(tmp_path), "data_folder_out": str(tmp_path), "control_folder": str(tmp_path)}
    with Connection("filesystem://", transport_options=folders) as connection:
        name = tmp_path.name  # kombu remembers what it has declared, whatever the folder
        queue = connection.SimpleQueue(name)
        (tmp_path / f"{time.monotonic_ns()}_broken.{name}.msg").write_bytes(content)
        with pytest.raises(Empty):
            queue.get(block=False)
        queue.put({"nudge": 1})
        message = queue.get(timeout=5)
        assert message.payload == {"nudge": 1}
        message.ack()
