"""What the processes of an installation count for Prometheus (docs/operations/metrics.md).

Each process writes files of its own in `METRICS_DIR`; whichever is asked for `/metrics` adds up all that are there.
The name of the machine is part of theirs, as containers that share the folder may all have the same process id.
"""

import os
import socket

import prometheus_client.values
from prometheus_client import Counter, Histogram
from prometheus_client.values import MultiProcessValue


def _process() -> str:
    return f"{socket.gethostname()}-{os.getpid()}"


prometheus_client.values.ValueClass = MultiProcessValue(_process)

TRANSITIONS = Counter(
    "tomp_transitions", "Events that happened to bookings, legs, assets and what else has states.", ["subject", "event"]
)
DELIVERIES = Counter("tomp_deliveries", "Attempts to deliver a message to an MP, by what came back.", ["answer"])
SWEPT = Counter("tomp_swept_rows", "Rows that sweeps have gone over.", ["sweep", "outcome"])
TASKS = Counter("tomp_tasks", "Tasks that workers have ended.", ["task", "state"])
REQUESTS = Counter("tomp_requests", "Requests answered.", ["method", "endpoint", "status"])
REQUEST_SECONDS = Histogram(
    "tomp_request_seconds",
    "How long answers took.",
    ["method", "endpoint"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
