-- Place an order with bundles among its lines: as place_order, which knows nothing of them, and with what they are made of written down in
-- the same transaction. p_wanted names their parts. Refuses as place_order does, and with SK024 where a bundle holds something else by now
-- than when the order was planned (p_seen, as catalog_parts_check reads it). Called only where there are bundles.
CREATE FUNCTION place_order_of_bundles(p_key text, p_fingerprint text, p_order jsonb, p_lines jsonb, p_fact jsonb, p_versions jsonb,
                                       p_list bigint, p_wanted jsonb, p_most_orders integer, p_most_units integer, p_until timestamptz,
                                       p_at timestamptz, p_seen jsonb) RETURNS bigint
LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_id bigint := place_order(p_key, p_fingerprint, p_order, p_lines, p_fact, p_versions, p_list, p_wanted, p_most_orders, p_most_units,
                               p_until, p_at);
BEGIN
    IF orders_put_parts(v_id, p_lines) THEN
        PERFORM catalog_parts_check(p_seen);
    END IF;
    RETURN v_id;
END
$$;
