"""Reservations, and the states that follow from them. Source: STATES; DESIGN, "Reservation"; `apps.assets.pools`."""

PROMISED_TWICE = """
SELECT 'asset ' || one.asset_id, 'reservations ' || one.id || ' and ' || other.id || ' overlap'
FROM assets_reservation one
JOIN assets_reservation other ON other.asset_id = one.asset_id AND other.id > one.id AND other.period && one.period
WHERE one.released_at IS NULL AND other.released_at IS NULL
"""

# The rule of `apps.assets.pools`. An asset that is being ridden counts: it comes back when its period ends.
OVERSOLD = """
WITH live AS MATERIALIZED (
    SELECT id, asset_id, asset_type_id, station_id, period FROM assets_reservation
    WHERE released_at IS NULL AND (expires_at IS NULL OR expires_at > %(now)s) AND period && tstzrange(%(now)s, NULL)
), place AS (
    SELECT id, asset_type_id, station_id,
        (
            SELECT count(*) FROM live other
            WHERE other.asset_id IS NULL AND other.station_id = one.station_id
            AND other.asset_type_id = one.asset_type_id AND other.period && one.period
        ) AS wanted,
        (
            SELECT count(*) FROM assets_asset asset
            WHERE asset.station_id = one.station_id AND asset.asset_type_id = one.asset_type_id
            AND asset.state IN ('AVAILABLE', 'RESERVED', 'IN_USE')
            AND NOT EXISTS (SELECT FROM live WHERE live.asset_id = asset.id AND live.period && one.period)
        ) AS free
    FROM live one
    WHERE asset_id IS NULL AND station_id IS NOT NULL
)
SELECT 'reservation ' || id, 'one of ' || wanted || ' places promised at once, for ' || free || ' free assets'
FROM place
WHERE free < wanted
"""

# A booking past its expiry is EXPIRED for every reader: what it held may have gone to somebody else by then.
HELD_AMISS = """
WITH held AS (
    SELECT leg.id, CASE
        WHEN reservation.released_at IS NOT NULL THEN
            CASE WHEN booking.state <> ALL(%(waiting)s) OR booking.expires_at > %(now)s THEN 'is released' END
        WHEN reservation.expires_at IS NOT NULL AND booking.state <> ALL(%(waiting)s) THEN 'is only a hold'
        WHEN reservation.expires_at IS DISTINCT FROM booking.expires_at AND booking.state = ANY(%(waiting)s)
            THEN 'ends at another time than the booking'
        WHEN reservation.asset_id IS DISTINCT FROM leg.asset_id THEN 'is of another asset'
        WHEN reservation.asset_type_id <> leg.asset_type_id THEN 'is of another asset type'
        WHEN asset.asset_type_id <> leg.asset_type_id THEN 'is of an asset of another type'
    END AS problem
    FROM legs_leg leg
    JOIN bookings_booking booking ON booking.id = leg.booking_id
    JOIN assets_reservation reservation ON reservation.id = leg.reservation_id
    LEFT JOIN assets_asset asset ON asset.id = leg.asset_id
    WHERE leg.state <> ALL(%(leg_over)s) AND booking.state <> ALL(%(over)s)
)
SELECT 'leg ' || id, 'its reservation ' || problem FROM held WHERE problem IS NOT NULL
"""

# A replacement is held apart from the leg's own asset, from the question to the MP until its answer; what a maintenance
# job holds, from its plan until it starts.
HELD_FOR_NOTHING = """
SELECT 'reservation ' || reservation.id, 'is not released, but ' || CASE
    WHEN job.id IS NOT NULL THEN 'its maintenance job ' || job.id || ' is ' || job.state
    WHEN leg.id IS NULL THEN 'belongs to no leg'
    WHEN replacement.ended_at IS NOT NULL THEN 'was held for a replacement that is decided'
    ELSE 'its leg ' || leg.id || ' is ' || leg.state
END
FROM assets_reservation reservation
LEFT JOIN legs_replacement replacement ON replacement.reservation_id = reservation.id
LEFT JOIN legs_leg leg ON leg.reservation_id = reservation.id OR leg.id = replacement.leg_id
LEFT JOIN bookings_booking booking ON booking.id = leg.booking_id
LEFT JOIN assets_maintenancejob job ON job.reservation_id = reservation.id
WHERE reservation.released_at IS NULL
AND CASE WHEN job.id IS NOT NULL THEN job.state <> 'PLANNED' OR NOT job.blocks_hire ELSE
    leg.id IS NULL OR leg.state = ANY(%(leg_over)s) OR booking.state = ANY(%(over)s)
    OR replacement.ended_at IS NOT NULL OR (replacement.id IS NOT NULL AND leg.actual_departure_time IS NOT NULL)
END
"""

JOBS_ASTRAY = """
WITH job AS (
    SELECT job.id, CASE
        WHEN job.state = 'RUNNING' AND asset.state IN ('AVAILABLE', 'RESERVED', 'IN_USE', 'RETIRED')
            THEN 'runs, but its asset is ' || asset.state
        WHEN job.state = 'PLANNED' AND asset.state = 'RETIRED' THEN 'is planned, but its asset is RETIRED'
        WHEN job.state = 'PLANNED' AND job.blocks_hire AND (
            reservation.id IS NULL OR reservation.released_at IS NOT NULL OR reservation.expires_at IS NOT NULL
            OR reservation.asset_id IS DISTINCT FROM job.asset_id
            OR reservation.period <> tstzrange(job.planned_from, job.planned_until)
        ) THEN 'blocks hire, but does not hold its asset for its time'
    END AS problem
    FROM assets_maintenancejob job
    JOIN assets_asset asset ON asset.id = job.asset_id
    LEFT JOIN assets_reservation reservation ON reservation.id = job.reservation_id
    WHERE job.state IN ('PLANNED', 'RUNNING')
)
SELECT 'maintenance job ' || id, problem FROM job WHERE problem IS NOT NULL
"""

LEGS_ASTRAY = """
WITH told AS (
    SELECT booking.id, CASE
        WHEN count(leg.id) = 0 THEN 'has no leg'
        WHEN booking.state = ANY(%(over)s) AND bool_or(leg.state <> ALL(%(leg_over)s)) THEN 'has a leg that is not over'
        WHEN booking.state <> ALL(%(over)s) AND bool_and(leg.state = ANY(%(leg_over)s)) THEN 'has no leg left to ride'
        WHEN booking.state IN ('STARTED', 'FINISHED') AND bool_and(leg.actual_departure_time IS NULL)
            THEN 'has no leg that was set in use'
        WHEN booking.state NOT IN ('STARTED', 'FINISHED', 'CANCELLED')
            AND bool_or(leg.actual_departure_time IS NOT NULL) THEN 'has a leg that was set in use'
        WHEN booking.state = 'FINISHED' AND bool_and(leg.state <> 'FINISHED') THEN 'has no finished leg'
        WHEN bool_or(leg.state = ANY(%(under_way)s) AND leg.actual_departure_time IS NULL)
            THEN 'has a leg under way that never departed'
    END AS problem, booking.state
    FROM bookings_booking booking
    LEFT JOIN legs_leg leg ON leg.booking_id = booking.id
    GROUP BY booking.id
)
SELECT 'booking ' || id, 'is ' || state || ' and ' || problem FROM told WHERE problem IS NOT NULL
"""

# IN_USE follows rides at once. RESERVED follows the clock too, and may lag since the last sweep: `bound` is what binds
# an asset at this moment, `was_bound` what did then and has run out since, `long_bound` what did then already. What a
# maintenance job holds may begin while the asset is out of service: `for_rides` is any other.
ASSETS_ASTRAY = """
WITH reservation AS (
    SELECT asset_id,
        released_at IS NULL AND (expires_at IS NULL OR expires_at > %(now)s)
            AND period @> %(now)s::timestamptz AS bound,
        (released_at IS NULL OR released_at >= expires_at) AND (expires_at IS NULL OR expires_at > %(followed_at)s)
            AND lower(period) <= %(now)s
            AND (upper(period) IS NULL OR upper(period) > %(followed_at)s) AS was_bound,
        lower(period) <= %(followed_at)s AS long_bound,
        NOT EXISTS (SELECT FROM assets_maintenancejob job WHERE job.reservation_id = assets_reservation.id) AS for_rides
    FROM assets_reservation
    WHERE asset_id IS NOT NULL AND (released_at IS NULL OR released_at > %(followed_at)s)
), promised AS (
    SELECT asset_id, bool_or(bound) AS bound, bool_or(bound AND long_bound) AS long_bound,
        bool_or(bound AND long_bound AND for_rides) AS long_bound_for_rides, bool_or(was_bound) AS was_bound
    FROM reservation GROUP BY asset_id
), ridden AS (
    SELECT DISTINCT asset_id FROM legs_leg
    WHERE state <> ALL(%(leg_over)s) AND actual_departure_time IS NOT NULL
), followed AS (
    SELECT asset.id, asset.state, CASE
        WHEN asset.state = 'IN_USE' AND ridden.asset_id IS NULL THEN 'no leg is under way with it'
        WHEN asset.state <> 'IN_USE' AND ridden.asset_id IS NOT NULL THEN 'a leg is under way with it'
        WHEN asset.state = 'RESERVED' AND NOT COALESCE(bound OR was_bound, false) THEN 'no reservation binds it'
        WHEN asset.state NOT IN ('RESERVED', 'IN_USE')
            AND CASE WHEN asset.state = 'AVAILABLE' THEN long_bound ELSE long_bound_for_rides END
            THEN 'a reservation that has begun binds it'
    END AS problem
    FROM assets_asset asset
    LEFT JOIN promised ON promised.asset_id = asset.id
    LEFT JOIN ridden ON ridden.asset_id = asset.id
)
SELECT 'asset ' || id, 'is ' || state || ', but ' || problem FROM followed WHERE problem IS NOT NULL
"""
