-- Read all that planning an order needs, in one round trip: what stands already (orders_standing) and, where an open basket with lines does,
-- what its quote is made from (pricing_material, for the buyer's country).
CREATE FUNCTION place_order_plan(p_key text, p_token text, p_country text, OUT fingerprint text, OUT key_order bigint,
                                 OUT living_order bigint, OUT basket_id bigint, OUT customer_id bigint, OUT variants bigint[],
                                 OUT units integer[], OUT material json)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT * INTO fingerprint, key_order, living_order, basket_id, customer_id, variants, units FROM orders_standing(p_key, p_token);
    IF variants IS NOT NULL THEN
        material := pricing_material(variants, p_country, NULL);
    END IF;
END
$$;

-- Place an order: one round trip in which every room does its own part, or nothing is done.
-- Returns the order's id; of the order that the key opened before, where it did. Refuses as the rooms do: SK001 (stock short),
-- SK002 (prices moved), SK021 (key reused), SK022 (basket ordered already), SK023 (too much unpaid), each with details as JSON.
-- An order without a buyer_id is a guest's: the guest is written here, from the order's contact. The buyer's row is locked first, so that
-- one buyer's orders are opened one after the other and the cap counts them all.
-- p_fact is OrderPlaced without the ids that are only known here; p_wanted and p_versions are what inventory_take and pricing_check read.
-- Stock comes last: its rows are the ones many orders want at once, and are held for the shortest time.
CREATE FUNCTION place_order(p_key text, p_fingerprint text, p_order jsonb, p_lines jsonb, p_fact jsonb, p_versions jsonb, p_list bigint,
                            p_wanted jsonb, p_most_orders integer, p_most_units integer, p_until timestamptz, p_at timestamptz)
RETURNS bigint
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_buyer bigint := (p_order ->> 'buyer_id')::bigint;
    v_opened jsonb;
    v_id bigint;
BEGIN
    IF v_buyer IS NULL THEN
        v_buyer := customers_guest(p_order ->> 'contact_email', p_order ->> 'contact_name', p_order ->> 'contact_phone',
                                   p_order ->> 'language', p_order ->> 'country', p_at);
        p_order := p_order || jsonb_build_object('buyer_id', v_buyer);
    ELSE
        PERFORM customers_lock(v_buyer);
    END IF;
    v_opened := orders_open(p_key, p_fingerprint, p_order, p_lines, p_at);
    v_id := (v_opened ->> 'order_id')::bigint;
    IF (v_opened ->> 'is_replay')::boolean THEN
        RETURN v_id;
    END IF;
    PERFORM orders_cap(v_buyer, p_most_orders, p_most_units);
    PERFORM pricing_check(p_versions, p_list);
    PERFORM events_record(
        'OrderPlaced', 'order:' || v_id,
        p_fact || jsonb_build_object(
            'order_id', v_id,
            'number', v_opened ->> 'number',
            'buyer_id', v_buyer,
            'lines', (SELECT jsonb_agg(line.value || jsonb_build_object('line_id', v_opened -> 'line_ids' -> (line.place::int - 1))
                                       ORDER BY line.place)
                      FROM jsonb_array_elements(p_fact -> 'lines') WITH ORDINALITY AS line (value, place))),
        p_at);
    PERFORM inventory_take(v_id, p_wanted, p_until, p_at);
    RETURN v_id;
END
$$;

DROP FUNCTION place_order(text, text, jsonb, jsonb, jsonb, jsonb, bigint, jsonb, timestamptz, timestamptz);
