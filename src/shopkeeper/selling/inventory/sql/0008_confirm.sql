-- The order is paid: its holds no longer expire. Returns the units still held. Said again, it changes nothing.
--   SK003     nothing is held for the order any more: it expired or was released
-- Locks holds (40) by id.
CREATE OR REPLACE FUNCTION inventory_confirm(the_order bigint) RETURNS bigint
LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    total bigint;
    is_sure boolean;
BEGIN
    -- A row that was waited for comes back as it is after the wait.
    SELECT sum(mine.open_units), bool_and(mine.until IS NULL) INTO total, is_sure
    FROM (SELECT h.open_units, h.until FROM inventory_hold h WHERE h.order_id = the_order AND h.open_units > 0
          ORDER BY h.id FOR NO KEY UPDATE) mine;
    IF total IS NULL THEN
        RAISE EXCEPTION 'nothing is held for order %', the_order USING ERRCODE = 'SK003', DETAIL = jsonb_build_object('order_id', the_order)::text;
    END IF;
    IF NOT is_sure THEN
        UPDATE inventory_hold SET until = NULL WHERE order_id = the_order AND open_units > 0 AND until IS NOT NULL;
    END IF;
    RETURN total;
END $$;
