-- Return a whole order as the JSON list that orders/reading.py reads: its columns, and its lines, parcels and refunds as lists beside them;
-- null where there is none.
CREATE FUNCTION orders_document(p_order bigint) RETURNS text
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
                        l.refunded_units, l.refunded_minor, l.refunded_tax_minor) ORDER BY l.position)
             FROM orders_orderline l WHERE l.order_id = o.id),
            (SELECT json_agg(json_build_array(
                        s.id, s.warehouse_id, s.carrier, s.tracking_number, s.shipped_at,
                        (SELECT json_agg(json_build_array(p.line_id, p.units) ORDER BY p.id) FROM orders_shipmentline p
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

-- Lock an order (rank 10) and return whether it is in that state.
CREATE FUNCTION orders_stands(p_order bigint, p_state text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET enable_seqscan = off AS $$
BEGIN
    PERFORM FROM orders_order o WHERE o.id = p_order AND o.state = p_state FOR UPDATE;
    RETURN FOUND;
END
$$;

-- Write down that an order is paid, from one state to another as rules/states.py allows it: the order, its timeline, the fact. Returns false,
-- having changed nothing, where it is not in the first of them any more. Locks the order (rank 10).
CREATE FUNCTION orders_pay(p_order bigint, p_from text, p_to text, p_payment bigint, p_amount bigint, p_at timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET enable_seqscan = off AS $$
DECLARE
    v_buyer bigint;
BEGIN
    UPDATE orders_order o SET state = p_to, paid_minor = p_amount, paid_at = p_at, hold_until = NULL, cancelled_at = NULL
    WHERE o.id = p_order AND o.state = p_from RETURNING o.buyer_id INTO v_buyer;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO orders_happening (order_id, at, code, "values", actor_id)
    VALUES (p_order, p_at, 'paid', jsonb_build_object('payment_id', p_payment, 'amount_minor', p_amount), NULL);
    PERFORM events_record('OrderPaid', 'order:' || p_order,
                          jsonb_build_object('order_id', p_order, 'payment_id', p_payment, 'buyer_id', v_buyer, 'amount_minor', p_amount),
                          p_at);
    RETURN true;
END
$$;
