-- Which goods hold an answer (“category=tea”) is kept beside the documents as bits, 2,048 products a row: bit n of row c stands for product
-- 2048 c + n. So an answer is counted among thousands of goods by counting bits. Whoever writes documents, these follow in the same transaction.

-- Hold, or hold no more, these answers for these products, pair by pair.
CREATE FUNCTION search_hold(p_facets text[], p_products bigint[], p_holds boolean) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(cardinality(p_facets), 0) = 0 THEN
        RETURN;
    END IF;
    -- One writer at a time: two that change the same rows in another order would wait for each other.
    PERFORM pg_advisory_xact_lock(hashtext('search_held'));
    IF p_holds THEN
        INSERT INTO search_held (facet, chunk, goods)
        SELECT facet, product >> 11, bit_or(set_bit(repeat('0', 2048)::bit(2048), (product & 2047)::int, 1))
        FROM unnest(p_facets, p_products) AS told (facet, product) GROUP BY 1, 2 ORDER BY 2, 1
        ON CONFLICT (chunk, facet) DO UPDATE SET goods = search_held.goods | excluded.goods;
    ELSE
        UPDATE search_held h SET goods = h.goods & ~gone.goods
        FROM (
            SELECT facet, product >> 11 AS chunk, bit_or(set_bit(repeat('0', 2048)::bit(2048), (product & 2047)::int, 1)) AS goods
            FROM unnest(p_facets, p_products) AS told (facet, product) GROUP BY 1, 2
        ) gone
        WHERE h.chunk = gone.chunk AND h.facet = gone.facet;
    END IF;
END $$;

-- Tell that something of the documents is no longer as it was: by the sum of these rows a process knows whether an answer it remembers
-- still stands. A change takes any row that nobody is just changing, so no change waits for another; the step is drawn by lot, so that a
-- database brought back from a backup does not come to a sum some process still remembers an answer under.
CREATE FUNCTION search_touch() RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    step bigint := 1 + (random() * 1000000000)::bigint;
BEGIN
    UPDATE search_moved SET mark = mark + step WHERE id = (SELECT id FROM search_moved LIMIT 1 FOR UPDATE SKIP LOCKED);
    IF NOT FOUND THEN
        INSERT INTO search_moved (mark) VALUES (step);
    END IF;
END $$;

CREATE FUNCTION search_document_added() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows) THEN
        PERFORM search_touch();
        PERFORM search_hold(array_agg(facet), array_agg(product_id), true) FROM new_rows, unnest(facets) facet;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION search_document_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows) THEN
        PERFORM search_touch();
    END IF;
    -- Prices and stock change far more often than answers.
    IF EXISTS (SELECT product_id, facets FROM new_rows EXCEPT SELECT product_id, facets FROM old_rows) THEN
        PERFORM search_hold(array_agg(facet), array_agg(product_id), false) FROM (
            SELECT product_id, facet FROM old_rows, unnest(facets) facet EXCEPT SELECT product_id, facet FROM new_rows, unnest(facets) facet
        ) gone;
        PERFORM search_hold(array_agg(facet), array_agg(product_id), true) FROM (
            SELECT product_id, facet FROM new_rows, unnest(facets) facet EXCEPT SELECT product_id, facet FROM old_rows, unnest(facets) facet
        ) come;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION search_document_removed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM old_rows) THEN
        PERFORM search_touch();
        PERFORM search_hold(array_agg(facet), array_agg(product_id), false) FROM old_rows, unnest(facets) facet;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION search_document_emptied() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM search_touch();
    DELETE FROM search_held;
    RETURN NULL;
END $$;

CREATE TRIGGER search_document_added AFTER INSERT ON search_document
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION search_document_added();
CREATE TRIGGER search_document_changed AFTER UPDATE ON search_document
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION search_document_changed();
CREATE TRIGGER search_document_removed AFTER DELETE ON search_document
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION search_document_removed();
CREATE TRIGGER search_document_emptied AFTER TRUNCATE ON search_document
    FOR EACH STATEMENT EXECUTE FUNCTION search_document_emptied();

INSERT INTO search_held (facet, chunk, goods)
SELECT facet, product_id >> 11, bit_or(set_bit(repeat('0', 2048)::bit(2048), (product_id & 2047)::int, 1))
FROM search_document, unnest(facets) facet GROUP BY 1, 2;
