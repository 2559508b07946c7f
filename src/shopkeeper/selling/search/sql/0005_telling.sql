-- A change of price or stock alone leaves the words of a good as they were: they are read only where they changed. Equal words give equal
-- answers on both sides, so leaving them out of both says the same.
CREATE OR REPLACE FUNCTION search_document_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows) THEN
        PERFORM search_touch();
        PERFORM pg_advisory_xact_lock(hashtext('search_held'));
        PERFORM search_keep(array_agg(kind) FILTER (WHERE holds = h), array_agg(facet) FILTER (WHERE holds = h),
            array_agg(product_id) FILTER (WHERE holds = h), h)
        FROM (
            SELECT kind, facet, product_id, bool_or(is_new) AS holds FROM (
                SELECT o.product_id, a.kind, a.facet, false AS is_new
                FROM old_rows o LEFT JOIN new_rows n USING (product_id), search_answers(o.facets, o.price_minor, o.is_in_stock, o.rank,
                    CASE WHEN o.tokens IS DISTINCT FROM n.tokens THEN o.tokens ELSE ''::tsvector END) a
                UNION ALL
                SELECT n.product_id, a.kind, a.facet, true
                FROM new_rows n LEFT JOIN old_rows o USING (product_id), search_answers(n.facets, n.price_minor, n.is_in_stock, n.rank,
                    CASE WHEN o.tokens IS DISTINCT FROM n.tokens THEN n.tokens ELSE ''::tsvector END) a
            ) each_answer GROUP BY 1, 2, 3 HAVING count(*) = 1
        ) moved, unnest(ARRAY[false, true]) h GROUP BY h;
        PERFORM search_await(array_agg(product_id)) FROM new_rows;
    END IF;
    RETURN NULL;
END $$;

-- Note what a search server of its own has to be told, where there is one: one note for each good. A change of a good that already waits
-- gives its note a new number, so that whoever is just telling what was noted before does not strike it out; it has waited since its first
-- change. What the server refused is told anew as soon as it changes.
CREATE OR REPLACE FUNCTION search_await(p_products bigint[]) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO search_waiting (product_id, since, refused)
    SELECT DISTINCT product_id, now(), 0 FROM unnest(p_products) product_id WHERE EXISTS (SELECT FROM search_server)
    ON CONFLICT (product_id) DO UPDATE SET id = excluded.id, refused = 0,
        since = CASE WHEN search_waiting.refused = 0 THEN search_waiting.since ELSE excluded.since END
$$;
