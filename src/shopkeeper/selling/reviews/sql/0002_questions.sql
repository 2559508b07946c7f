-- A product's page tells of questions and their answers too: the mark of its reviews moves with them. A product that nobody reviewed yet
-- gets its row of sums with its first question.
CREATE FUNCTION reviews_touch_asked() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reviews_summary (product_id, stars_1, stars_2, stars_3, stars_4, stars_5, hidden, waiting, mark)
    VALUES (NEW.product_id, 0, 0, 0, 0, 0, 0, 0, reviews_lot())
    ON CONFLICT (product_id) DO UPDATE SET mark = reviews_summary.mark + excluded.mark;
    RETURN NULL;
END $$;

CREATE FUNCTION reviews_touch_replied() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reviews_summary SET mark = mark + reviews_lot() WHERE product_id = (SELECT product_id FROM reviews_question WHERE id = NEW.question_id);
    RETURN NULL;
END $$;

-- Words stay as they were said: only where they stand, and why, changes.
CREATE FUNCTION reviews_same_words() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - ARRAY['state', 'reason'] <> to_jsonb(OLD) - ARRAY['state', 'reason'] THEN
        RAISE EXCEPTION 'what was said in % stays as it was said', TG_TABLE_NAME USING ERRCODE = 'SK900';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER reviews_question_asked AFTER INSERT OR UPDATE ON reviews_question
    FOR EACH ROW EXECUTE FUNCTION reviews_touch_asked();
CREATE TRIGGER reviews_question_emptied AFTER DELETE OR TRUNCATE ON reviews_question
    FOR EACH STATEMENT EXECUTE FUNCTION reviews_touch_all();
CREATE TRIGGER reviews_question_same_words BEFORE UPDATE ON reviews_question
    FOR EACH ROW EXECUTE FUNCTION reviews_same_words();
CREATE TRIGGER reviews_question_never_deleted BEFORE DELETE ON reviews_question
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER reviews_reply_added AFTER INSERT OR UPDATE ON reviews_reply
    FOR EACH ROW EXECUTE FUNCTION reviews_touch_replied();
CREATE TRIGGER reviews_reply_emptied AFTER DELETE OR TRUNCATE ON reviews_reply
    FOR EACH STATEMENT EXECUTE FUNCTION reviews_touch_all();
CREATE TRIGGER reviews_reply_same_words BEFORE UPDATE ON reviews_reply
    FOR EACH ROW EXECUTE FUNCTION reviews_same_words();
CREATE TRIGGER reviews_reply_never_deleted BEFORE DELETE ON reviews_reply
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER reviews_ruling_append_only BEFORE UPDATE OR DELETE ON reviews_ruling
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();
