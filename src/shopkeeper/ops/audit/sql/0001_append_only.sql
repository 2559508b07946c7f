-- Refuse every change to, and removal of, a row. Any room's ledger may use it: BEFORE UPDATE OR DELETE … EXECUTE FUNCTION audit_append_only().
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only ever added, never changed or removed', TG_TABLE_NAME
        USING ERRCODE = 'SK900', HINT = 'Add a new row that corrects the old one.';
END
$$;

CREATE TRIGGER audit_record_append_only BEFORE UPDATE OR DELETE ON audit_record
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();
