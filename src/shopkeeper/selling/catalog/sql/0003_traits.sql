-- What is asked of a shelf comes as pairs of a question (an attribute's id, 0 for the brand) and an answer's id. Any answer of a question
-- will do; every question must be met.

-- The answers that the published products of these shelves (null: of the whole shop) hold, to the questions shoppers may ask.
CREATE FUNCTION catalog_held(p_shelves bigint[]) RETURNS TABLE (id bigint, question bigint, answer bigint)
LANGUAGE sql STABLE AS $$
    SELECT v.product_id, v.attribute_id, v.choice_id
    FROM catalog_attributevalue v
    JOIN catalog_attribute a ON a.id = v.attribute_id AND a.is_filter
    JOIN catalog_product p ON p.id = v.product_id AND p.is_published AND (p_shelves IS NULL OR p.category_id = ANY (p_shelves))
    WHERE v.choice_id IS NOT NULL
    UNION ALL
    SELECT p.id, 0, p.brand_id FROM catalog_product p
    WHERE p.brand_id IS NOT NULL AND p.is_published AND (p_shelves IS NULL OR p.category_id = ANY (p_shelves))
$$;

-- The products that meet every question.
CREATE FUNCTION catalog_narrowed(p_shelves bigint[], p_questions bigint[], p_answers bigint[]) RETURNS TABLE (id bigint)
LANGUAGE sql STABLE AS $$
    SELECT held.id FROM catalog_held(p_shelves) held
    JOIN unnest(p_questions, p_answers) AS asked (question, answer) USING (question, answer)
    GROUP BY held.id
    HAVING count(DISTINCT held.question) = (SELECT count(DISTINCT q) FROM unnest(p_questions) q)
$$;

-- How many products would be left with each answer that is held on these shelves, none included, so that a question stays where it stands
-- while others are answered. A product counts for an answer if it meets every question, or every one but that to
-- which the answer belongs: choosing a second colour adds to the first.
CREATE FUNCTION catalog_facets(p_shelves bigint[], p_questions bigint[], p_answers bigint[])
RETURNS TABLE (question bigint, answer bigint, products bigint)
LANGUAGE sql STABLE AS $$
    WITH held AS MATERIALIZED (SELECT * FROM catalog_held(p_shelves)),
    met AS (
        SELECT held.id, count(DISTINCT held.question) AS questions, array_agg(DISTINCT held.question) AS which
        FROM held JOIN unnest(p_questions, p_answers) AS asked (question, answer) USING (question, answer)
        GROUP BY held.id
    )
    SELECT held.question, held.answer, count(*) FILTER (WHERE
        coalesce(met.questions, 0) = wanted.questions
        OR (coalesce(met.questions, 0) = wanted.questions - 1
            AND held.question = ANY (p_questions) AND held.question <> ALL (coalesce(met.which, '{}'))))
    FROM held LEFT JOIN met USING (id), (SELECT count(DISTINCT q) AS questions FROM unnest(p_questions) q) AS wanted
    GROUP BY 1, 2
$$;

-- What is said of goods shows on their shelf and on their page; brands, attributes and their answers, which are few, behind every shelf.
CREATE FUNCTION catalog_touch_described() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_touch(ARRAY(SELECT DISTINCT coalesce(category_id, -1) FROM catalog_product
                                WHERE id IN (SELECT product_id FROM changed_rows)));
    RETURN NULL;
END $$;

CREATE TRIGGER catalog_brand_touched AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON catalog_brand
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_shop();
CREATE TRIGGER catalog_attribute_touched AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON catalog_attribute
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_shop();
CREATE TRIGGER catalog_attributechoice_touched AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON catalog_attributechoice
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_shop();
CREATE TRIGGER catalog_attributevalue_added AFTER INSERT ON catalog_attributevalue
    REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_described();
CREATE TRIGGER catalog_attributevalue_changed AFTER UPDATE ON catalog_attributevalue
    REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_described();
CREATE TRIGGER catalog_attributevalue_removed AFTER DELETE ON catalog_attributevalue
    REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_described();
CREATE TRIGGER catalog_attributevalue_emptied AFTER TRUNCATE ON catalog_attributevalue
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_shop();
