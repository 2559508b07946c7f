-- As in 0004_settle.sql, and only by the money that was looked at: where the payment has heard more since, or a request was written down
-- (somebody may be giving this very money back), nothing is done and false is returned. Locks the order (10), the payment (20), the holds (40).
CREATE OR REPLACE FUNCTION settle_pay(p_order bigint, p_from text, p_to text, p_payment bigint, p_seen integer, p_may_rest boolean,
                                      p_amount bigint, p_at timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF NOT (orders_stands(p_order, p_from) AND payments_stands(p_payment, p_seen)) THEN
        RETURN false;
    END IF;
    PERFORM orders_pay(p_order, p_from, p_to, p_payment, p_amount, p_at);
    IF p_may_rest THEN
        PERFORM payments_rest(p_payment, p_seen);
    END IF;
    PERFORM inventory_confirm(p_order);
    RETURN true;
END
$$;
