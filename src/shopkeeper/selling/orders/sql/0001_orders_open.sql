-- Order numbers: SK-100001, SK-100002 … A refused order leaves a gap; a number is never given twice.
CREATE SEQUENCE orders_number START 100001;

-- Open an order in the caller's transaction: key, order, lines, first entry of its timeline; the basket it comes from closes.
-- Returns {"order_id", "number", "token", "line_ids": [in the order of p_lines], "is_replay"}; is_replay: this key opened the order before.
-- p_key may be null (nothing to repeat). Refuses with SK021 where the key was used for another request and with SK022
-- (detail {"order_id"}) where the basket became an order already.
CREATE FUNCTION orders_open(p_key text, p_fingerprint text, p_order jsonb, p_lines jsonb, p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_id bigint := nextval(pg_get_serial_sequence('orders_order', 'id'));
    v_number text;
    v_basket bigint := (p_order ->> 'basket_id')::bigint;
    v_known record;
    v_line_ids jsonb;
BEGIN
    IF p_key IS NOT NULL THEN
        -- The key row comes first: a second request under the same key waits here until the first is decided.
        INSERT INTO orders_placedkey (key, fingerprint, order_id, at) VALUES (p_key, p_fingerprint, v_id, p_at)
        ON CONFLICT (key) DO NOTHING;
        IF NOT FOUND THEN
            SELECT k.fingerprint, o.id, o.number, o.token INTO STRICT v_known
            FROM orders_placedkey k JOIN orders_order o ON o.id = k.order_id WHERE k.key = p_key;
            IF v_known.fingerprint <> p_fingerprint THEN
                RAISE EXCEPTION 'idempotency key was used for another request' USING ERRCODE = 'SK021';
            END IF;
            RETURN jsonb_build_object('order_id', v_known.id, 'number', v_known.number, 'token', v_known.token,
                                      'line_ids', '[]'::jsonb, 'is_replay', true);
        END IF;
    END IF;

    IF v_basket IS NOT NULL THEN
        UPDATE orders_basket SET ordered_at = p_at WHERE id = v_basket AND ordered_at IS NULL;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'basket % became an order already', v_basket USING ERRCODE = 'SK022',
                DETAIL = jsonb_build_object('order_id', (SELECT o.id FROM orders_order o WHERE o.basket_id = v_basket
                                                         ORDER BY o.id DESC LIMIT 1))::text;
        END IF;
    END IF;

    v_number := 'SK-' || nextval('orders_number');
    INSERT INTO orders_order (
        id, number, token, state, channel, is_imported, basket_id, buyer_id, is_guest, contact_email, contact_name, contact_phone,
        address, country, language, currency, tax_mode, delivery_option_id, delivery_name_en, delivery_name_zh, delivery_minor,
        delivery_tax_minor, goods_minor, discount_minor, tax_minor, total_minor, units, paid_minor, refunded_minor,
        refunded_delivery_minor, quote, placed_at, cancel_reason, hold_until)
    SELECT
        v_id, v_number, o.token, 'placed', o.channel, false, o.basket_id, o.buyer_id, o.is_guest, o.contact_email, o.contact_name,
        o.contact_phone, o.address, o.country, o.language, o.currency, o.tax_mode, o.delivery_option_id, o.delivery_name_en,
        o.delivery_name_zh, o.delivery_minor, o.delivery_tax_minor, o.goods_minor, o.discount_minor, o.tax_minor, o.total_minor,
        o.units, 0, 0, 0, o.quote, p_at, '', o.hold_until
    FROM jsonb_to_record(p_order) AS o (
        token text, channel text, basket_id bigint, buyer_id bigint, is_guest boolean, contact_email text, contact_name text,
        contact_phone text, address jsonb, country text, language text, currency text, tax_mode text, delivery_option_id bigint,
        delivery_name_en text, delivery_name_zh text, delivery_minor bigint, delivery_tax_minor bigint, goods_minor bigint,
        discount_minor bigint, tax_minor bigint, total_minor bigint, units integer, quote jsonb, hold_until timestamptz);

    WITH opened AS (
        INSERT INTO orders_orderline (
            order_id, position, variant_id, product_id, category_id, sku, name_en, name_zh, units, unit_minor, goods_minor,
            discount_minor, tax_basis_points, tax_minor, gross_minor, shipped_units, dropped_units, refunded_units, refunded_minor,
            refunded_tax_minor)
        SELECT v_id, l.position, l.variant_id, l.product_id, l.category_id, l.sku, l.name_en, l.name_zh, l.units, l.unit_minor,
               l.goods_minor, l.discount_minor, l.tax_basis_points, l.tax_minor, l.gross_minor, 0, 0, 0, 0, 0
        FROM jsonb_to_recordset(p_lines) AS l (
            position integer, variant_id bigint, product_id bigint, category_id bigint, sku text, name_en text, name_zh text,
            units integer, unit_minor bigint, goods_minor bigint, discount_minor bigint, tax_basis_points integer,
            tax_minor bigint, gross_minor bigint)
        ORDER BY l.position
        RETURNING id, position)
    SELECT jsonb_agg(id ORDER BY position) INTO v_line_ids FROM opened;

    INSERT INTO orders_happening (order_id, at, code, "values", actor_id)
    VALUES (v_id, p_at, 'placed', jsonb_build_object('total_minor', (p_order ->> 'total_minor')::bigint), NULL);

    RETURN jsonb_build_object('order_id', v_id, 'number', v_number, 'token', p_order ->> 'token',
                              'line_ids', v_line_ids, 'is_replay', false);
END
$$;

CREATE TRIGGER orders_happening_append_only BEFORE UPDATE OR DELETE ON orders_happening
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();
