-- An address that once named a thing leads to it for good. Whoever asks looks for the present owner of a name first, so a name that is
-- given to something else names that from then on; the last to give a name up is found under it.
CREATE FUNCTION catalog_keep_slug() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalog_formerslug (kind, slug, target, given_up_at) VALUES (TG_ARGV[0], OLD.slug, OLD.id, now())
    ON CONFLICT (kind, slug) DO UPDATE SET target = EXCLUDED.target, given_up_at = EXCLUDED.given_up_at;
    RETURN NULL;
END $$;

CREATE TRIGGER catalog_product_renamed AFTER UPDATE OF slug ON catalog_product
    FOR EACH ROW WHEN (OLD.slug <> NEW.slug) EXECUTE FUNCTION catalog_keep_slug('product');
CREATE TRIGGER catalog_category_renamed AFTER UPDATE OF slug ON catalog_category
    FOR EACH ROW WHEN (OLD.slug <> NEW.slug) EXECUTE FUNCTION catalog_keep_slug('category');
