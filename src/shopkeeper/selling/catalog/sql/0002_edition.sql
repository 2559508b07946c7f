-- What a kept page rests on is told by marks: a change moves the mark of what it touches, in its own transaction, so that a reader
-- who finds the marks as they were may show the page again, also right after a crash. Scopes:
--   0            the shop as a whole: which shelves there are, what stands on them, names, delivery, the shop's own particulars
--   a category   the goods on that shelf: texts, order, variants, prices;  −1: goods on no shelf
-- A mark is the sum of its rows. A change takes any row that nobody is just changing, so no change ever waits for another; the step
-- is drawn by lot, so that a database brought back from a backup does not come to a sum some process still keeps pages under.
CREATE FUNCTION catalog_touch(scopes bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    the_scope bigint;
    step bigint;
BEGIN
    FOR the_scope IN SELECT DISTINCT s FROM unnest(scopes) AS s ORDER BY s LOOP
        step := 1 + (random() * 1000000000)::bigint;
        UPDATE catalog_edition SET mark = mark + step
        WHERE id = (SELECT id FROM catalog_edition WHERE scope = the_scope LIMIT 1 FOR UPDATE SKIP LOCKED);
        IF NOT FOUND THEN
            INSERT INTO catalog_edition (scope, mark) VALUES (the_scope, step);
        END IF;
    END LOOP;
END $$;

-- Return the sum of the marks of these scopes and of the whole shop's; null: of all there are.
CREATE FUNCTION catalog_edition_of(scopes bigint[]) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF scopes IS NULL THEN
        RETURN (SELECT coalesce(sum(mark), 0) FROM catalog_edition);
    END IF;
    RETURN (SELECT coalesce(sum(mark), 0) FROM catalog_edition WHERE scope = 0 OR scope = ANY (scopes));
END $$;

-- For tables of a few rows that stand behind every page.
CREATE FUNCTION catalog_touch_shop() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_touch(ARRAY[0]);
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_touch_products() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    has_moved boolean;
BEGIN
    SELECT count(*) <> (SELECT count(*) FROM new_rows)
           OR coalesce(bool_or(o.category_id IS DISTINCT FROM n.category_id OR o.is_published <> n.is_published), false)
    INTO has_moved FROM old_rows o JOIN new_rows n USING (id);
    IF has_moved THEN
        PERFORM catalog_touch(ARRAY[0]);
    ELSE
        PERFORM catalog_touch(ARRAY(SELECT DISTINCT coalesce(category_id, -1) FROM new_rows));
    END IF;
    RETURN NULL;
END $$;

-- Move the marks of the shelves on which these variants' products stand.
CREATE FUNCTION catalog_touch_goods(variants bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_touch(ARRAY(SELECT DISTINCT coalesce(p.category_id, -1) FROM catalog_product p
                                JOIN catalog_variant v ON v.product_id = p.id WHERE v.id = ANY (variants)));
END $$;

-- What is on sale on these shelves (null: in the whole shop): one row a variant, none sold: one row with null.
CREATE FUNCTION catalog_on_sale(shelves bigint[]) RETURNS TABLE (product_id bigint, rank integer, variant_id bigint)
LANGUAGE sql STABLE AS $$
    SELECT p.id, p.rank, v.id FROM catalog_product p LEFT JOIN catalog_variant v ON v.product_id = p.id AND v.is_sellable
    WHERE p.is_published AND (shelves IS NULL OR p.category_id = ANY (shelves))
$$;

CREATE FUNCTION catalog_touch_variants() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_touch_goods(ARRAY(SELECT id FROM changed_rows));
    RETURN NULL;
END $$;

CREATE TRIGGER catalog_category_touched AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON catalog_category
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_shop();
-- The catalogue watches the shop below it, because every page says the shop's name.
CREATE TRIGGER catalog_shop_touched AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON shop_shop
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_shop();
CREATE TRIGGER catalog_product_touched AFTER INSERT OR DELETE OR TRUNCATE ON catalog_product
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_shop();
CREATE TRIGGER catalog_product_changed AFTER UPDATE ON catalog_product
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_products();
CREATE TRIGGER catalog_variant_added AFTER INSERT ON catalog_variant
    REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_variants();
CREATE TRIGGER catalog_variant_changed AFTER UPDATE ON catalog_variant
    REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_variants();
CREATE TRIGGER catalog_variant_removed AFTER DELETE OR TRUNCATE ON catalog_variant
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_shop();
