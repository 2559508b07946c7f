-- A price that changes moves the mark of its shelf; lists of prices and ways of delivery, which are few, that of the whole shop.
CREATE FUNCTION pricing_touch_shelves() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_touch_goods(ARRAY(SELECT variant_id FROM changed_rows));
    RETURN NULL;
END $$;

CREATE TRIGGER pricing_price_added AFTER INSERT ON pricing_price
    REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION pricing_touch_shelves();
CREATE TRIGGER pricing_price_changed AFTER UPDATE ON pricing_price
    REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION pricing_touch_shelves();
CREATE TRIGGER pricing_price_removed AFTER DELETE OR TRUNCATE ON pricing_price
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_shop();
CREATE TRIGGER pricing_pricelist_touched AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON pricing_pricelist
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_shop();
CREATE TRIGGER pricing_deliveryoption_touched AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON pricing_deliveryoption
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_shop();
