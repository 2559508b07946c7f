-- What the reviews of a product come to is kept beside them, in the transaction of each change, so that the stars of a whole shelf are one
-- look. Sums move by what a change adds and takes away, never by counting anew: two who decide at once both count.
-- Lock order: a review (rank 55), then the sums of its product (56).
CREATE FUNCTION reviews_lot() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    -- Drawn by lot, so that a database brought back from a backup does not come to a mark under which some process still keeps a page.
    SELECT 1 + (random() * 1000000000)::bigint
$$;

CREATE FUNCTION reviews_touch_summary() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    gone smallint := 0;
    come smallint := CASE WHEN NEW.state = 'shown' THEN NEW.stars ELSE 0 END;
    hidden_by integer := (NEW.state = 'hidden')::integer;
    waiting_by integer := (NEW.state = 'waiting')::integer;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        gone := CASE WHEN OLD.state = 'shown' THEN OLD.stars ELSE 0 END;
        hidden_by := hidden_by - (OLD.state = 'hidden')::integer;
        waiting_by := waiting_by - (OLD.state = 'waiting')::integer;
    END IF;
    INSERT INTO reviews_summary (product_id, stars_1, stars_2, stars_3, stars_4, stars_5, hidden, waiting, mark)
    VALUES (NEW.product_id, 0, 0, 0, 0, 0, 0, 0, 0) ON CONFLICT (product_id) DO NOTHING;
    UPDATE reviews_summary SET
        stars_1 = stars_1 + (come = 1)::integer - (gone = 1)::integer,
        stars_2 = stars_2 + (come = 2)::integer - (gone = 2)::integer,
        stars_3 = stars_3 + (come = 3)::integer - (gone = 3)::integer,
        stars_4 = stars_4 + (come = 4)::integer - (gone = 4)::integer,
        stars_5 = stars_5 + (come = 5)::integer - (gone = 5)::integer,
        hidden = hidden + hidden_by,
        waiting = waiting + waiting_by,
        mark = mark + reviews_lot()
    WHERE product_id = NEW.product_id;
    RETURN NULL;
END $$;

CREATE FUNCTION reviews_touch_answered() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reviews_summary SET mark = mark + reviews_lot() WHERE product_id = (SELECT product_id FROM reviews_review WHERE id = NEW.review_id);
    RETURN NULL;
END $$;

-- Rows leave these tables only where somebody empties them behind the shop's back: then no kept page may stand.
CREATE FUNCTION reviews_touch_all() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reviews_summary SET mark = mark + reviews_lot();
    RETURN NULL;
END $$;

-- A second vote is refused by a unique constraint, and the count moves with the row.
CREATE FUNCTION reviews_count_vote() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reviews_review SET helpful = helpful + 1 WHERE id = NEW.review_id;
    RETURN NULL;
END $$;

-- What a review is about, who bought it and when it was first written never change.
CREATE FUNCTION reviews_same_line() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.product_id, NEW.order_id, NEW.line_id, NEW.buyer_id, NEW.written_at)
       IS DISTINCT FROM (OLD.id, OLD.product_id, OLD.order_id, OLD.line_id, OLD.buyer_id, OLD.written_at) THEN
        RAISE EXCEPTION 'a review stays with the line it was written for' USING ERRCODE = 'SK900';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER reviews_review_counted AFTER INSERT OR UPDATE ON reviews_review
    FOR EACH ROW EXECUTE FUNCTION reviews_touch_summary();
CREATE TRIGGER reviews_review_same_line BEFORE UPDATE ON reviews_review
    FOR EACH ROW EXECUTE FUNCTION reviews_same_line();
CREATE TRIGGER reviews_review_never_deleted BEFORE DELETE ON reviews_review
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER reviews_review_emptied AFTER DELETE OR TRUNCATE ON reviews_review
    FOR EACH STATEMENT EXECUTE FUNCTION reviews_touch_all();
CREATE TRIGGER reviews_answer_added AFTER INSERT OR UPDATE ON reviews_answer
    FOR EACH ROW EXECUTE FUNCTION reviews_touch_answered();
CREATE TRIGGER reviews_answer_emptied AFTER DELETE OR TRUNCATE ON reviews_answer
    FOR EACH STATEMENT EXECUTE FUNCTION reviews_touch_all();
CREATE TRIGGER reviews_vote_counted AFTER INSERT ON reviews_vote
    FOR EACH ROW EXECUTE FUNCTION reviews_count_vote();
CREATE TRIGGER reviews_version_append_only BEFORE UPDATE OR DELETE ON reviews_version
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER reviews_decision_append_only BEFORE UPDATE OR DELETE ON reviews_decision
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER reviews_answer_append_only BEFORE UPDATE OR DELETE ON reviews_answer
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER reviews_vote_append_only BEFORE UPDATE OR DELETE ON reviews_vote
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();

-- What pages say of the reviews of these products, as one text, read live like stock: count and sum of stars of each, in their order, and
-- the mark of the one that is told in full (null: none). A page that was kept may be shown again where this text is the same.
CREATE FUNCTION reviews_told(products bigint[], in_full bigint) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT coalesce(string_agg(
                   coalesce(s.stars_1 + s.stars_2 + s.stars_3 + s.stars_4 + s.stars_5, 0) || ':' ||
                   coalesce(s.stars_1 + 2 * s.stars_2 + 3 * s.stars_3 + 4 * s.stars_4 + 5 * s.stars_5, 0), ',' ORDER BY w.place), '')
        FROM unnest(products) WITH ORDINALITY AS w (product, place) LEFT JOIN reviews_summary s ON s.product_id = w.product
    ) || '|' || coalesce((SELECT s.mark FROM reviews_summary s WHERE s.product_id = in_full), 0);
END $$;
