-- Give back a part of what is held for an order, from the warehouse last in priority first. Returns the units given back.
--   parcel    [{"variant_id": 1, "units": 2}]
--   SK003     less is held for the order than is to be given back; DETAIL: order_id, variant_id, units, held
-- Locks holds (40), then shelves (50), each by id.
CREATE FUNCTION inventory_release_units(the_order bigint, parcel jsonb, why text, happened_at timestamptz) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    missing jsonb;
    total bigint;
BEGIN
    PERFORM FROM inventory_hold WHERE order_id = the_order AND open_units > 0 ORDER BY id FOR NO KEY UPDATE;
    PERFORM FROM inventory_shelf WHERE id IN (SELECT shelf_id FROM inventory_hold WHERE order_id = the_order AND open_units > 0)
    ORDER BY id FOR NO KEY UPDATE;

    SELECT jsonb_build_object('order_id', the_order, 'variant_id', p.variant_id, 'units', p.units, 'held', coalesce(h.units, 0)) INTO missing
    FROM (SELECT variant_id, sum(units) AS units FROM jsonb_to_recordset(parcel) AS (variant_id bigint, units bigint) GROUP BY 1) p
    LEFT JOIN (
        SELECT s.variant_id, sum(hold.open_units) AS units FROM inventory_hold hold JOIN inventory_shelf s ON s.id = hold.shelf_id
        WHERE hold.order_id = the_order GROUP BY 1
    ) h USING (variant_id)
    WHERE coalesce(h.units, 0) < p.units OR p.units < 1
    ORDER BY p.variant_id LIMIT 1;
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'not held for order %', the_order USING ERRCODE = 'SK003', DETAIL = missing::text;
    END IF;

    WITH back AS (
        SELECT variant_id, sum(units) AS units FROM jsonb_to_recordset(parcel) AS (variant_id bigint, units bigint) GROUP BY 1
    ), open AS (
        SELECT h.id, h.shelf_id, h.open_units, back.units,
               coalesce(sum(h.open_units) OVER (PARTITION BY s.variant_id ORDER BY w.priority DESC, w.id DESC
                                                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
        FROM inventory_hold h
        JOIN inventory_shelf s ON s.id = h.shelf_id
        JOIN inventory_warehouse w ON w.id = s.warehouse_id
        JOIN back ON back.variant_id = s.variant_id
        WHERE h.order_id = the_order AND h.open_units > 0
    ), plan AS (
        SELECT id, shelf_id, least(open_units, units - before)::int AS units FROM open WHERE before < units
    ), shelved AS (
        UPDATE inventory_shelf s SET held = s.held - plan.units FROM plan WHERE s.id = plan.shelf_id
    ), freed AS (
        UPDATE inventory_hold h SET open_units = h.open_units - plan.units, released_units = h.released_units + plan.units,
               state = CASE WHEN h.open_units = plan.units THEN 'released' ELSE h.state END
        FROM plan WHERE h.id = plan.id
    )
    SELECT sum(units) INTO total FROM plan;
    PERFORM events_record('StockReleased', 'order:' || the_order,
                          jsonb_build_object('order_id', the_order, 'units', total, 'reason', why), happened_at);
    RETURN total;
END $$;
