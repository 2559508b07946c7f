-- Tokens, numbers and keys are looked up whole, never by how they begin: the indices for LIKE beside their unique ones go.
DO $$
DECLARE
    each record;
BEGIN
    FOR each IN
        SELECT i.indexrelid::regclass AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indrelid IN ('orders_order'::regclass, 'orders_basket'::regclass, 'orders_placedkey'::regclass) AND c.relname LIKE '%\_like'
    LOOP
        EXECUTE format('DROP INDEX %s', each.name);
    END LOOP;
END $$;

-- An order is opened, paid and shipped within its first hours, a basket is filled and then ordered: room for that on their pages.
ALTER TABLE orders_order SET (fillfactor = 85);
ALTER TABLE orders_basket SET (fillfactor = 80);
