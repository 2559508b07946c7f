-- Refuse what one buyer would hold unpaid beyond the cap: SK023, detail {"orders", "units", "most_orders", "most_units"} with the new
-- order counted. Units are pieces: a bundle counts as what it is made of. The parts of the order that is just opened are put down after
-- this, so that of it bundles are counted, and whoever calls lowers the cap by the pieces they hold more.
-- The caller holds the buyer's row (customers_guest, customers_lock), so that orders at once are counted one after the other.
CREATE OR REPLACE FUNCTION orders_cap(p_buyer bigint, p_most_orders integer, p_most_units integer) RETURNS void
LANGUAGE plpgsql VOLATILE SET enable_seqscan = off AS $$
DECLARE
    v_orders integer;
    v_units bigint;
BEGIN
    SELECT count(*), coalesce(sum(o.units + coalesce(bundled.more, 0)), 0) INTO v_orders, v_units
    FROM orders_order o
    LEFT JOIN LATERAL (
        SELECT sum(l.units * (held.pieces - 1)) AS more
        FROM orders_orderline l
        CROSS JOIN LATERAL (SELECT sum(p.units) AS pieces FROM orders_linepart p WHERE p.line_id = l.id HAVING count(*) > 0) AS held
        WHERE l.order_id = o.id
    ) AS bundled ON true
    WHERE o.buyer_id = p_buyer AND o.state = 'placed';
    IF v_orders > p_most_orders OR v_units > p_most_units THEN
        RAISE EXCEPTION 'buyer % holds too much unpaid', p_buyer USING ERRCODE = 'SK023',
            DETAIL = jsonb_build_object('orders', v_orders, 'units', v_units, 'most_orders', p_most_orders, 'most_units', p_most_units)::text;
    END IF;
END
$$;
