"""Travellers are found as people type: names in any letters, phone numbers however they begin."""

from django.db import migrations

# As `found_by.keys_of` reads what is typed: in small letters, with one space between words. Of what is longer than
# 100 letters no key is made. `phone:` is followed by the last eight digits.
CREATE = r"""
    CREATE OR REPLACE FUNCTION found_by(customer jsonb, extra_info jsonb DEFAULT NULL) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT coalesce(array_agg(DISTINCT key), '{}')
        FROM (
            SELECT lower(btrim(regexp_replace(unnest(ARRAY[
                customer->>'id',
                customer->>'lastName',
                (customer->>'firstName') || ' ' || (customer->>'lastName'),
                customer->>'email'
            ]), '\s+', ' ', 'g')))
            UNION ALL
            SELECT 'phone:' || right(regexp_replace(said, '[^0-9]', '', 'g'), 8)
            FROM (
                SELECT coalesce(phone->>'countryCode', '') || (phone->>'number')
                FROM jsonb_array_elements(
                    CASE jsonb_typeof(customer->'phones') WHEN 'array' THEN customer->'phones' ELSE '[]' END
                ) AS phone
                UNION ALL
                SELECT customer->>'phone'
            ) AS phones (said)
            WHERE length(said) < 100 AND said ~ '[0-9]'
            UNION ALL
            SELECT lower(btrim(regexp_replace(value, '\s+', ' ', 'g')))
            FROM jsonb_each_text(CASE jsonb_typeof(extra_info) WHEN 'object' THEN extra_info ELSE '{}' END)
        ) AS keys (key)
        WHERE key <> '' AND length(key) <= 100
    $$
"""
DROP = "DROP FUNCTION found_by(jsonb, jsonb)"


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("customers", "0001_initial"),
    ]

    dependencies = []

    operations = [migrations.RunSQL(CREATE, DROP)]
