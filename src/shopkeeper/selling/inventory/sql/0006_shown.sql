-- What a page says of stock, read anew for every page: what can be sold of each of these variants from active warehouses, in their
-- order, at most `most` each, as one text. A page that was kept may be shown again where this text is the same.
CREATE FUNCTION inventory_shown(variants bigint[], most bigint) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT string_agg(greatest(least(coalesce((
                   SELECT sum(s.on_hand - s.held) FROM inventory_shelf s JOIN inventory_warehouse h ON h.id = s.warehouse_id
                   WHERE s.variant_id = w.variant AND h.is_active), 0), most), 0)::text, ',' ORDER BY w.place)
        FROM unnest(variants) WITH ORDINALITY AS w (variant, place)
    );
END $$;
