-- Photos belong to the version they were sent with and stay with it; the product's page, which shows those of the newest, moves with them.
CREATE FUNCTION reviews_touch_photographed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reviews_summary SET mark = mark + reviews_lot() WHERE product_id = (SELECT product_id FROM reviews_review WHERE id = NEW.review_id);
    RETURN NULL;
END $$;

CREATE TRIGGER reviews_photo_added AFTER INSERT OR UPDATE ON reviews_photo
    FOR EACH ROW EXECUTE FUNCTION reviews_touch_photographed();
CREATE TRIGGER reviews_photo_emptied AFTER DELETE OR TRUNCATE ON reviews_photo
    FOR EACH STATEMENT EXECUTE FUNCTION reviews_touch_all();
CREATE TRIGGER reviews_photo_append_only BEFORE UPDATE OR DELETE ON reviews_photo
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();
