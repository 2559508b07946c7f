-- The order is paid: its holds no longer expire. Returns the units still held.
--   SK003     nothing is held for the order any more: it expired or was released
CREATE FUNCTION inventory_confirm(the_order bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    total bigint;
BEGIN
    PERFORM FROM inventory_hold WHERE order_id = the_order AND open_units > 0 ORDER BY id FOR NO KEY UPDATE;
    WITH sure AS (UPDATE inventory_hold SET until = NULL WHERE order_id = the_order AND open_units > 0 RETURNING open_units)
    SELECT sum(open_units) INTO total FROM sure;
    IF total IS NULL THEN
        RAISE EXCEPTION 'nothing is held for order %', the_order USING ERRCODE = 'SK003', DETAIL = jsonb_build_object('order_id', the_order)::text;
    END IF;
    RETURN total;
END $$;

-- Give back what is still held for an order and return how many units that was: 0 the second time, whoever comes second.
-- With due_by only holds that expired by then are given back, so that a payment settled meanwhile keeps its goods.
-- Locks holds (40), then shelves (50), each by id.
CREATE FUNCTION inventory_release(the_order bigint, why text, happened_at timestamptz, due_by timestamptz DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    holds bigint[];
    total bigint;
BEGIN
    SELECT array_agg(id) INTO holds FROM (
        SELECT id FROM inventory_hold
        WHERE order_id = the_order AND open_units > 0 AND (due_by IS NULL OR until <= due_by)
        ORDER BY id FOR NO KEY UPDATE
    ) mine;
    IF holds IS NULL THEN
        RETURN 0;
    END IF;
    PERFORM FROM inventory_shelf WHERE id IN (SELECT shelf_id FROM inventory_hold WHERE id = ANY (holds)) ORDER BY id FOR NO KEY UPDATE;
    UPDATE inventory_shelf s SET held = s.held - h.open_units FROM inventory_hold h WHERE h.id = ANY (holds) AND s.id = h.shelf_id;
    SELECT sum(open_units) INTO total FROM inventory_hold WHERE id = ANY (holds);
    UPDATE inventory_hold SET released_units = released_units + open_units, open_units = 0, state = 'released' WHERE id = ANY (holds);
    PERFORM events_record('StockReleased', 'order:' || the_order,
                          jsonb_build_object('order_id', the_order, 'units', total, 'reason', why), happened_at);
    RETURN total;
END $$;
