-- What can be sold now of each of these variants, from all active warehouses together; none where a variant was never in stock. Of a bundle
-- it is what its parts allow, and nothing as long as one of them is not on sale.
CREATE FUNCTION inventory_available(p_variants bigint[]) RETURNS TABLE (variant_id bigint, units bigint)
LANGUAGE sql STABLE ROWS 10 AS $$
    SELECT lying.variant_id, max(lying.units) FROM (
        SELECT s.variant_id, sum(s.on_hand - s.held)::bigint AS units FROM inventory_shelf s JOIN inventory_warehouse h ON h.id = s.warehouse_id
        WHERE h.is_active AND s.variant_id = ANY (p_variants) GROUP BY s.variant_id
        UNION ALL
        SELECT b.bundle_id, min(CASE WHEN b.is_sellable THEN coalesce((
                   SELECT sum(s.on_hand - s.held) FROM inventory_shelf s JOIN inventory_warehouse h ON h.id = s.warehouse_id
                   WHERE h.is_active AND s.variant_id = b.part_id), 0)::bigint / b.units ELSE 0 END)
        FROM catalog_parts(p_variants) b GROUP BY b.bundle_id
    ) lying GROUP BY lying.variant_id
$$;

-- What a page says of stock, read anew for every page: what can be sold of each of these variants, in their order, at most `most` each, as
-- one text. A page that was kept may be shown again where this text is the same; that of a bundle moves with its parts.
CREATE OR REPLACE FUNCTION inventory_shown(variants bigint[], most bigint) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT string_agg(greatest(least(coalesce(a.units, 0), most), 0)::text, ',' ORDER BY w.place)
        FROM unnest(variants) WITH ORDINALITY AS w (variant, place)
        LEFT JOIN inventory_available(variants) a ON a.variant_id = w.variant
    );
END $$;

-- The published products of which at least one piece, or one bundle, can be sold now.
CREATE FUNCTION inventory_in_stock() RETURNS bigint[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT coalesce(array_agg(DISTINCT g.product_id), '{}') FROM catalog_on_sale(NULL) g
        JOIN (SELECT s.variant_id FROM inventory_shelf s JOIN inventory_warehouse h ON h.id = s.warehouse_id
              WHERE h.is_active GROUP BY s.variant_id HAVING sum(s.on_hand - s.held) > 0
              UNION ALL
              SELECT a.variant_id FROM inventory_available(ARRAY(SELECT catalog_bundles())) a WHERE a.units > 0) lying
             ON lying.variant_id = g.variant_id
    );
END $$;

-- A bundle has no pieces of its own, so that nothing lies on a shelf that nobody can buy. Looked at where pieces come, never where they are
-- held or leave.
--   SK005     pieces were to come to a bundle's shelf; DETAIL: variant_id
CREATE FUNCTION inventory_refuse_bundles() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    -- Waits for whoever is just making a bundle of it (inventory_refuse_stocked).
    PERFORM FROM catalog_variant WHERE id = NEW.variant_id FOR KEY SHARE;
    IF EXISTS (SELECT FROM catalog_bundlepart b WHERE b.bundle_id = NEW.variant_id) THEN
        RAISE EXCEPTION 'variant % is a bundle and has no pieces of its own', NEW.variant_id
            USING ERRCODE = 'SK005', DETAIL = jsonb_build_object('variant_id', NEW.variant_id)::text;
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER inventory_shelf_of_single_goods AFTER INSERT ON inventory_shelf
    FOR EACH ROW WHEN (NEW.on_hand > 0) EXECUTE FUNCTION inventory_refuse_bundles();
CREATE CONSTRAINT TRIGGER inventory_shelf_filled_with_single_goods AFTER UPDATE OF on_hand ON inventory_shelf
    FOR EACH ROW WHEN (NEW.on_hand > OLD.on_hand) EXECUTE FUNCTION inventory_refuse_bundles();

-- The other way round: what was ever in stock does not become a bundle. Its pieces may come back from orders for years.
--   SK006     DETAIL: variant_id
CREATE FUNCTION inventory_refuse_stocked() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    stocked bigint;
BEGIN
    -- Waits for whoever is just putting pieces on its shelf.
    PERFORM FROM catalog_variant WHERE id IN (SELECT bundle_id FROM new_rows) ORDER BY id FOR UPDATE;
    SELECT s.variant_id INTO stocked FROM inventory_shelf s
    WHERE s.variant_id IN (SELECT bundle_id FROM new_rows)
      AND (s.on_hand > 0 OR EXISTS (SELECT FROM inventory_movement m WHERE m.shelf_id = s.id)) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'variant % has been in stock', stocked
            USING ERRCODE = 'SK006', DETAIL = jsonb_build_object('variant_id', stocked)::text;
    END IF;
    RETURN NULL;
END $$;

-- After the catalogue's own look, by name, which locks all variants concerned by id.
CREATE TRIGGER catalog_bundlepart_stocked AFTER INSERT ON catalog_bundlepart
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION inventory_refuse_stocked();
