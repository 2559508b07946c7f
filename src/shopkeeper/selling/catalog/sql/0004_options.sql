-- A variant on sale names one value of each option of its product, and no other; one off sale does so too, or names none at all.
CREATE FUNCTION catalog_check_combinations(p_products bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    wrong text;
BEGIN
    SELECT v.sku INTO wrong FROM catalog_variant v
    WHERE v.product_id = ANY (p_products)
      AND (v.is_sellable OR coalesce(v.value_1_id, v.value_2_id, v.value_3_id) IS NOT NULL)
      AND EXISTS (
          SELECT FROM (VALUES (1, v.value_1_id), (2, v.value_2_id), (3, v.value_3_id)) AS named (slot, value)
          LEFT JOIN catalog_productoption o ON o.product_id = v.product_id AND o.slot = named.slot
          LEFT JOIN catalog_optionvalue x ON x.id = named.value
          WHERE o.id IS DISTINCT FROM x.option_id)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'variant % does not name one value of each option of its product', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'catalog_variant_names_each_option', TABLE = 'catalog_variant';
    END IF;
END $$;

CREATE FUNCTION catalog_check_new_variants() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_check_combinations(ARRAY(
        SELECT DISTINCT n.product_id FROM new_rows n
        WHERE coalesce(n.value_1_id, n.value_2_id, n.value_3_id) IS NOT NULL
           OR EXISTS (SELECT FROM catalog_productoption o WHERE o.product_id = n.product_id)));
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_check_changed_variant() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_check_combinations(ARRAY[NEW.product_id]);
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_check_changed_option() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_check_combinations(ARRAY[OLD.product_id, NEW.product_id]);
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_check_changed_value() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_check_combinations(ARRAY(SELECT product_id FROM catalog_productoption WHERE id IN (OLD.option_id, NEW.option_id)));
    RETURN NULL;
END $$;

-- By statement, so that a hundred thousand new variants are looked at once; changes wait for the end of their transaction, because options
-- and the variants that answer them are written one after the other.
CREATE TRIGGER catalog_variant_combined AFTER INSERT ON catalog_variant
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_check_new_variants();
CREATE CONSTRAINT TRIGGER catalog_variant_recombined AFTER UPDATE ON catalog_variant
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((NEW.is_sellable AND NOT OLD.is_sellable)
          OR (OLD.product_id, OLD.value_1_id, OLD.value_2_id, OLD.value_3_id)
             IS DISTINCT FROM (NEW.product_id, NEW.value_1_id, NEW.value_2_id, NEW.value_3_id))
    EXECUTE FUNCTION catalog_check_changed_variant();
CREATE CONSTRAINT TRIGGER catalog_productoption_answered AFTER INSERT OR UPDATE OR DELETE ON catalog_productoption
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION catalog_check_changed_option();
CREATE CONSTRAINT TRIGGER catalog_optionvalue_moved AFTER UPDATE OF option_id ON catalog_optionvalue
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION catalog_check_changed_value();

-- Write what the variants of these products stand for, out of their values in the order of the options: “Red, Large”, “红色、大号”.
-- Orders, baskets, search and feeds read it; a name missing in one language is the other's.
CREATE FUNCTION catalog_compose_options(p_products bigint[]) RETURNS void
LANGUAGE sql AS $$
    UPDATE catalog_variant v SET option_en = composed.en, option_zh = composed.zh
    FROM (
        SELECT v.id, left(string_agg(coalesce(nullif(named.en, ''), named.zh), ', ' ORDER BY o.position, o.id), 120) AS en,
               left(string_agg(coalesce(nullif(named.zh, ''), named.en), '、' ORDER BY o.position, o.id), 120) AS zh
        FROM catalog_variant v
        JOIN catalog_productoption o ON o.product_id = v.product_id
        JOIN catalog_optionvalue x ON x.option_id = o.id AND x.id IN (v.value_1_id, v.value_2_id, v.value_3_id)
        LEFT JOIN catalog_attributechoice c ON c.id = x.choice_id
        CROSS JOIN LATERAL (SELECT coalesce(c.name_en, x.name_en) AS en, coalesce(c.name_zh, x.name_zh) AS zh) AS named
        WHERE v.product_id = ANY (p_products)
        GROUP BY v.id
    ) AS composed
    WHERE v.id = composed.id AND (v.option_en, v.option_zh) IS DISTINCT FROM (composed.en, composed.zh)
$$;

-- As before, and a product also holds the answers of its variants on sale, where an option stands for an attribute.
CREATE OR REPLACE FUNCTION catalog_held(p_shelves bigint[]) RETURNS TABLE (id bigint, question bigint, answer bigint)
LANGUAGE sql STABLE AS $$
    SELECT v.product_id, v.attribute_id, v.choice_id
    FROM catalog_attributevalue v
    JOIN catalog_attribute a ON a.id = v.attribute_id AND a.is_filter
    JOIN catalog_product p ON p.id = v.product_id AND p.is_published AND (p_shelves IS NULL OR p.category_id = ANY (p_shelves))
    WHERE v.choice_id IS NOT NULL
    UNION ALL
    SELECT p.id, 0, p.brand_id FROM catalog_product p
    WHERE p.brand_id IS NOT NULL AND p.is_published AND (p_shelves IS NULL OR p.category_id = ANY (p_shelves))
    UNION ALL
    SELECT o.product_id, o.attribute_id, x.choice_id
    FROM catalog_optionvalue x
    JOIN catalog_productoption o ON o.id = x.option_id
    JOIN catalog_attribute a ON a.id = o.attribute_id AND a.is_filter
    JOIN catalog_product p ON p.id = o.product_id AND p.is_published AND (p_shelves IS NULL OR p.category_id = ANY (p_shelves))
    WHERE x.choice_id IS NOT NULL
      AND EXISTS (SELECT FROM catalog_variant v WHERE v.product_id = o.product_id AND v.is_sellable
                  AND x.id IN (v.value_1_id, v.value_2_id, v.value_3_id))
      -- What is said of the product as a whole has been counted above.
      AND NOT EXISTS (SELECT FROM catalog_attributevalue s
                      WHERE s.product_id = o.product_id AND s.attribute_id = o.attribute_id AND s.choice_id = x.choice_id)
$$;

-- Options, their values and related goods show on the product's page; size tables, which are few, behind whole shelves.
CREATE FUNCTION catalog_touch_values() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_touch(ARRAY(SELECT DISTINCT coalesce(p.category_id, -1) FROM catalog_product p
                                JOIN catalog_productoption o ON o.product_id = p.id
                                WHERE o.id IN (SELECT option_id FROM changed_rows)));
    RETURN NULL;
END $$;

CREATE TRIGGER catalog_sizetable_touched AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON catalog_sizetable
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_shop();
CREATE TRIGGER catalog_productoption_added AFTER INSERT ON catalog_productoption
    REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_described();
CREATE TRIGGER catalog_productoption_changed AFTER UPDATE ON catalog_productoption
    REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_described();
CREATE TRIGGER catalog_productoption_removed AFTER DELETE ON catalog_productoption
    REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_described();
CREATE TRIGGER catalog_productoption_emptied AFTER TRUNCATE ON catalog_productoption
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_shop();
CREATE TRIGGER catalog_optionvalue_added AFTER INSERT ON catalog_optionvalue
    REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_values();
CREATE TRIGGER catalog_optionvalue_changed AFTER UPDATE ON catalog_optionvalue
    REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_values();
CREATE TRIGGER catalog_optionvalue_removed AFTER DELETE ON catalog_optionvalue
    REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_values();
CREATE TRIGGER catalog_optionvalue_emptied AFTER TRUNCATE ON catalog_optionvalue
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_shop();
CREATE TRIGGER catalog_relatedproduct_added AFTER INSERT ON catalog_relatedproduct
    REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_described();
CREATE TRIGGER catalog_relatedproduct_changed AFTER UPDATE ON catalog_relatedproduct
    REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_described();
CREATE TRIGGER catalog_relatedproduct_removed AFTER DELETE ON catalog_relatedproduct
    REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_described();
CREATE TRIGGER catalog_relatedproduct_emptied AFTER TRUNCATE ON catalog_relatedproduct
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_shop();
