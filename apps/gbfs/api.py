"""The GBFS feed over HTTP, beside the TOMP-API."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import orjson
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.gbfs.edition import Edition, Json
from apps.gbfs.feed import FILES, MOVING_SECONDS, VERSION, WRITTEN_SECONDS, File
from apps.gbfs.keys import is_key
from apps.operator.models import FeedAccess, Operator
from apps.pricing.surge import latest_change
from apps.revisions.selectors import Stamp, read_stamp, stamp_column
from apps.tomp.authentication import CredentialAuthentication
from apps.tomp.conditional import Told, digest, tagged, unless_unchanged
from apps.tomp.errors import NotFound
from apps.tomp.json_format import TompRenderer
from apps.tomp.views import AlwaysJson

QUARTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Reader:
    """Somebody who may read the feed: its edition of now, and the stamp of the file asked for."""

    is_everybody: bool
    edition: Edition
    stamp: Stamp
    is_authenticated: bool = True


class FeedAuthentication(BaseAuthentication):
    """As the operator has it: anybody, or MPs with their credentials and others with the feed's key.

    One SQL statement, and one more for an MP. The key is sent as `X-API-Key` or as a bearer token.
    """

    def authenticate(self, request: Request) -> tuple[Reader, None]:
        """The reader. Raises `NotFound` where there is no feed, `NotAuthenticated`, `NotPermitted`."""
        now, file = timezone.now(), request.parser_context["view"].file
        operator = Operator.objects.values(
            "gbfs_access", "gbfs_key_sha256", "languages", "time_zone", stamp=stamp_column(file.told_from, now)
        ).first()
        if operator is None or operator["gbfs_access"] == FeedAccess.OFF:
            raise NotFound("There is no GBFS feed.")
        is_everybody = operator["gbfs_access"] == FeedAccess.PUBLIC
        if not is_everybody and not is_key(_key(request), operator["gbfs_key_sha256"]):
            CredentialAuthentication().authenticate(request)
        edition = Edition(now.astimezone(ZoneInfo(operator["time_zone"])), tuple(operator["languages"]))
        return Reader(is_everybody, edition, read_stamp(operator["stamp"])), None

    def authenticate_header(self, request: Request) -> str:
        """The challenge that goes with a 401."""
        return CredentialAuthentication().authenticate_header(request)


def _key(request: Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return request.headers.get("X-API-Key") or (token.strip() if scheme.lower() == "bearer" else "")


class FeedView(APIView):
    """/gbfs/3.0/…: each file of the feed."""

    authentication_classes = [FeedAuthentication]
    renderer_classes = [TompRenderer]
    content_negotiation_class = AlwaysJson
    schema = None

    @property
    def file(self) -> File:
        """The file asked for. Raises `NotFound`."""
        file = FILES.get(self.kwargs["name"])
        if file is None:
            raise NotFound("There is nothing at this address.")
        return file

    def get(self, request: Request, name: str) -> Response:
        """The file, or 304 where the reader has it as it is."""
        reader: Reader = request.user  # type: ignore[assignment]
        file, now = self.file, reader.edition.local
        since = latest_change(now) if file.surges else None
        if file.told_from:
            seconds = _seconds_until(reader.stamp.next_at, since + QUARTER if since else None, now=now)
            updated = max(filter(None, (reader.stamp.at, since)), default=now)
            response = unless_unchanged(
                request,
                reader.stamp,
                name,
                tell=lambda: Told(_enveloped(file.tell(reader.edition), updated=updated, seconds=seconds)),
                since=since,
            )
        else:
            seconds = MOVING_SECONDS
            found = file.tell(reader.edition)
            content = orjson.dumps(_enveloped(found, updated=now, seconds=seconds), option=orjson.OPT_UTC_Z)
            response = tagged(request, content, f'"{digest(orjson.dumps(found))}"')
        return _for_caches(response, reader, seconds)


def _enveloped(data: Json, *, updated: datetime, seconds: int) -> Json:
    """What every file of GBFS begins with."""
    return {"last_updated": updated.replace(microsecond=0), "ttl": seconds, "version": VERSION, "data": data}


def _seconds_until(*moments: datetime | None, now: datetime) -> int:
    """For how long a file that staff write is good: not beyond the first moment at which it changes by itself."""
    left = [(moment - now).total_seconds() for moment in moments if moment is not None]
    return min([WRITTEN_SECONDS, *(max(math.floor(one), 0) for one in left)])


def _for_caches(response: Response, reader: Reader, seconds: int) -> Response:
    """Public copies of a public feed, also for pages of other sites; private ones of any other.

    Tags are weak: what they stand for is the data, whatever is left of its time.
    """
    response["ETag"] = f"W/{response['ETag'].removeprefix('W/')}"
    if reader.is_everybody:
        response["Cache-Control"] = f"public, max-age={seconds}"
        response["Access-Control-Allow-Origin"] = "*"
        del response["Vary"]
    else:
        response["Cache-Control"] = f"private, max-age={seconds}"
        response["Vary"] = "Authorization, X-API-Key"
    return response
