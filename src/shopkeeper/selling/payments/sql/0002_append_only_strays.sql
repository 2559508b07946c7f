CREATE TRIGGER payments_strayevent_append_only BEFORE UPDATE OR DELETE ON payments_strayevent
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();
