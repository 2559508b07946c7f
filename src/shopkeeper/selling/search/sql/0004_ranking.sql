-- What is kept as bits beside what narrows down (kind 0): words that very many goods hold (kind 1), and how well goods sell (kind 2). With
-- them a search for a common word counts and orders bits and looks at the goods of one page only. As before, whoever writes documents,
-- these follow in the same transaction.

-- In which price a good is: the largest of 1, 2, 5, 10, 20, 50 … that is not above it; “<price=0” below 1, “<price” where it has none.
CREATE FUNCTION search_price_answer(p_price bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN p_price IS NULL THEN '<price'
        WHEN p_price < 1 THEN '<price=0'
        ELSE '<price=' || (power(10::numeric, length(p_price::text) - 1)::bigint
            * CASE WHEN left(p_price::text, 1) >= '5' THEN 5 WHEN left(p_price::text, 1) >= '2' THEN 2 ELSE 1 END)::text
    END
$$;

-- How well a good sells, as two digits: two classes for each doubling of its rank. Whatever nobody has ranked yet has one rank and a
-- class of its own (40), within which the number of the product decides.
CREATE FUNCTION search_rank_answer(p_rank integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT lpad(CASE
        WHEN p_rank = 1000000 THEN 40
        ELSE floor(2 * ln(greatest(p_rank, 1)) / ln(2::double precision))::int + CASE WHEN p_rank > 1000000 THEN 2 ELSE 0 END
    END::text, 2, '0')
$$;

-- Everything that is kept as bits of a document, with its kind.
CREATE FUNCTION search_answers(p_facets text[], p_price bigint, p_is_in_stock boolean, p_rank integer, p_tokens tsvector)
RETURNS TABLE (kind smallint, facet text)
LANGUAGE sql STABLE AS $$
    SELECT 0::smallint, said FROM unnest(p_facets) said
    UNION SELECT 0::smallint, search_price_answer(p_price)
    UNION SELECT 0::smallint, '<stock' WHERE p_is_in_stock
    UNION SELECT 1::smallint, c.word FROM unnest(tsvector_to_array(p_tokens)) said JOIN search_common c ON c.word = said COLLATE "C"
    UNION SELECT 2::smallint, search_rank_answer(p_rank)
$$;

CREATE FUNCTION search_keep(p_kinds smallint[], p_facets text[], p_products bigint[], p_holds boolean) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(cardinality(p_facets), 0) = 0 THEN
        RETURN;
    END IF;
    IF p_holds THEN
        INSERT INTO search_held (kind, facet, chunk, goods)
        SELECT kind, facet, product >> 11, bit_or(set_bit(repeat('0', 2048)::bit(2048), (product & 2047)::int, 1))
        FROM unnest(p_kinds, p_facets, p_products) AS told (kind, facet, product) GROUP BY 1, 2, 3 ORDER BY 1, 3, 2
        ON CONFLICT (kind, facet, chunk) DO UPDATE SET goods = search_held.goods | excluded.goods;
    ELSE
        UPDATE search_held h SET goods = h.goods & ~gone.goods
        FROM (
            SELECT kind, facet, product >> 11 AS chunk, bit_or(set_bit(repeat('0', 2048)::bit(2048), (product & 2047)::int, 1)) AS goods
            FROM unnest(p_kinds, p_facets, p_products) AS told (kind, facet, product) GROUP BY 1, 2, 3
        ) gone
        WHERE h.kind = gone.kind AND h.facet = gone.facet AND h.chunk = gone.chunk;
    END IF;
END $$;

-- Note what a search server of its own has to be told, where there is one.
CREATE FUNCTION search_await(p_products bigint[]) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO search_waiting (product_id, since)
    SELECT product_id, now() FROM unnest(p_products) product_id WHERE EXISTS (SELECT FROM search_server)
$$;

CREATE OR REPLACE FUNCTION search_document_added() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows) THEN
        PERFORM search_touch();
        -- One writer at a time: two that change the same rows in another order would wait for each other. Taken before the common words
        -- are read, so that whoever just changed those is done.
        PERFORM pg_advisory_xact_lock(hashtext('search_held'));
        PERFORM search_keep(array_agg(a.kind), array_agg(a.facet), array_agg(product_id), true)
        FROM new_rows, search_answers(facets, price_minor, is_in_stock, rank, tokens) a;
        PERFORM search_await(array_agg(product_id)) FROM new_rows;
    END IF;
    RETURN NULL;
END $$;

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
                SELECT product_id, a.kind, a.facet, false AS is_new
                FROM old_rows, search_answers(facets, price_minor, is_in_stock, rank, tokens) a
                UNION ALL
                SELECT product_id, a.kind, a.facet, true
                FROM new_rows, search_answers(facets, price_minor, is_in_stock, rank, tokens) a
            ) each_answer GROUP BY 1, 2, 3 HAVING count(*) = 1
        ) moved, unnest(ARRAY[false, true]) h GROUP BY h;
        PERFORM search_await(array_agg(product_id)) FROM new_rows;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION search_document_removed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM old_rows) THEN
        PERFORM search_touch();
        PERFORM pg_advisory_xact_lock(hashtext('search_held'));
        PERFORM search_keep(array_agg(a.kind), array_agg(a.facet), array_agg(product_id), false)
        FROM old_rows, search_answers(facets, price_minor, is_in_stock, rank, tokens) a;
        PERFORM search_await(array_agg(product_id)) FROM old_rows;
    END IF;
    RETURN NULL;
END $$;

DROP FUNCTION search_hold(text[], bigint[], boolean);

INSERT INTO search_held (kind, facet, chunk, goods)
SELECT a.kind, a.facet, product_id >> 11, bit_or(set_bit(repeat('0', 2048)::bit(2048), (product_id & 2047)::int, 1))
FROM search_document, search_answers(facets, price_minor, is_in_stock, rank, tokens) a
GROUP BY 1, 2, 3
ON CONFLICT DO NOTHING;
