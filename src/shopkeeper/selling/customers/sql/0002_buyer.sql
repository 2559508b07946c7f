-- Return the guest who buys under this address, new or known, with the particulars just given; the row stays locked (rank 7) until the
-- caller's transaction ends, so that orders of one buyer come one after the other.
CREATE FUNCTION customers_guest(p_email text, p_name text, p_phone text, p_language text, p_country text, p_at timestamptz) RETURNS bigint
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_id bigint;
BEGIN
    INSERT INTO customers_customer (is_guest, email, name, phone, language, country, joined_at)
    VALUES (true, p_email, p_name, p_phone, p_language, p_country, p_at)
    ON CONFLICT (lower(email)) WHERE is_guest AND NOT (email = '')
    DO UPDATE SET name = excluded.name, phone = excluded.phone, language = excluded.language, country = excluded.country
    RETURNING id INTO v_id;
    RETURN v_id;
END
$$;

-- Lock a customer's row (rank 7) until the caller's transaction ends, as customers_guest does.
CREATE FUNCTION customers_lock(p_id bigint) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM FROM customers_customer WHERE id = p_id FOR NO KEY UPDATE;
END
$$;
