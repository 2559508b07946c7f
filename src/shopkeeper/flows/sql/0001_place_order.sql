-- Place an order: one round trip in which every room does its own part, or nothing is done.
-- Returns what orders_open returns. Refuses as the rooms do: SK001 (stock short), SK002 (prices moved), SK021 (key reused),
-- SK022 (basket ordered already), each with details as JSON.
-- p_fact is OrderPlaced without the ids that are only known here; p_wanted and p_versions are what inventory_take and pricing_check read.
-- Stock comes last: its rows are the ones many orders want at once, and are held for the shortest time.
CREATE FUNCTION place_order(p_key text, p_fingerprint text, p_order jsonb, p_lines jsonb, p_fact jsonb, p_versions jsonb, p_list bigint,
                            p_wanted jsonb, p_until timestamptz, p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_opened jsonb := orders_open(p_key, p_fingerprint, p_order, p_lines, p_at);
    v_id bigint := (v_opened ->> 'order_id')::bigint;
BEGIN
    IF (v_opened ->> 'is_replay')::boolean THEN
        RETURN v_opened;
    END IF;
    PERFORM pricing_check(p_versions, p_list);
    PERFORM events_record(
        'OrderPlaced', 'order:' || v_id,
        p_fact || jsonb_build_object(
            'order_id', v_id,
            'number', v_opened ->> 'number',
            'lines', (SELECT jsonb_agg(line.value || jsonb_build_object('line_id', v_opened -> 'line_ids' -> (line.place::int - 1))
                                       ORDER BY line.place)
                      FROM jsonb_array_elements(p_fact -> 'lines') WITH ORDINALITY AS line (value, place))),
        p_at);
    PERFORM inventory_take(v_id, p_wanted, p_until, p_at);
    RETURN v_opened;
END
$$;
