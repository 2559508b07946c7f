-- Return all that a quote is made from, read in one round trip; Python decides (pricing.quote).
--   {"currency", "list": [id, code, name_en, name_zh, tax_mode, is_default], "rate": [id, country, basis_points],
--    "options": [[id, code, name_en, name_zh, carrier, price, free_from, days_least, days_most, countries, position, is_active], …],
--    "goods": [[as catalog_goods, in its order], …], "prices": [[variant_id, amount, reference, version], …]}
-- p_list null: the default list. What is not there is null, or left out of its array.
CREATE FUNCTION pricing_material(p_variants bigint[], p_country text, p_list bigint) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_list record;
BEGIN
    SELECT id, code, name_en, name_zh, tax_mode, is_default INTO v_list FROM pricing_pricelist
    WHERE CASE WHEN p_list IS NULL THEN is_default ELSE id = p_list END;
    RETURN json_build_object(
        'currency', shop_currency(),
        'list', CASE WHEN v_list.id IS NOT NULL THEN json_build_array(
            v_list.id, v_list.code, v_list.name_en, v_list.name_zh, v_list.tax_mode, v_list.is_default) END,
        'rate', (SELECT json_build_array(id, country, basis_points) FROM pricing_taxrate
                 WHERE country IN (p_country, '') ORDER BY country DESC LIMIT 1),
        'options', (SELECT json_agg(json_build_array(
                        id, code, name_en, name_zh, carrier, price_minor, free_from_minor, days_least, days_most, countries, position,
                        is_active) ORDER BY position, id) FROM pricing_deliveryoption),
        'goods', (SELECT json_agg(json_build_array(
                      variant_id, product_id, category_id, category_slug, sku, slug, name_en, name_zh, option_en, option_zh, source_name,
                      photo_url, weight_g, is_sellable)) FROM catalog_goods(p_variants)),
        'prices', (SELECT json_agg(json_build_array(variant_id, amount_minor, reference_minor, version)) FROM pricing_price
                   WHERE variant_id = ANY (p_variants) AND price_list_id = v_list.id AND amount_minor IS NOT NULL));
END
$$;
