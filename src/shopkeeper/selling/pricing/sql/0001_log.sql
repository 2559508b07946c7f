-- The price log only grows: what was asked of shoppers stays on record. TRUNCATE stays possible for emptying a whole shop.
CREATE FUNCTION pricing_log_only_grows() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'pricing_pricechange only grows: set the price anew instead' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER pricing_pricechange_only_grows BEFORE UPDATE OR DELETE ON pricing_pricechange
    FOR EACH ROW EXECUTE FUNCTION pricing_log_only_grows();
