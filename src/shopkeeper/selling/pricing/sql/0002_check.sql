-- Refuse an order whose prices moved since it was quoted. To be called inside the order's transaction: the prices are locked
-- against change (rank 30, by variant) until it ends, so nothing can move between this look and the commit.
--   versions    {"<variant_id>": version, …} as in the quote
--   the_list    the quote's price list; null: the default list
--   SK002       DETAIL is a JSON list of every moved price: variant_id, seen, version, amount_minor (null: withdrawn)
CREATE FUNCTION pricing_check(versions jsonb, the_list bigint DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
    list bigint := coalesce(the_list, (SELECT id FROM pricing_pricelist WHERE is_default));
    moved jsonb;
BEGIN
    SELECT array_agg(key::bigint) INTO ids FROM jsonb_object_keys(versions) AS key;
    WITH now AS (
        SELECT variant_id, version, amount_minor FROM pricing_price
        WHERE price_list_id = list AND variant_id = ANY (ids)
        ORDER BY variant_id FOR SHARE
    )
    SELECT jsonb_agg(jsonb_build_object('variant_id', seen.key::bigint, 'seen', seen.value::int,
                                        'version', now.version, 'amount_minor', now.amount_minor) ORDER BY seen.key::bigint) INTO moved
    FROM jsonb_each_text(versions) AS seen
    LEFT JOIN now ON now.variant_id = seen.key::bigint
    WHERE now.version IS DISTINCT FROM seen.value::int OR now.amount_minor IS NULL;
    IF moved IS NOT NULL THEN
        RAISE EXCEPTION 'prices have moved' USING ERRCODE = 'SK002', DETAIL = moved::text;
    END IF;
END $$;
