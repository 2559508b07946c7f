-- Hold stock for an order, all of it or none. One warehouse that has everything is taken first, by priority; otherwise each
-- line is filled from warehouse after warehouse in that order. Returns [{"variant_id", "warehouse_id", "units"}], by shelf.
--   wanted    [{"variant_id": 1, "units": 2, "sku": "TEA"}], a variant may come twice
--   SK001     not enough stock; DETAIL is a JSON list of every short line: variant_id, sku, wanted, available
-- Locks shelves by id (rank 50). What is wanted is read once, and where one warehouse has it all, which is nearly always, two statements
-- do the whole: a shelf that many want at once is held for as short as can be.
CREATE OR REPLACE FUNCTION inventory_take(the_order bigint, wanted jsonb, hold_until timestamptz, happened_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
    needs bigint[];
    short jsonb;
    taken jsonb;
    total bigint;
    whole_place bigint;
BEGIN
    SELECT array_agg(w.variant_id), array_agg(w.units), sum(w.units) INTO ids, needs, total
    FROM (SELECT variant_id, sum(units)::bigint AS units FROM jsonb_to_recordset(wanted) AS line (variant_id bigint, units bigint)
          GROUP BY variant_id) w;

    -- A row that was waited for comes back as it is after the wait.
    SELECT shelf.warehouse_id INTO whole_place
    FROM (SELECT s.warehouse_id, s.variant_id, s.on_hand - s.held AS free FROM inventory_shelf s
          WHERE s.variant_id = ANY (ids) ORDER BY s.id FOR NO KEY UPDATE) shelf
    JOIN unnest(ids, needs) AS want (variant_id, units)
         ON want.variant_id = shelf.variant_id AND want.units BETWEEN 1 AND shelf.free
    JOIN inventory_warehouse h ON h.id = shelf.warehouse_id AND h.is_active
    GROUP BY shelf.warehouse_id, h.priority
    HAVING count(*) = cardinality(ids)
    ORDER BY h.priority, shelf.warehouse_id
    LIMIT 1;
    IF whole_place IS NULL THEN
        RETURN inventory_take_split(the_order, wanted, hold_until, happened_at);
    END IF;

    WITH shelved AS (
        UPDATE inventory_shelf s SET held = s.held + want.units FROM unnest(ids, needs) AS want (variant_id, units)
        WHERE s.variant_id = want.variant_id AND s.warehouse_id = whole_place
        RETURNING s.id, s.variant_id, want.units
    ), kept AS (
        INSERT INTO inventory_hold (order_id, shelf_id, units, open_units, shipped_units, released_units, until, state, made_at)
        SELECT the_order, id, units, units, 0, 0, hold_until, 'held', happened_at FROM shelved ORDER BY id
    )
    SELECT jsonb_agg(jsonb_build_object('variant_id', variant_id, 'warehouse_id', whole_place, 'units', units) ORDER BY id)
    INTO taken FROM shelved;
    PERFORM events_record('StockHeld', 'order:' || the_order, jsonb_build_object('order_id', the_order, 'units', total), happened_at);
    RETURN taken;
END $$;

-- The rest of inventory_take: no single warehouse has everything, so every line is filled from one after the other, or refused.
CREATE FUNCTION inventory_take_split(the_order bigint, wanted jsonb, hold_until timestamptz, happened_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
    short jsonb;
    taken jsonb;
    total bigint;
BEGIN
    SELECT array_agg(DISTINCT variant_id) INTO ids FROM jsonb_to_recordset(wanted) AS w (variant_id bigint);
    PERFORM FROM inventory_shelf WHERE variant_id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;

    SELECT jsonb_agg(jsonb_build_object('variant_id', w.variant_id, 'sku', w.sku, 'wanted', w.units, 'available', w.available)
                     ORDER BY w.place) INTO short
    FROM (
        SELECT variant_id, coalesce(max(sku), '') AS sku, sum(units) AS units, min(place) AS place,
               (SELECT coalesce(sum(s.on_hand - s.held), 0) FROM inventory_shelf s JOIN inventory_warehouse h ON h.id = s.warehouse_id
                WHERE h.is_active AND s.variant_id = line.variant_id) AS available
        FROM ROWS FROM (jsonb_to_recordset(wanted) AS (variant_id bigint, units bigint, sku text))
             WITH ORDINALITY AS line (variant_id, units, sku, place)
        GROUP BY variant_id
    ) w
    WHERE w.available < w.units OR w.units < 1;
    IF short IS NOT NULL THEN
        RAISE EXCEPTION 'not enough stock' USING ERRCODE = 'SK001', DETAIL = short::text;
    END IF;

    WITH want AS (
        SELECT variant_id, sum(units) AS units FROM jsonb_to_recordset(wanted) AS (variant_id bigint, units bigint) GROUP BY 1
    ), offered AS (
        SELECT s.id, s.variant_id, s.warehouse_id, w.units, s.on_hand - s.held AS free,
               coalesce(sum(s.on_hand - s.held) OVER (PARTITION BY s.variant_id ORDER BY h.priority, h.id
                                                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
        FROM inventory_shelf s
        JOIN inventory_warehouse h ON h.id = s.warehouse_id
        JOIN want w ON w.variant_id = s.variant_id
        WHERE h.is_active
    ), plan AS (
        SELECT id, variant_id, warehouse_id, least(free, units - before)::int AS units FROM offered WHERE free > 0 AND before < units
    ), shelved AS (
        UPDATE inventory_shelf s SET held = s.held + plan.units FROM plan WHERE s.id = plan.id
    ), kept AS (
        INSERT INTO inventory_hold (order_id, shelf_id, units, open_units, shipped_units, released_units, until, state, made_at)
        SELECT the_order, id, units, units, 0, 0, hold_until, 'held', happened_at FROM plan
    )
    SELECT jsonb_agg(jsonb_build_object('variant_id', variant_id, 'warehouse_id', warehouse_id, 'units', units) ORDER BY id), sum(units)
    INTO taken, total FROM plan;

    PERFORM events_record('StockHeld', 'order:' || the_order, jsonb_build_object('order_id', the_order, 'units', total), happened_at);
    RETURN taken;
END $$;
