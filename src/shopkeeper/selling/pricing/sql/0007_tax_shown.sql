-- A product's page tells how its price comes about, with the rate of the buyer's country: a rate that changes moves the mark of the whole shop.
CREATE TRIGGER pricing_taxrate_touched AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON pricing_taxrate
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_shop();
