-- What happened to a version of a product is written once. Emptying the whole table (an unwanted sample shop) stays possible.
CREATE TRIGGER catalog_draftstep_kept BEFORE UPDATE OR DELETE ON catalog_draftstep
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();

-- Versions stand in a table that other things share: where all desks go at once, their versions go with them, so that a later desk under
-- the same number does not find a stranger's.
CREATE FUNCTION catalog_forget_versions() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM wagtailcore_revision r USING django_content_type c
    WHERE c.id = r.content_type_id AND c.app_label = 'catalog' AND c.model = 'productdesk';
    RETURN NULL;
END $$;

CREATE TRIGGER catalog_productdesk_emptied AFTER TRUNCATE ON catalog_productdesk
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_forget_versions();
