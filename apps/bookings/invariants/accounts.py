"""What is owed because of what happened: messages to MPs, and entries in the journal.

Source: STATES (the columns "what else happens" and "notes"); PROCESS-IDENTIFIERS, tripExecution. Owed is what the
transition log says has happened, whoever wrote the message.
"""

# `least` and `most` differ where the MP wanted the message by a subscription that has ended since.
MESSAGES_AMISS = """
WITH booking_step AS (
    SELECT booking_id, id, event, actor_kind FROM history_transition
    WHERE subject_kind = 'booking' AND actor_kind IN ('TO', 'CLOCK')
    AND event IN ('COMMIT', 'REJECT', 'CANCEL', 'RELEASE', 'ABORT')
), leg_step AS (
    SELECT step.booking_id, step.id, step.subject_id AS leg_id, step.at, booking.subscribed_at,
        CASE step.event WHEN 'ABORT' THEN 'CANCEL' ELSE step.event END AS event,
        CASE step.event WHEN 'PREPARE' THEN 'USE_PREPARE_TO_INDICATE_START' ELSE 'TO_CONTROLLED' END AS identifier,
        document #> '{processIdentifiers,tripExecution}' AS identifiers
    FROM history_transition step
    JOIN bookings_booking booking ON booking.id = step.booking_id
    JOIN processes_profileversion profile ON profile.id = booking.profile_version_id
    WHERE subject_kind = 'leg' AND actor_kind IN ('TO', 'CLOCK')
    AND event IN ('ASSIGN_ASSET', 'CANCEL', 'ABORT', 'PREPARE', 'SET_IN_USE', 'FINISH')
    -- the legs of a booking that ends go with it, and are not told of one by one
    AND NOT EXISTS (
        SELECT FROM history_transition ending
        WHERE ending.booking_id = step.booking_id AND ending.id < step.id AND ending.subject_kind = 'booking'
        AND ending.event IN ('REJECT', 'CANCEL', 'RELEASE', 'ABORT', 'EXPIRE')
    )
), owed AS (
    SELECT booking_id, '/bookings/' || booking_id || '/events' AS path,
        CASE event WHEN 'COMMIT' THEN 'COMMIT' WHEN 'REJECT' THEN 'DENY' ELSE 'CANCEL' END AS subject,
        1 AS least, 1 AS most
    FROM booking_step
    UNION ALL
    SELECT booking_id, '/bookings/' || booking_id || '/notifications', 'USER_NO_SHOW', 1, 1
    FROM booking_step WHERE actor_kind = 'CLOCK' AND event = 'CANCEL'
    UNION ALL
    SELECT booking_id, '/legs/' || leg_id || '/events', event,
        (event IN ('ASSIGN_ASSET', 'CANCEL') OR identifiers ? identifier OR subscribed_at <= at)::int, 1
    FROM leg_step
), due AS (
    SELECT booking_id, path, subject, sum(COALESCE(least, 0)) AS least, sum(most) AS most
    FROM owed GROUP BY booking_id, path, subject
), written AS (
    SELECT booking_id, path, subject, count(*) AS count FROM webhooks_outboxmessage
    WHERE path LIKE '/%%/events' OR subject = 'USER_NO_SHOW' GROUP BY booking_id, path, subject
)
SELECT 'booking ' || booking_id,
    subject || ' to ' || path || ' is owed ' || COALESCE(least, 0) || ' times and there ' || COALESCE(count, 0)
FROM due FULL JOIN written USING (booking_id, path, subject)
WHERE COALESCE(count, 0) NOT BETWEEN COALESCE(least, 0) AND COALESCE(most, 0)
"""

JOURNALED_AMISS = """
SELECT 'leg ' || leg.id, 'is ' || leg.state || ' with ' || count(entry.id) || ' fares in the journal'
FROM legs_leg leg
LEFT JOIN payments_journalentry entry ON entry.journal_id = leg.id AND entry.category = 'FARE'
GROUP BY leg.id
HAVING count(entry.id) <> (leg.state = 'FINISHED')::int
"""
