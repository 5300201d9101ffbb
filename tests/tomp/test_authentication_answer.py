"""A caller without valid credentials gets the error object, in whatever state the request is."""

from tests.tomp_client import TompClient


def test_no_key_answers_401_with_the_error_object(mp: TompClient) -> None:
    answer = mp.get("/bookings/0b0bd0c1-0000-4000-8000-000000000000", headers={"X-API-Key": None})
    assert answer.status == 401
    assert answer.body["errorcode"] == 3006
    assert answer.headers["Content-Language"] == "en"
