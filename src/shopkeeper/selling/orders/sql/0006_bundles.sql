-- A line whose unit is a bundle knows of how many pieces: only here is that written.
CREATE FUNCTION orders_count_pieces() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE orders_orderline l SET pieces = held.pieces
    FROM (SELECT p.line_id, sum(p.units) AS pieces FROM orders_linepart p WHERE p.line_id IN (SELECT line_id FROM new_rows) GROUP BY 1) held
    WHERE l.id = held.line_id;
    RETURN NULL;
END $$;

CREATE TRIGGER orders_linepart_counted AFTER INSERT ON orders_linepart
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION orders_count_pieces();
CREATE TRIGGER orders_linepart_append_only BEFORE UPDATE OR DELETE ON orders_linepart
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();

-- Write down of what the bundles among an order's lines are made, in the transaction that opens the order. Returns false, having done
-- nothing, where it is written already: the order was opened before, under the same key.
--   p_lines    as orders_open reads them; of each line "parts": [{"variant_id", "product_id", "category_id", "sku", "name_en", "name_zh",
--              "units", "gross_minor", "tax_minor"}, …], null or left out where it is a single thing
CREATE FUNCTION orders_put_parts(p_order bigint, p_lines jsonb) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET enable_seqscan = off AS $$
BEGIN
    IF EXISTS (SELECT FROM orders_orderline l JOIN orders_linepart p ON p.line_id = l.id WHERE l.order_id = p_order) THEN
        RETURN false;
    END IF;
    INSERT INTO orders_linepart (line_id, position, variant_id, product_id, category_id, sku, name_en, name_zh, units, gross_minor, tax_minor)
    SELECT line.id, part.place, part.variant_id, part.product_id, part.category_id, part.sku, part.name_en, part.name_zh, part.units,
           part.gross_minor, part.tax_minor
    FROM jsonb_to_recordset(p_lines) AS l (position integer, parts jsonb)
    JOIN orders_orderline line ON line.order_id = p_order AND line.position = l.position
    CROSS JOIN ROWS FROM (jsonb_to_recordset(CASE WHEN jsonb_typeof(l.parts) = 'array' THEN l.parts ELSE '[]' END) AS (
        variant_id bigint, product_id bigint, category_id bigint, sku text, name_en text, name_zh text, units integer, gross_minor bigint,
        tax_minor bigint)) WITH ORDINALITY AS part (
        variant_id, product_id, category_id, sku, name_en, name_zh, units, gross_minor, tax_minor, place);
    RETURN true;
END $$;

-- Return a whole order as the JSON list that orders/reading.py reads: its columns, and its lines, parcels and refunds as lists beside them;
-- null where there is none. Only a line made of several pieces is looked up for what it holds.
CREATE OR REPLACE FUNCTION orders_document(p_order bigint) RETURNS text
LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
BEGIN
    RETURN (
        SELECT json_build_array(
            o.id, o.number, o.token, o.state, o.channel, o.buyer_id, o.is_guest, o.contact_email, o.contact_name, o.contact_phone, o.address,
            o.language, o.currency, o.tax_mode, o.delivery_option_id, o.delivery_name_en, o.delivery_name_zh, o.delivery_minor,
            o.delivery_tax_minor, o.goods_minor, o.discount_minor, o.tax_minor, o.total_minor, o.paid_minor, o.refunded_minor,
            o.refunded_delivery_minor, o.placed_at, o.paid_at, o.cancelled_at, o.cancel_reason, o.hold_until, o.basket_id, o.is_imported,
            o.quote,
            (SELECT json_agg(json_build_array(
                        l.id, l.variant_id, l.product_id, l.category_id, l.sku, l.name_en, l.name_zh, l.units, l.unit_minor, l.goods_minor,
                        l.discount_minor, l.tax_basis_points, l.tax_minor, l.gross_minor, l.shipped_units, l.dropped_units,
                        l.refunded_units, l.refunded_minor, l.refunded_tax_minor,
                        CASE WHEN l.pieces > 1 THEN (
                            SELECT json_agg(json_build_array(p.id, p.variant_id, p.product_id, p.category_id, p.sku, p.name_en, p.name_zh,
                                                             p.units, p.gross_minor, p.tax_minor) ORDER BY p.position)
                            FROM orders_linepart p WHERE p.line_id = l.id) END) ORDER BY l.position)
             FROM orders_orderline l WHERE l.order_id = o.id),
            (SELECT json_agg(json_build_array(
                        s.id, s.warehouse_id, s.carrier, s.tracking_number, s.shipped_at,
                        (SELECT json_agg(json_build_array(p.line_id, p.units) ORDER BY p.id) FROM orders_shipmentline p
                         WHERE p.shipment_id = s.id),
                        (SELECT json_agg(json_build_array(p.part_id, p.units) ORDER BY p.id) FROM orders_shipmentpart p
                         WHERE p.shipment_id = s.id)) ORDER BY s.id)
             FROM orders_shipment s WHERE s.order_id = o.id),
            (SELECT json_agg(json_build_array(
                        r.id, r.reason, r.goods_minor, r.delivery_minor, r.total_minor, r.state, r.made_at, r.settled_at,
                        (SELECT json_agg(json_build_array(p.line_id, p.units, p.dropped_units, p.gross_minor, p.tax_minor, p.is_restocked)
                                         ORDER BY p.id) FROM orders_refundline p WHERE p.refund_id = r.id)) ORDER BY r.id)
             FROM orders_refund r WHERE r.order_id = o.id))
        FROM orders_order o WHERE o.id = p_order);
END
$$;
