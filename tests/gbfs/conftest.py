"""A public feed, and who reads it."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from apps.operator.models import Operator


class FeedReader:
    """Reads files of the feed in process, with `headers`."""

    def __init__(self, **headers: str) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = headers

    def get(self, name: str, **headers: str) -> Any:
        """The answer to a GET of a file, by its name or whole address."""
        path = urlsplit(name).path if "://" in name else f"/gbfs/3.0/{name}.json"
        sent = {key.replace("_", "-"): value for key, value in {**self.headers, **headers}.items()}
        return self.client.get(path, headers=sent)

    def get_json(self, address: str) -> Any:
        """The whole file: what the validator fetches with."""
        answer = self.get(address)
        assert answer.status_code == 200, answer.content
        return json.loads(answer.content)

    def data(self, name: str) -> Any:
        """What the file tells."""
        return self.get_json(name)["data"]


@pytest.fixture
def feed(operator: Any) -> FeedReader:
    """A reader of the operator's public feed."""
    Operator.objects.update(gbfs_access="PUBLIC", feed_contact_email="feeds@operator.example")
    return FeedReader()
