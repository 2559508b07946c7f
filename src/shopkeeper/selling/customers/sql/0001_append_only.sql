CREATE TRIGGER customers_consentrecord_append_only BEFORE UPDATE OR DELETE ON customers_consentrecord
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();
