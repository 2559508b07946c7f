-- Every piece that comes or goes passes through inventory_move: it changes the shelf, writes the ledger, tells the news.

-- Return the id of a variant's shelf in a warehouse, made empty where there was none.
CREATE FUNCTION inventory_shelf_of(the_variant bigint, the_warehouse bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    found bigint;
BEGIN
    SELECT id INTO found FROM inventory_shelf WHERE variant_id = the_variant AND warehouse_id = the_warehouse;
    IF found IS NULL THEN
        INSERT INTO inventory_shelf (variant_id, warehouse_id, on_hand, held) VALUES (the_variant, the_warehouse, 0, 0)
        ON CONFLICT (variant_id, warehouse_id) DO NOTHING;
        SELECT id INTO found FROM inventory_shelf WHERE variant_id = the_variant AND warehouse_id = the_warehouse;
    END IF;
    RETURN found;
END $$;

-- Move units onto (+) or off (−) one shelf and return what lies on it now.
--   SK004     fewer would be left than are held for orders; DETAIL: on_hand, held, units
CREATE FUNCTION inventory_move(the_variant bigint, the_warehouse bigint, moved integer, why text, the_order bigint, remark text,
                               who bigint, happened_at timestamptz) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    -- Found before the row is read: a shelf made within a statement is not seen by that statement.
    place bigint := inventory_shelf_of(the_variant, the_warehouse);
    shelf inventory_shelf;
BEGIN
    SELECT * INTO STRICT shelf FROM inventory_shelf WHERE id = place FOR NO KEY UPDATE;
    IF shelf.on_hand + moved < shelf.held THEN
        RAISE EXCEPTION 'fewer pieces would be left than are held' USING ERRCODE = 'SK004',
            DETAIL = jsonb_build_object('on_hand', shelf.on_hand, 'held', shelf.held, 'units', moved)::text;
    END IF;
    UPDATE inventory_shelf SET on_hand = on_hand + moved WHERE id = shelf.id;
    INSERT INTO inventory_movement (shelf_id, units, balance, reason, order_id, note, actor_id, at)
    VALUES (shelf.id, moved, shelf.on_hand + moved, why, the_order, remark, who, happened_at);
    PERFORM events_record('StockMoved', 'variant:' || the_variant,
        jsonb_build_object('variant_id', the_variant, 'warehouse_id', the_warehouse, 'units', moved, 'reason', why), happened_at);
    RETURN shelf.on_hand + moved;
END $$;

-- Write down what was counted on one shelf and return the difference; no difference, no movement.
CREATE FUNCTION inventory_count(the_variant bigint, the_warehouse bigint, counted integer, remark text, who bigint,
                                happened_at timestamptz) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    place bigint := inventory_shelf_of(the_variant, the_warehouse);
    difference integer;
BEGIN
    SELECT counted - on_hand INTO STRICT difference FROM inventory_shelf WHERE id = place FOR NO KEY UPDATE;
    IF difference <> 0 THEN
        PERFORM inventory_move(the_variant, the_warehouse, difference, 'counted', NULL, remark, who, happened_at);
    END IF;
    RETURN difference;
END $$;

-- Send units from one warehouse's shelf to another's. Both shelves are locked first, by id, whichever way the goods go.
CREATE FUNCTION inventory_transfer(the_variant bigint, from_warehouse bigint, to_warehouse bigint, moved integer, remark text, who bigint,
                                   happened_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM inventory_shelf_of(the_variant, least(from_warehouse, to_warehouse));
    PERFORM inventory_shelf_of(the_variant, greatest(from_warehouse, to_warehouse));
    PERFORM FROM inventory_shelf WHERE variant_id = the_variant AND warehouse_id IN (from_warehouse, to_warehouse)
    ORDER BY id FOR NO KEY UPDATE;
    PERFORM inventory_move(the_variant, from_warehouse, -moved, 'sent', NULL, remark, who, happened_at);
    PERFORM inventory_move(the_variant, to_warehouse, moved, 'arrived', NULL, remark, who, happened_at);
END $$;

-- Ship held units of an order from one warehouse: the hold turns into a sale. Returns the number of units shipped.
--   parcel    [{"variant_id": 1, "units": 2}]
--   SK003     more units than are held there for the order; DETAIL: order_id, variant_id, units, held
CREATE FUNCTION inventory_ship(the_order bigint, the_warehouse bigint, parcel jsonb, who bigint, happened_at timestamptz) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    line record;
    missing jsonb;
    total bigint := 0;
BEGIN
    PERFORM FROM inventory_hold WHERE order_id = the_order AND open_units > 0 ORDER BY id FOR NO KEY UPDATE;
    PERFORM FROM inventory_shelf WHERE id IN (SELECT shelf_id FROM inventory_hold WHERE order_id = the_order AND open_units > 0)
    ORDER BY id FOR NO KEY UPDATE;
    FOR line IN
        SELECT p.variant_id, p.units, h.id AS hold_id, h.shelf_id, coalesce(h.open_units, 0) AS held
        FROM (SELECT variant_id, sum(units)::int AS units FROM jsonb_to_recordset(parcel) AS (variant_id bigint, units bigint) GROUP BY 1) p
        LEFT JOIN inventory_shelf s ON s.variant_id = p.variant_id AND s.warehouse_id = the_warehouse
        LEFT JOIN inventory_hold h ON h.shelf_id = s.id AND h.order_id = the_order AND h.open_units > 0
        ORDER BY h.shelf_id, p.variant_id
    LOOP
        IF line.held < line.units OR line.units < 1 THEN
            missing := jsonb_build_object('order_id', the_order, 'variant_id', line.variant_id, 'units', line.units, 'held', line.held);
            RAISE EXCEPTION 'not held for order %', the_order USING ERRCODE = 'SK003', DETAIL = missing::text;
        END IF;
        UPDATE inventory_hold SET open_units = open_units - line.units, shipped_units = shipped_units + line.units,
               state = CASE WHEN open_units = line.units THEN 'shipped' ELSE state END
        WHERE id = line.hold_id;
        UPDATE inventory_shelf SET held = held - line.units WHERE id = line.shelf_id;
        PERFORM inventory_move(line.variant_id, the_warehouse, -line.units, 'sold', the_order, '', who, happened_at);
        total := total + line.units;
    END LOOP;
    RETURN total;
END $$;
