-- A collection's goods are narrowed down as a shelf's are (0003_traits.sql); they come as ids, since a rule found them.

-- The answers that these products hold, to the questions shoppers may ask. Joined, not compared with a list: there may be very many.
CREATE FUNCTION catalog_held_of(p_products bigint[]) RETURNS TABLE (id bigint, question bigint, answer bigint)
LANGUAGE sql STABLE AS $$
    SELECT v.product_id, v.attribute_id, v.choice_id
    FROM unnest(p_products) AS wanted (id)
    JOIN catalog_attributevalue v ON v.product_id = wanted.id AND v.choice_id IS NOT NULL
    JOIN catalog_attribute a ON a.id = v.attribute_id AND a.is_filter
    UNION ALL
    SELECT p.id, 0, p.brand_id FROM unnest(p_products) AS wanted (id)
    JOIN catalog_product p ON p.id = wanted.id AND p.brand_id IS NOT NULL
$$;

-- Those of them that meet every question.
CREATE FUNCTION catalog_narrowed_of(p_products bigint[], p_questions bigint[], p_answers bigint[]) RETURNS TABLE (id bigint)
LANGUAGE sql STABLE AS $$
    SELECT held.id FROM catalog_held_of(p_products) held
    JOIN unnest(p_questions, p_answers) AS asked (question, answer) USING (question, answer)
    GROUP BY held.id
    HAVING count(DISTINCT held.question) = (SELECT count(DISTINCT q) FROM unnest(p_questions) q)
$$;

-- How many of them would be left with each answer, counted as catalog_facets counts.
CREATE FUNCTION catalog_facets_of(p_products bigint[], p_questions bigint[], p_answers bigint[])
RETURNS TABLE (question bigint, answer bigint, products bigint)
LANGUAGE sql STABLE AS $$
    WITH held AS MATERIALIZED (SELECT * FROM catalog_held_of(p_products)),
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

-- The menu above every page names collections, so they stand behind all pages; the goods named in them behind the collections' own.
CREATE TRIGGER catalog_collection_touched AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON catalog_collection
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_shop();
CREATE TRIGGER catalog_collectionproduct_touched AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON catalog_collectionproduct
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_shop();
