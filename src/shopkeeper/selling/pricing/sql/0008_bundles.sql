-- As in 0003_material.sql, with what bundles among the variants hold, and the price of each part now:
--   "parts": [[bundle, part, units, product_id, category_id, sku, name_en, name_zh, option_en, option_zh, is_sellable, amount], …] by place
CREATE OR REPLACE FUNCTION pricing_material(p_variants bigint[], p_country text, p_list bigint) RETURNS json
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
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
        'parts', (SELECT json_agg(json_build_array(
                      b.bundle_id, b.part_id, b.units, b.product_id, b.category_id, b.sku, b.name_en, b.name_zh, b.option_en, b.option_zh,
                      b.is_sellable, (SELECT p.amount_minor FROM pricing_price p WHERE p.variant_id = b.part_id AND p.price_list_id = v_list.id))
                      ORDER BY b.bundle_id, b.place) FROM catalog_parts(p_variants) b),
        'prices', (SELECT json_agg(json_build_array(variant_id, amount_minor, reference_minor, version)) FROM pricing_price
                   WHERE variant_id = ANY (p_variants) AND price_list_id = v_list.id AND amount_minor IS NOT NULL));
END
$$;
