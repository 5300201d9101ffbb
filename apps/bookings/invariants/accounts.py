"""What is owed because of what happened: messages to MPs, and entries in the journal.

Source: STATES (the columns "what else happens" and "notes"); PROCESS-IDENTIFIERS, tripExecution. Owed is what the
transition log says has happened, whoever wrote the message.
"""

# Nobody but staff and the clock owes the MP a message: what it did itself it has been answered.
MESSAGES_AMISS = """
WITH step AS (
    SELECT id, subject_kind, subject_id, booking_id, event, actor_kind FROM history_transition
    WHERE subject_kind IN ('booking', 'leg') AND actor_kind IN ('TO', 'CLOCK')
    -- the messages of a booking that was purged have gone with it; its log stays
    AND EXISTS (SELECT FROM bookings_booking booking WHERE booking.id = history_transition.booking_id)
), leg_step AS (
    SELECT step.booking_id, step.subject_id AS leg_id,
        CASE step.event WHEN 'ABORT' THEN 'CANCEL' ELSE step.event END AS event,
        document #> '{processIdentifiers,tripExecution}' AS identifiers,
        'SUBSCRIBE' = (
            SELECT event FROM history_transition earlier
            WHERE earlier.booking_id = step.booking_id AND earlier.id < step.id
            AND earlier.subject_kind = 'booking' AND earlier.event IN ('SUBSCRIBE', 'UNSUBSCRIBE')
            ORDER BY id DESC LIMIT 1
        ) AS subscribed
    FROM step
    JOIN bookings_booking booking ON booking.id = step.booking_id
    JOIN processes_profileversion profile ON profile.id = booking.profile_version_id
    WHERE subject_kind = 'leg' AND event IN ('ASSIGN_ASSET', 'CANCEL', 'ABORT', 'PREPARE', 'SET_IN_USE', 'FINISH')
    -- the legs of a booking that ends go with it, and are not told of one by one
    AND NOT EXISTS (
        SELECT FROM history_transition ending
        WHERE ending.booking_id = step.booking_id AND ending.id < step.id AND ending.subject_kind = 'booking'
        AND ending.event IN ('REJECT', 'CANCEL', 'RELEASE', 'ABORT', 'EXPIRE')
    )
), owed AS (
    SELECT booking_id, '/bookings/' || booking_id || '/events' AS path,
        CASE event WHEN 'COMMIT' THEN 'COMMIT' WHEN 'REJECT' THEN 'DENY' ELSE 'CANCEL' END AS subject
    FROM step
    WHERE subject_kind = 'booking' AND event IN ('COMMIT', 'REJECT', 'CANCEL', 'RELEASE', 'ABORT')
    UNION ALL
    SELECT booking_id, '/bookings/' || booking_id || '/notifications', 'USER_NO_SHOW'
    FROM step WHERE subject_kind = 'booking' AND event = 'CANCEL' AND actor_kind = 'CLOCK'
    UNION ALL
    SELECT booking_id, '/bookings/' || booking_id || '/notifications', type
    FROM bookings_notification WHERE sender_kind IN ('TO', 'CLOCK') AND type <> 'USER_NO_SHOW'
    UNION ALL
    SELECT booking_id, '/legs/' || leg_id || '/events', event
    FROM leg_step
    WHERE event IN ('ASSIGN_ASSET', 'CANCEL') OR subscribed
    OR event = 'PREPARE' AND identifiers ? 'USE_PREPARE_TO_INDICATE_START'
    OR event IN ('SET_IN_USE', 'FINISH') AND identifiers ? 'TO_CONTROLLED'
), due AS (
    SELECT booking_id, path, subject, count(*) AS times FROM owed GROUP BY booking_id, path, subject
), written AS (
    SELECT booking_id, path, subject, count(*) AS rows FROM webhooks_outboxmessage
    WHERE path LIKE '/%%/events' OR path LIKE '/%%/notifications' GROUP BY booking_id, path, subject
)
SELECT 'booking ' || booking_id,
    subject || ' to ' || path || ' is owed ' || COALESCE(times, 0) || ' times and there ' || COALESCE(rows, 0)
FROM due FULL JOIN written USING (booking_id, path, subject)
WHERE times IS DISTINCT FROM rows
"""

# A ride has one fare in the journal, and with its corrections it comes to what the ride cost; one that was cancelled
# comes to nothing, fees aside. Before its end only what is paid in advance is there. Claims are no part of it.
JOURNALED_AMISS = """
SELECT 'leg ' || leg.id, 'is ' || leg.state || ' with ' || count(entry.id) FILTER (WHERE entry.category = 'FARE')
    || ' fares in the journal, which comes to ' || COALESCE(sum(entry.amount), 0)
FROM legs_leg leg
JOIN bookings_booking booking ON booking.id = leg.booking_id
JOIN processes_profileversion profile ON profile.id = booking.profile_version_id
LEFT JOIN payments_journalentry entry ON entry.journal_id = leg.id
    AND NOT EXISTS (SELECT FROM payments_claim claim WHERE claim.entry_id = entry.id)
GROUP BY leg.id, profile.id
HAVING CASE
    WHEN leg.state = 'FINISHED' THEN
        count(entry.id) FILTER (WHERE entry.category = 'FARE') <> 1
        OR sum(entry.amount) FILTER (WHERE entry.category IN ('FARE', 'EXTRA_USAGE', 'CREDIT'))
            <> (SELECT sum((part ->> 'amount')::numeric) FROM jsonb_array_elements(leg.final_fare -> 'parts') part)
        OR sum(entry.amount) FILTER (WHERE entry.category IN ('DEPOSIT', 'REFUND')) <> 0
        OR sum(entry.amount_ex_vat) FILTER (WHERE entry.category IN ('DEPOSIT', 'REFUND')) <> 0
    WHEN leg.state = 'CANCELLED' THEN
        sum(entry.amount) FILTER (WHERE entry.category IN ('FARE', 'EXTRA_USAGE', 'CREDIT', 'DEPOSIT', 'REFUND')) <> 0
        OR sum(entry.amount_ex_vat)
            FILTER (WHERE entry.category IN ('FARE', 'EXTRA_USAGE', 'CREDIT', 'DEPOSIT', 'REFUND')) <> 0
    ELSE
        count(entry.id) FILTER (WHERE entry.category = 'FARE') > (
            profile.document #> '{processIdentifiers,payment}' ?| array['UPFRONT_PAYMENT', 'CORRECTION_BY_EXTRA_COSTS']
            OR leg.conditions @> '[{"conditionType": "conditionUpfrontPayment"}]'
        )::int
END
"""

# Whoever claimed it: what was accepted is owed as it was accepted, and nobody is given back more than was charged.
CLAIMED_AMISS = """
SELECT 'claim ' || claim.id, 'of ' || claim.amount || ' ' || claim.currency || ' came to ' || entry.amount
    || ' ' || entry.currency || ' in the journal'
FROM payments_claim claim
JOIN payments_journalentry entry ON entry.id = claim.entry_id
WHERE (entry.booking_id, entry.provider_id, entry.category, entry.amount, entry.currency, entry.vat_rate)
    IS DISTINCT FROM (
        claim.booking_id,
        (SELECT provider_id FROM bookings_booking booking WHERE booking.id = claim.booking_id),
        claim.category, claim.amount, claim.currency, claim.vat_rate
    )
UNION ALL
SELECT 'booking ' || booking.id, 'is ' || booking.state || ' and ' || -sum(entry.amount) || ' ' || entry.currency
    || ' more were given back than charged'
FROM payments_journalentry entry
JOIN bookings_booking booking ON booking.id = entry.booking_id
WHERE booking.state = ANY(%(over)s)
GROUP BY booking.id, entry.currency
HAVING sum(entry.amount) < 0
"""

# Every entry is for something: a leg of its booking, or a claim.
JOURNALED_FOR_NOTHING = """
SELECT 'booking ' || entry.booking_id, 'entry ' || entry.id || ' of ' || entry.amount || ' ' || entry.currency
    || ' is for none of its legs and for no claim'
FROM payments_journalentry entry
WHERE NOT EXISTS (
    SELECT FROM legs_leg leg WHERE leg.id = entry.journal_id AND leg.booking_id = entry.booking_id
) AND NOT EXISTS (SELECT FROM payments_claim claim WHERE claim.entry_id = entry.id)
"""
