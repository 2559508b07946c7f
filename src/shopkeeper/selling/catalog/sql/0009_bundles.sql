-- A bundle is the only variant of its product, and its parts are no bundles. Two who save bundles at once wait for each other: the
-- variants are locked first, by id, and looked at anew afterwards. Orders, whose lines only point at a variant, wait for neither.
CREATE FUNCTION catalog_check_parts() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    PERFORM FROM catalog_variant WHERE id IN (SELECT bundle_id FROM new_rows UNION SELECT part_id FROM new_rows)
    ORDER BY id FOR NO KEY UPDATE;
    SELECT n.bundle_id, n.part_id INTO wrong FROM new_rows n
    WHERE EXISTS (SELECT FROM catalog_bundlepart b WHERE b.bundle_id = n.part_id OR b.part_id = n.bundle_id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'part % of bundle % is a bundle, or the bundle a part', wrong.part_id, wrong.bundle_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'catalog_bundlepart_is_no_bundle', TABLE = 'catalog_bundlepart';
    END IF;
    SELECT v.id INTO wrong FROM catalog_variant v
    WHERE v.id IN (SELECT bundle_id FROM new_rows) AND EXISTS (
        SELECT FROM catalog_variant other WHERE other.product_id = v.product_id AND other.id <> v.id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'bundle % is not the only variant of its product', wrong.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'catalog_bundle_is_one_thing', TABLE = 'catalog_bundlepart';
    END IF;
    RETURN NULL;
END $$;

-- The other way round: a variant that comes beside a bundle.
CREATE FUNCTION catalog_check_beside_bundle() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    wrong text;
BEGIN
    SELECT n.sku INTO wrong FROM new_rows n
    JOIN catalog_variant other ON other.product_id = n.product_id AND other.id <> n.id
    WHERE EXISTS (SELECT FROM catalog_bundlepart b WHERE b.bundle_id = other.id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'variant % stands beside a bundle', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'catalog_bundle_is_one_thing', TABLE = 'catalog_variant';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER catalog_bundlepart_added AFTER INSERT ON catalog_bundlepart
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_check_parts();
CREATE TRIGGER catalog_bundlepart_changed AFTER UPDATE ON catalog_bundlepart
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_check_parts();
CREATE TRIGGER catalog_variant_beside_bundle AFTER INSERT ON catalog_variant
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_check_beside_bundle();

-- What a page shows of a bundle moves with its parts.
CREATE FUNCTION catalog_touch_bundles() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_touch_goods(ARRAY(SELECT bundle_id FROM changed_rows));
    RETURN NULL;
END $$;

CREATE TRIGGER catalog_bundlepart_came AFTER INSERT ON catalog_bundlepart
    REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_bundles();
CREATE TRIGGER catalog_bundlepart_moved AFTER UPDATE ON catalog_bundlepart
    REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_bundles();
CREATE TRIGGER catalog_bundlepart_went AFTER DELETE ON catalog_bundlepart
    REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_bundles();
CREATE TRIGGER catalog_bundlepart_emptied AFTER TRUNCATE ON catalog_bundlepart
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_shop();

-- What these bundles hold, a row a part; variants that are no bundles have none. Taken into the statement that asks, so that goods
-- without parts cost one look at an index.
CREATE FUNCTION catalog_parts(p_bundles bigint[])
RETURNS TABLE (bundle_id bigint, place integer, part_id bigint, units integer, product_id bigint, category_id bigint, sku text, name_en text,
               name_zh text, option_en text, option_zh text, is_sellable boolean)
LANGUAGE sql STABLE ROWS 1 AS $$
    SELECT b.bundle_id, b.position::integer, b.part_id, b.units, v.product_id, p.category_id, v.sku::text, p.name_en::text, p.name_zh::text,
           v.option_en::text, v.option_zh::text, v.is_sellable AND p.is_published
    FROM catalog_bundlepart b
    JOIN catalog_variant v ON v.id = b.part_id
    JOIN catalog_product p ON p.id = v.product_id
    WHERE b.bundle_id = ANY (p_bundles)
$$;

-- All bundles there are, sold or not.
CREATE FUNCTION catalog_bundles() RETURNS SETOF bigint
LANGUAGE sql STABLE ROWS 100 AS $$ SELECT DISTINCT bundle_id FROM catalog_bundlepart $$;

-- Refuse an order whose bundles hold something else by now than when it was planned.
--   seen      {"<bundle>": [[part, units], …]}, in the order of their places
--   SK024     DETAIL is a JSON list of the bundles that moved
CREATE FUNCTION catalog_parts_check(seen jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    moved jsonb;
BEGIN
    SELECT jsonb_agg(s.key::bigint ORDER BY s.key::bigint) INTO moved FROM jsonb_each(seen) AS s
    WHERE s.value IS DISTINCT FROM (SELECT jsonb_agg(jsonb_build_array(b.part_id, b.units) ORDER BY b.position)
                                    FROM catalog_bundlepart b WHERE b.bundle_id = s.key::bigint);
    IF moved IS NOT NULL THEN
        RAISE EXCEPTION 'bundles hold something else by now' USING ERRCODE = 'SK024', DETAIL = moved::text;
    END IF;
END $$;
