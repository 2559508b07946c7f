-- A page names what was written for engines: the mark of the part of the catalogue it shows moves in the same transaction.
-- A product moves its shelf, a shelf itself, a collection the shop as a whole, since its page rests on nothing smaller.
CREATE FUNCTION content_touch_told() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_touch(ARRAY(
        SELECT coalesce(p.category_id, -1) FROM changed_rows c JOIN catalog_product p ON p.id = c.subject_id WHERE c.kind = 'product'
        UNION SELECT c.subject_id FROM changed_rows c WHERE c.kind = 'category'
        UNION SELECT 0::bigint FROM changed_rows c WHERE c.kind = 'collection'));
    RETURN NULL;
END $$;

CREATE FUNCTION content_touch_told_of_all() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_touch(ARRAY[0]);
    RETURN NULL;
END $$;

CREATE TRIGGER content_enginewords_added AFTER INSERT ON content_enginewords REFERENCING NEW TABLE AS changed_rows
    FOR EACH STATEMENT EXECUTE FUNCTION content_touch_told();
CREATE TRIGGER content_enginewords_changed AFTER UPDATE ON content_enginewords REFERENCING NEW TABLE AS changed_rows
    FOR EACH STATEMENT EXECUTE FUNCTION content_touch_told();
CREATE TRIGGER content_enginewords_removed AFTER DELETE ON content_enginewords REFERENCING OLD TABLE AS changed_rows
    FOR EACH STATEMENT EXECUTE FUNCTION content_touch_told();
CREATE TRIGGER content_enginewords_emptied AFTER TRUNCATE ON content_enginewords
    FOR EACH STATEMENT EXECUTE FUNCTION content_touch_told_of_all();
