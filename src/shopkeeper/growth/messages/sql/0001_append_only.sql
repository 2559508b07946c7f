CREATE TRIGGER messaging_lettertext_append_only BEFORE UPDATE OR DELETE ON messaging_lettertext
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER messaging_bounce_append_only BEFORE UPDATE OR DELETE ON messaging_bounce
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();
