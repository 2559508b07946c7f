-- What promotions there are, as one number: it goes up with every change of them, so that a process knows whether what it keeps still holds.
CREATE TABLE promotions_revision (one boolean PRIMARY KEY DEFAULT true CHECK (one), number bigint NOT NULL);
INSERT INTO promotions_revision (number) VALUES (1);

CREATE FUNCTION promotions_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE promotions_revision SET number = number + 1;
    RETURN NULL;
END
$$;

-- Counting a use is no change of what a promotion says.
CREATE TRIGGER promotions_promotion_touched AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE OF
    code, name_en, name_zh, kind, rule, scope, terms, state, starts_at, ends_at, needs_code, most_minor, excludes, most_uses,
    most_uses_a_buyer, most_uses_a_day, budget_minor, version
    ON promotions_promotion FOR EACH STATEMENT EXECUTE FUNCTION promotions_touch();

-- Use promotions for an order, in the caller's transaction: all of them, or SK040 with a detail that names the first that cannot be used
-- any more, {"promotion_id", "why"}. p_uses: [{"promotion_id", "version", "amount_minor", "coupon_id"}]. p_buyer is who buys. Rows are
-- locked in the order of their ids; promotions without limits are not written to, so that all orders do not wait for one row.
CREATE FUNCTION promotions_use(p_order bigint, p_uses jsonb, p_buyer text, p_day date, p_at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_use record;
    v_now promotions_promotion;
    v_coupon promotions_coupon;
BEGIN
    FOR v_use IN SELECT * FROM jsonb_to_recordset(p_uses) AS u (promotion_id bigint, version integer, amount_minor bigint, coupon_id bigint)
                 ORDER BY u.promotion_id
    LOOP
        SELECT * INTO v_now FROM promotions_promotion WHERE id = v_use.promotion_id;
        IF v_now.most_uses IS NOT NULL OR v_now.budget_minor IS NOT NULL THEN
            -- The guarded write: it counts, or finds no row because somebody else used up what was left.
            UPDATE promotions_promotion p SET uses = p.uses + 1, spent_minor = p.spent_minor + v_use.amount_minor
            WHERE p.id = v_use.promotion_id AND (p.most_uses IS NULL OR p.uses < p.most_uses)
                AND (p.budget_minor IS NULL OR p.spent_minor + v_use.amount_minor <= p.budget_minor)
            RETURNING p.* INTO v_now;
            IF NOT FOUND THEN
                PERFORM promotions_refuse(v_use.promotion_id, 'used_up');
            END IF;
        ELSE
            -- Keeps what it says from changing until the order stands.
            SELECT * INTO v_now FROM promotions_promotion WHERE id = v_use.promotion_id FOR SHARE;
        END IF;
        IF v_now.id IS NULL OR v_now.version <> v_use.version OR v_now.state <> 'approved' THEN
            PERFORM promotions_refuse(v_use.promotion_id, 'changed');
        END IF;
        IF p_at < v_now.starts_at OR p_at >= v_now.ends_at THEN
            PERFORM promotions_refuse(v_use.promotion_id, 'over');
        END IF;
        IF NOT promotions_count(v_now.id, 'buyer:' || p_buyer, v_now.most_uses_a_buyer) THEN
            PERFORM promotions_refuse(v_use.promotion_id, 'buyer_used_up');
        END IF;
        IF NOT promotions_count(v_now.id, 'day:' || p_day, v_now.most_uses_a_day) THEN
            PERFORM promotions_refuse(v_use.promotion_id, 'used_up');
        END IF;
        IF v_now.needs_code THEN
            UPDATE promotions_coupon c SET uses = c.uses + 1
            WHERE c.id = v_use.coupon_id AND c.promotion_id = v_now.id AND (c.most_uses IS NULL OR c.uses < c.most_uses)
                AND (c.starts_at IS NULL OR c.starts_at <= p_at) AND (c.ends_at IS NULL OR c.ends_at > p_at);
            IF NOT FOUND THEN
                PERFORM promotions_refuse(v_use.promotion_id, 'code_used_up');
            END IF;
        END IF;
        INSERT INTO promotions_use (promotion_id, coupon_id, order_id, buyer, day, amount_minor, at)
        VALUES (v_now.id, v_use.coupon_id, p_order, p_buyer, p_day, v_use.amount_minor, p_at);
    END LOOP;
END
$$;

CREATE FUNCTION promotions_refuse(p_promotion bigint, p_why text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'promotion % cannot be used: %', p_promotion, p_why USING ERRCODE = 'SK040',
        DETAIL = jsonb_build_object('promotion_id', p_promotion, 'why', p_why)::text;
END
$$;

-- Count one more use by somebody or on a day; false where that would be too many. Without a limit nothing is counted.
CREATE FUNCTION promotions_count(p_promotion bigint, p_subject text, p_most integer) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF p_most IS NULL THEN
        RETURN true;
    END IF;
    INSERT INTO promotions_counted AS c (promotion_id, subject, uses, most) VALUES (p_promotion, p_subject, 1, greatest(p_most, 1))
    ON CONFLICT (promotion_id, subject) DO UPDATE SET uses = c.uses + 1, most = greatest(p_most, c.uses + 1) WHERE c.uses < p_most;
    RETURN FOUND AND p_most > 0;
END
$$;

-- Give back what an order used, once: asked again it changes nothing. Returns how many uses went back.
CREATE FUNCTION promotions_give_back(p_order bigint, p_at timestamptz) RETURNS integer
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_use promotions_use;
    v_count integer := 0;
BEGIN
    FOR v_use IN SELECT * FROM promotions_use WHERE order_id = p_order AND given_back_at IS NULL ORDER BY promotion_id FOR UPDATE
    LOOP
        UPDATE promotions_promotion SET uses = uses - 1, spent_minor = spent_minor - v_use.amount_minor
        WHERE id = v_use.promotion_id AND (most_uses IS NOT NULL OR budget_minor IS NOT NULL) AND uses > 0
            AND spent_minor >= v_use.amount_minor;
        UPDATE promotions_counted SET uses = uses - 1
        WHERE promotion_id = v_use.promotion_id AND subject IN ('buyer:' || v_use.buyer, 'day:' || v_use.day) AND uses > 0;
        UPDATE promotions_coupon SET uses = uses - 1 WHERE id = v_use.coupon_id AND uses > 0;
        UPDATE promotions_use SET given_back_at = p_at WHERE id = v_use.id;
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END
$$;
