-- What is waited and wished for, by variant, counted as it is asked: a buyer's hint.
CREATE VIEW wishes_demand AS
    SELECT variant_id, sum(waiting)::integer AS waiting, sum(wished)::integer AS wished, min(since) AS since
    FROM (
        SELECT variant_id, count(*) AS waiting, 0 AS wished, min(confirmed_at) AS since FROM wishes_wait WHERE state = 'waiting' GROUP BY 1
        UNION ALL
        SELECT variant_id, 0, count(*), NULL FROM wishes_wish GROUP BY 1
    ) each GROUP BY variant_id;

-- A wait ends once, and never begins again; what it is about and who agreed to which words never changes. Only the address goes.
CREATE FUNCTION wishes_same_wait() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.variant_id, NEW.token, NEW.wording, NEW.language, NEW.asked_at)
       IS DISTINCT FROM (OLD.id, OLD.variant_id, OLD.token, OLD.wording, OLD.language, OLD.asked_at) THEN
        RAISE EXCEPTION 'a wait stays what was agreed to' USING ERRCODE = 'SK900';
    END IF;
    IF NEW.email <> OLD.email AND NEW.email <> '' THEN
        RAISE EXCEPTION 'a wait stays with its address' USING ERRCODE = 'SK900';
    END IF;
    IF OLD.state IN ('told', 'withdrawn', 'expired') AND NEW.state <> OLD.state THEN
        RAISE EXCEPTION 'a wait that has ended stays ended' USING ERRCODE = 'SK900';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER wishes_wait_same BEFORE UPDATE ON wishes_wait
    FOR EACH ROW EXECUTE FUNCTION wishes_same_wait();
CREATE TRIGGER wishes_wait_never_deleted BEFORE DELETE ON wishes_wait
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();
