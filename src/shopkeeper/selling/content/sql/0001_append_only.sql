CREATE TRIGGER content_shoptext_append_only BEFORE UPDATE OR DELETE ON content_shoptext
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();
