from django.db import migrations

# A ticket that has been given out stays as it is; only what it was given to may be forgotten.
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
    dependencies = [("assets", "0007_stock_of_tickets")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
