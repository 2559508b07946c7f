-- What buyers ask for is never dropped, and no piece is asked for twice.
-- Lock order: whoever asks, decides, sends or refunds holds the order's row (rank 10); lines are only ever touched below it.

-- A request moves as rules/requesting.py says; what was asked, and what was answered, stays as it was said.
CREATE FUNCTION orders_request_moves() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.order_id, NEW.kind, NEW.reason, NEW.basis, NEW.note, NEW.made_at)
       IS DISTINCT FROM (OLD.id, OLD.order_id, OLD.kind, OLD.reason, OLD.basis, OLD.note, OLD.made_at) THEN
        RAISE EXCEPTION 'what a buyer asked for stays as it was asked' USING ERRCODE = 'SK900';
    END IF;
    IF OLD.decided_at IS NOT NULL AND (NEW.decided_at, NEW.answer, NEW.actor_id) IS DISTINCT FROM (OLD.decided_at, OLD.answer, OLD.actor_id) THEN
        RAISE EXCEPTION 'what a buyer was answered stays as it was said' USING ERRCODE = 'SK900';
    END IF;
    IF (OLD.state, NEW.state) NOT IN (('waiting', 'accepted'), ('waiting', 'refused'), ('waiting', 'withdrawn'), ('accepted', 'done')) THEN
        RAISE EXCEPTION 'a request that is % does not become %', OLD.state, NEW.state USING ERRCODE = 'SK900';
    END IF;
    RETURN NEW;
END $$;

-- Pieces asked for: to send back at most what was sent and neither refunded nor asked for already, to cancel at most what is still here.
CREATE FUNCTION orders_request_fits() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    v_kind text;
    v_order bigint;
    v_line record;
    v_open bigint;
    v_most bigint;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.id, NEW.request_id, NEW.line_id, NEW.units) IS DISTINCT FROM (OLD.id, OLD.request_id, OLD.line_id, OLD.units) THEN
            RAISE EXCEPTION 'what a buyer asked for stays as it was asked' USING ERRCODE = 'SK900';
        END IF;
        RETURN NEW;
    END IF;
    SELECT r.kind, r.order_id INTO STRICT v_kind, v_order FROM orders_request r WHERE r.id = NEW.request_id;
    -- Locked first, counted by a statement of its own: of two who ask at once the second counts the first.
    SELECT * INTO STRICT v_line FROM orders_orderline l WHERE l.id = NEW.line_id FOR UPDATE;
    SELECT coalesce(sum(a.units - a.settled_units), 0) INTO v_open
    FROM orders_requestline a JOIN orders_request r ON r.id = a.request_id
    WHERE a.line_id = NEW.line_id AND r.kind = v_kind AND r.state IN ('waiting', 'accepted');
    IF v_line.order_id <> v_order THEN
        RAISE EXCEPTION 'line % is of another order', NEW.line_id USING ERRCODE = 'SK900';
    END IF;
    v_most := (CASE v_kind WHEN 'return' THEN v_line.shipped_units - (v_line.refunded_units - v_line.dropped_units)
               ELSE v_line.units - v_line.shipped_units - v_line.dropped_units END);
    IF v_open + NEW.units > v_most THEN
        RAISE EXCEPTION 'more of line % is asked for than there is', NEW.line_id USING ERRCODE = 'SK900';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER orders_request_moved BEFORE UPDATE ON orders_request
    FOR EACH ROW EXECUTE FUNCTION orders_request_moves();
CREATE TRIGGER orders_request_never_deleted BEFORE DELETE ON orders_request
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER orders_requestline_fitting BEFORE INSERT OR UPDATE ON orders_requestline
    FOR EACH ROW EXECUTE FUNCTION orders_request_fits();
CREATE TRIGGER orders_requestline_never_deleted BEFORE DELETE ON orders_requestline
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();

-- What was said with a basket stays once the basket became an order; a basket that opens again may be told anew.
CREATE FUNCTION orders_particulars_open() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM orders_basket b WHERE b.id = NEW.basket_id AND b.ordered_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'basket % became an order already', NEW.basket_id USING ERRCODE = 'SK900';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER orders_particulars_stay BEFORE INSERT OR UPDATE ON orders_particulars
    FOR EACH ROW EXECUTE FUNCTION orders_particulars_open();
