-- A connection keeps its plans: one made while the shop was new, by reading its few orders through, would read them all when they are many.
-- Hence no plan here may read a table through.

-- Return what is known of a checkout before it is planned, in one row: the fingerprint and order of its idempotency key, the living order
-- its basket became, and the open basket with its lines in the order they were added. What is not there is null.
CREATE FUNCTION orders_standing(p_key text, p_token text, OUT fingerprint text, OUT key_order bigint, OUT living_order bigint,
                                OUT basket_id bigint, OUT customer_id bigint, OUT variants bigint[], OUT units integer[])
LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
DECLARE
    v_basket record;
BEGIN
    SELECT k.fingerprint, k.order_id INTO fingerprint, key_order FROM orders_placedkey k WHERE k.key = p_key;
    SELECT b.id, b.customer_id, b.ordered_at INTO v_basket FROM orders_basket b WHERE b.token = p_token;
    IF v_basket.id IS NULL OR key_order IS NOT NULL THEN
        RETURN;
    END IF;
    IF v_basket.ordered_at IS NOT NULL THEN
        -- An open basket has no living order: whoever opens the order closes the basket in the same transaction.
        SELECT o.id INTO living_order FROM orders_order o
        WHERE o.basket_id = v_basket.id AND NOT (o.state IN ('cancelled', 'expired'));
        RETURN;
    END IF;
    basket_id := v_basket.id;
    customer_id := v_basket.customer_id;
    SELECT array_agg(l.variant_id ORDER BY l.added_at, l.id), array_agg(l.units ORDER BY l.added_at, l.id) INTO variants, units
    FROM orders_basketline l WHERE l.basket_id = v_basket.id;
END
$$;

-- Refuse what one buyer would hold unpaid beyond the cap: SK023, detail {"orders", "units", "most_orders", "most_units"} with the new
-- order counted. The caller holds the buyer's row (customers_guest, customers_lock), so that orders at once are counted one after the other.
CREATE FUNCTION orders_cap(p_buyer bigint, p_most_orders integer, p_most_units integer) RETURNS void
LANGUAGE plpgsql VOLATILE SET enable_seqscan = off AS $$
DECLARE
    v_orders integer;
    v_units bigint;
BEGIN
    SELECT count(*), coalesce(sum(o.units), 0) INTO v_orders, v_units FROM orders_order o WHERE o.buyer_id = p_buyer AND o.state = 'placed';
    IF v_orders > p_most_orders OR v_units > p_most_units THEN
        RAISE EXCEPTION 'buyer % holds too much unpaid', p_buyer USING ERRCODE = 'SK023',
            DETAIL = jsonb_build_object('orders', v_orders, 'units', v_units, 'most_orders', p_most_orders, 'most_units', p_most_units)::text;
    END IF;
END
$$;
