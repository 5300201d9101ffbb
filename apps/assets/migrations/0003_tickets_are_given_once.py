"""A ticket that has been given out stays as it is; only what it was given to may be forgotten."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION keep_given_ticket() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.asset_type_id, NEW.code, NEW.given_at) IS NOT DISTINCT FROM (OLD.asset_type_id, OLD.code, OLD.given_at)
            AND (NEW.reservation_id IS NULL OR NEW.reservation_id = OLD.reservation_id) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'ticket % has been given out', OLD.id
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ticket_is_given_once';
END $$;
CREATE TRIGGER ticket_is_given_once BEFORE UPDATE OR DELETE ON assets_ticket
    FOR EACH ROW WHEN (OLD.given_at IS NOT NULL) EXECUTE FUNCTION keep_given_ticket();
"""
BACKWARD = """
DROP TRIGGER ticket_is_given_once ON assets_ticket;
DROP FUNCTION keep_given_ticket();
"""


class Migration(migrations.Migration):
    # Databases made before these were put together have them.
    replaces = [
        ("assets", "0003_lock_state_of_an_asset"),
        ("assets", "0004_lock_gateways"),
        ("assets", "0005_what_an_asset_reports_with"),
        ("assets", "0006_where_the_key_is"),
        ("assets", "0007_stock_of_tickets"),
        ("assets", "0008_tickets_are_given_once"),
        ("assets", "0009_an_asset_type_may_wait_for_ever"),
        ("assets", "0010_ancillaries_licences_and_needs"),
        ("assets", "0011_silence_of_a_gateway"),
        ("assets", "0012_damages"),
        ("assets", "0013_a_jammed_lock_is_found"),
        ("assets", "0014_mileage_is_a_distance"),
        ("assets", "0015_refusals_in_words"),
        ("assets", "0016_maintenance_jobs"),
        ("assets", "0017_moments_can_be_told"),
    ]

    dependencies = [
        ("assets", "0002_keys"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
