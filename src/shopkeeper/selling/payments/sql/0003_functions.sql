-- What a payment's stream of events means is decided in one place (rules/balance.py), not here. Whoever writes says how many events stood
-- there when it decided; under the payment's lock that number is compared, and where another process has added some meanwhile, nothing is
-- written and the payment comes back as it stands now, to decide anew. Events are only ever added, so their number says it all.

-- Return a payment with its events, oldest first, as the JSON list that payments/store.py reads; null where there is none.
CREATE FUNCTION payments_document(p_payment bigint) RETURNS json
LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
BEGIN
    RETURN (SELECT json_build_array(
                p.id, p.order_id, p.name, p.provider, p.method, p.amount_minor, p.currency, p.reference, p.redirect_url, p.qr_text,
                p.description, p.language, p.return_url, p.started_at, p.expires_at, p.wake_at IS NOT NULL,
                (SELECT json_agg(json_build_array(e.kind, e.amount_minor, e.key, e.reference, e.reason, e.at, e.due_at) ORDER BY e.id)
                 FROM payments_paymentevent e WHERE e.payment_id = p.id))
            FROM payments_payment p WHERE p.id = p_payment);
END
$$;

-- Return all payments of an order, oldest first, as a JSON list of such lists; null where there is none.
CREATE FUNCTION payments_documents(p_order bigint) RETURNS text
LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
BEGIN
    RETURN (SELECT json_agg(payments_document(p.id) ORDER BY p.id) FROM payments_payment p WHERE p.order_id = p_order);
END
$$;

-- Lock a payment (rank 20) and return whether its stream is still as long as the caller saw it.
CREATE FUNCTION payments_stands(p_payment bigint, p_seen integer) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET enable_seqscan = off AS $$
BEGIN
    PERFORM FROM payments_payment p WHERE p.id = p_payment FOR NO KEY UPDATE;
    -- Counted by a statement of its own: what one that waits for the lock reads beside it is from before the wait.
    RETURN (SELECT count(*) = p_seen FROM payments_paymentevent e WHERE e.payment_id = p_payment);
END
$$;

-- Begin a payment and return it; the one of that key, where there is one. With p_is_asked a new one also carries the request to reserve
-- its money, which is about to be made.
CREATE FUNCTION payments_start(p_new jsonb, p_is_asked boolean) RETURNS text
LANGUAGE plpgsql VOLATILE SET enable_seqscan = off AS $$
DECLARE
    v_id bigint;
BEGIN
    INSERT INTO payments_payment (
        order_id, provider, method, amount_minor, currency, key, description, language, return_url, expires_at, name, state, reference,
        redirect_url, started_at, wake_at, tries)
    SELECT n.order_id, n.provider, n.method, n.amount_minor, n.currency, n.key, n.description, n.language, n.return_url, n.expires_at,
           n.name, 'pending', '', '', n.at, n.wake_at, 0
    FROM jsonb_to_record(p_new) AS n (
        order_id bigint, provider text, method text, amount_minor bigint, currency text, key text, description text, language text,
        return_url text, expires_at timestamptz, name text, at timestamptz, wake_at timestamptz)
    ON CONFLICT (key) DO NOTHING
    RETURNING id INTO v_id;
    IF v_id IS NULL THEN
        SELECT p.id INTO STRICT v_id FROM payments_payment p WHERE p.key = p_new ->> 'key';
    ELSIF p_is_asked THEN
        INSERT INTO payments_paymentevent (payment_id, kind, amount_minor, key, reference, reason, at)
        SELECT p.id, 'authorize_asked', p.amount_minor, p.name, '', '', p.started_at FROM payments_payment p WHERE p.id = v_id;
    END IF;
    RETURN payments_document(v_id);
END
$$;

-- Write down a request that is about to be made of the provider; a request under its key is written once. Somebody looks after it from
-- p_wake_at on. Returns null where that was done, the payment as it stands where its stream has grown.
CREATE FUNCTION payments_ask(p_payment bigint, p_seen integer, p_kind text, p_amount bigint, p_key text, p_at timestamptz,
                             p_wake_at timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE SET enable_seqscan = off AS $$
BEGIN
    IF NOT payments_stands(p_payment, p_seen) THEN
        RETURN payments_document(p_payment);
    END IF;
    INSERT INTO payments_paymentevent (payment_id, kind, amount_minor, key, reference, reason, at)
    VALUES (p_payment, p_kind, p_amount, p_key, '', '', p_at) ON CONFLICT (payment_id, kind, key, reference) DO NOTHING;
    UPDATE payments_payment p SET wake_at = p_wake_at WHERE p.id = p_payment;
    RETURN NULL;
END
$$;

-- Write down news of a payment: its events, what they make of the payment by now, and the facts. Returns null where that was done, the
-- payment as it stands where its stream has grown.
--   p_events    [{"kind", "amount_minor", "key", "reference", "reason", "due_at"}], none of which stands there yet
--   p_kept      {"state", "reference", "redirect_url", "qr_text", "is_disputed", "dispute_due_at", "wake_at"}, what the row repeats
--   p_facts     bodies of PaymentEventHeard
CREATE FUNCTION payments_hear(p_payment bigint, p_seen integer, p_events jsonb, p_kept jsonb, p_facts jsonb, p_at timestamptz)
RETURNS text
LANGUAGE plpgsql VOLATILE SET enable_seqscan = off AS $$
BEGIN
    IF NOT payments_stands(p_payment, p_seen) THEN
        RETURN payments_document(p_payment);
    END IF;
    INSERT INTO payments_paymentevent (payment_id, kind, amount_minor, key, reference, reason, at, due_at)
    SELECT p_payment, n.kind, n.amount_minor, n.key, n.reference, n.reason, p_at, n.due_at
    FROM ROWS FROM (jsonb_to_recordset(p_events) AS (
             kind text, amount_minor bigint, key text, reference text, reason text, due_at timestamptz))
         WITH ORDINALITY AS n (kind, amount_minor, key, reference, reason, due_at, place)
    ORDER BY n.place;
    UPDATE payments_payment p
    SET state = k.state, reference = k.reference, redirect_url = k.redirect_url, qr_text = k.qr_text, is_disputed = k.is_disputed,
        dispute_due_at = k.dispute_due_at, wake_at = k.wake_at, tries = 0
    FROM jsonb_to_record(p_kept) AS k (
        state text, reference text, redirect_url text, qr_text text, is_disputed boolean, dispute_due_at timestamptz, wake_at timestamptz)
    WHERE p.id = p_payment;
    PERFORM events_record('PaymentEventHeard', 'order:' || (fact.body ->> 'order_id'), fact.body, p_at)
    FROM jsonb_array_elements(p_facts) WITH ORDINALITY AS fact (body, place) ORDER BY fact.place;
    RETURN NULL;
END
$$;

-- Let a payment sleep whose news has been acted on; not where more came meanwhile. Returns whether it sleeps.
CREATE FUNCTION payments_rest(p_payment bigint, p_seen integer) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET enable_seqscan = off AS $$
BEGIN
    IF NOT payments_stands(p_payment, p_seen) THEN
        RETURN false;
    END IF;
    UPDATE payments_payment p SET wake_at = NULL, tries = 0 WHERE p.id = p_payment AND p.wake_at IS NOT NULL;
    RETURN true;
END
$$;

-- The test provider's whole work on one request: it does a thing once per key and repeats its answer. An unknown payment answers nulls.
-- p_charge and p_operation are names for what is new; p_known_at: from when on a new answer is told by `find`.
CREATE FUNCTION payments_fake(p_act text, p_name text, p_key text, p_method text, p_currency text, p_amount bigint, p_charge text,
                              p_operation text, p_at timestamptz, p_known_at timestamptz, p_webhooks integer,
                              OUT kind text, OUT charge text, OUT operation text, OUT amount_minor bigint, OUT reason text,
                              OUT method text, OUT known_at timestamptz, OUT was_asked boolean)
LANGUAGE plpgsql VOLATILE SET enable_seqscan = off AS $$
DECLARE
    v_charge payments_fakecharge;
    v_known payments_fakeanswer;
    v_goes boolean;
BEGIN
    IF p_act = 'authorize' THEN
        INSERT INTO payments_fakecharge (reference, payment_name, method, currency, amount_minor, authorized_minor, captured_minor,
                                         refunded_minor, is_voided, opened_at)
        VALUES (p_charge, p_name, p_method, p_currency, p_amount, 0, 0, 0, false, p_at) ON CONFLICT (payment_name) DO NOTHING;
    END IF;
    SELECT * INTO v_charge FROM payments_fakecharge c WHERE c.payment_name = p_name FOR UPDATE;
    SELECT * INTO v_known FROM payments_fakeanswer a WHERE a.key = p_key AND a.charge_id = v_charge.id;
    IF v_charge.id IS NOT NULL AND v_known.id IS NULL THEN
        v_goes := CASE p_act
            WHEN 'authorize' THEN v_charge.method <> 'test-declined'
            WHEN 'capture' THEN NOT v_charge.is_voided AND v_charge.captured_minor + p_amount <= v_charge.authorized_minor
            WHEN 'void' THEN NOT v_charge.is_voided AND v_charge.captured_minor = 0
            WHEN 'refund' THEN v_charge.refunded_minor + p_amount <= v_charge.captured_minor END;
        IF v_goes THEN
            UPDATE payments_fakecharge c
            SET authorized_minor = CASE p_act WHEN 'authorize' THEN p_amount ELSE c.authorized_minor END,
                captured_minor = c.captured_minor + CASE p_act WHEN 'capture' THEN p_amount ELSE 0 END,
                refunded_minor = c.refunded_minor + CASE p_act WHEN 'refund' THEN p_amount ELSE 0 END,
                is_voided = c.is_voided OR p_act = 'void'
            WHERE c.id = v_charge.id;
        END IF;
        INSERT INTO payments_fakeanswer AS a (charge_id, key, kind, amount_minor, reference, reason, known_at, is_asked_again, webhooks_due)
        VALUES (v_charge.id, p_key,
                CASE p_act WHEN 'authorize' THEN CASE WHEN v_goes THEN 'authorized' ELSE 'declined' END
                           WHEN 'capture' THEN CASE WHEN v_goes THEN 'captured' ELSE 'failed' END
                           WHEN 'void' THEN CASE WHEN v_goes THEN 'voided' ELSE 'failed' END
                           WHEN 'refund' THEN CASE WHEN v_goes THEN 'refunded' ELSE 'refund_failed' END END,
                p_amount, p_operation,
                CASE WHEN v_goes THEN '' WHEN p_act = 'authorize' THEN 'declined' ELSE 'too_much' END, p_known_at, false, p_webhooks)
        RETURNING * INTO v_known;
    END IF;
    was_asked := v_known.is_asked_again;
    IF p_act = 'authorize' AND NOT was_asked THEN
        UPDATE payments_fakeanswer a SET is_asked_again = true WHERE a.id = v_known.id;
    END IF;
    kind := v_known.kind;
    charge := v_charge.reference;
    operation := v_known.reference;
    amount_minor := v_known.amount_minor;
    reason := v_known.reason;
    method := v_charge.method;
    known_at := v_known.known_at;
END
$$;

-- Names and keys are looked up whole, never by how they begin: the indices for LIKE beside their unique ones go.
DO $$
DECLARE
    each record;
BEGIN
    FOR each IN
        SELECT i.indexrelid::regclass AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indrelid IN ('payments_payment'::regclass, 'payments_fakecharge'::regclass, 'payments_fakeanswer'::regclass)
              AND c.relname LIKE '%\_like'
    LOOP
        EXECUTE format('DROP INDEX %s', each.name);
    END LOOP;
END $$;

-- A payment changes five times within its first second: room for that on its page.
ALTER TABLE payments_payment SET (fillfactor = 60);
ALTER TABLE payments_fakecharge SET (fillfactor = 60);
