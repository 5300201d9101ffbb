"""What stands around the bookings of a database of the benchmark: stations, messages, support requests, jammed locks.

Their numbers grow with those of assets and bookings. They are written for what has none yet.
"""

from django.db import connection

# One in so many: more than any operator has, so that the first page of each is full where there is a hundredth too.
ASSETS_PER_STATION = 10
ASSETS_PER_JAM = 15
BOOKINGS_PER_REQUEST = 50
REQUESTS_PER_UNANSWERED = 3
MESSAGES_PER_FAILED = 150

# A number that looks random and is always the same for a booking; a booking's id is a hash.
DICE = "('x' || left(booking.id::text, 8))::bit(32)::bigint"

STATIONS = """
INSERT INTO stations_station (
    station_id, name, latitude, longitude, street_address, area_reference, postal_code, country, cross_street,
    stop_references, contact_phone, key_place, parking_type, is_virtual, is_valet_station, rental_methods,
    rental_method_other, is_charging_station, is_installed, is_renting, is_returning, is_public
)
SELECT 'S' || n, 'Station ' || n, 52, 5, '', '', '', '', '', '[]', '', '', '', false, false, '{}', '', false, true,
    true, true, true
FROM generate_series(
    (SELECT count(*) + 1 FROM stations_station), (SELECT count(*) / %(assets_per_station)s FROM assets_asset)
) n
"""
# Two of five stations get an asset.
STANDING = """
UPDATE assets_asset SET station_id = station.id FROM stations_station station
WHERE assets_asset.id = station.id * %(assets_per_station)s AND station.id %% 5 < 2 AND assets_asset.station_id IS NULL
"""
JAMS = "UPDATE assets_asset SET lock_state = 'JAMMED' WHERE id %% %(assets_per_jam)s = 7"
MESSAGES = f"""
INSERT INTO webhooks_outboxmessage (
    key, provider_id, booking_id, subject, method, path, base_url, body, state, attempts, created_at, next_attempt_at,
    delivered_at, answer_wanted, answer
)
SELECT md5('message of ' || booking.id)::uuid, booking.provider_id, booking.id, 'FINISH', 'POST',
    '/legs/' || booking.id || '/events', '', '{{"event": "FINISH"}}',
    CASE WHEN {DICE} %% %(messages_per_failed)s = 0 THEN 'FAILED' ELSE 'DELIVERED' END,
    1, booking.created_at, booking.created_at, booking.created_at, false, ''
FROM bookings_booking booking
WHERE NOT EXISTS (SELECT FROM webhooks_outboxmessage message WHERE message.booking_id = booking.id)
ORDER BY booking.created_at
"""  # noqa: S608 - an expression of our own
REQUESTS = f"""
INSERT INTO support_supportrequest (
    id, reference, provider_id, booking_id, leg_id, asset_id, state, type, priority, contact, asset_named, urls,
    received_at, respond_by, answered_at, handled_by
)
SELECT md5('request of ' || booking.id)::uuid, booking.id, booking.provider_id, booking.id, leg.id, leg.asset_id,
    CASE WHEN is_open THEN 'PROCESSING' ELSE 'RESOLVED' END, 'UNABLE_TO_CLOSE', 'ERROR_CAN_CONTINUE', '', '', '{{}}',
    booking.created_at, booking.created_at + interval '1 hour',
    CASE WHEN NOT is_open THEN booking.created_at + interval '10 minutes' END, 'desk'
FROM bookings_booking booking JOIN legs_leg leg ON leg.booking_id = booking.id,
    LATERAL (SELECT {DICE} / %(bookings_per_request)s %% %(requests_per_unanswered)s = 0 AS is_open) fate
WHERE {DICE} %% %(bookings_per_request)s = 0
    AND NOT EXISTS (SELECT FROM support_supportrequest request WHERE request.booking_id = booking.id)
"""  # noqa: S608 - an expression of our own


def surround() -> None:
    """Write what the assets and bookings there are have around them, but for what is there already."""
    numbers = {
        "assets_per_station": ASSETS_PER_STATION,
        "assets_per_jam": ASSETS_PER_JAM,
        "bookings_per_request": BOOKINGS_PER_REQUEST,
        "requests_per_unanswered": REQUESTS_PER_UNANSWERED,
        "messages_per_failed": MESSAGES_PER_FAILED,
    }
    with connection.cursor() as cursor:
        for statement in (STATIONS, STANDING, JAMS, MESSAGES, REQUESTS):
            cursor.execute(statement, numbers)
