-- What goods cost the shop stays on record, as prices do. TRUNCATE stays possible for emptying a whole shop.
CREATE FUNCTION pricing_costs_only_grow() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'pricing_costchange only grows: set the cost anew instead' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER pricing_costchange_only_grows BEFORE UPDATE OR DELETE ON pricing_costchange
    FOR EACH ROW EXECUTE FUNCTION pricing_costs_only_grow();
