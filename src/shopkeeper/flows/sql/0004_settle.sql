-- Two steps of settling a payment (settle_payment.py), each one round trip in which every room does its own part, or nothing is done.
-- They are for an order that waits for its money and has its goods; whatever else they find is left to the long way, step by step.
-- Locks the order (10), the payment (20), then the holds (40).

-- Write down that the reserved money is about to be taken, the goods being certain from now on. Refuses with SK003 where they are not held.
-- `is_open`: the order still waits; false, with nothing done, where it does not. `moved`: as payments_ask answers.
CREATE FUNCTION settle_capture(p_order bigint, p_state text, p_payment bigint, p_seen integer, p_kind text, p_amount bigint, p_key text,
                               p_at timestamptz, p_wake_at timestamptz, OUT is_open boolean, OUT moved text)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    is_open := orders_stands(p_order, p_state);
    IF is_open THEN
        moved := payments_ask(p_payment, p_seen, p_kind, p_amount, p_key, p_at, p_wake_at);
        IF moved IS NULL THEN
            PERFORM inventory_confirm(p_order);
        END IF;
    END IF;
END
$$;

-- Mark the order paid by what was taken, and let the payment rest where nothing is left to ask. Returns false, with nothing done, where the order does not wait any more.
-- Refuses with SK003 where its goods are not held.
CREATE FUNCTION settle_pay(p_order bigint, p_from text, p_to text, p_payment bigint, p_seen integer, p_may_rest boolean,
                           p_amount bigint, p_at timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF NOT orders_pay(p_order, p_from, p_to, p_payment, p_amount, p_at) THEN
        RETURN false;
    END IF;
    IF p_may_rest THEN
        PERFORM payments_rest(p_payment, p_seen);
    END IF;
    PERFORM inventory_confirm(p_order);
    RETURN true;
END
$$;
