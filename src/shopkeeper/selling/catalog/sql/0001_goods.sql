-- Return what other rooms need to know of these variants, one row each; unknown ids are left out.
-- In plpgsql, so that the plan is made once a connection, in every version of PostgreSQL.
CREATE FUNCTION catalog_goods(p_variants bigint[])
RETURNS TABLE (variant_id bigint, product_id bigint, category_id bigint, category_slug text, sku text, slug text, name_en text, name_zh text,
               option_en text, option_zh text, source_name text, photo_url text, weight_g integer, is_sellable boolean)
LANGUAGE plpgsql STABLE ROWS 10 AS $$
BEGIN
    RETURN QUERY
        SELECT v.id, v.product_id, p.category_id, coalesce(c.slug, '')::text, v.sku::text, p.slug::text, p.name_en::text, p.name_zh::text,
               v.option_en::text, v.option_zh::text, p.source_name::text, p.photo_url::text, v.weight_g::integer,
               v.is_sellable AND p.is_published
        FROM catalog_variant v
        JOIN catalog_product p ON p.id = v.product_id
        LEFT JOIN catalog_category c ON c.id = p.category_id
        WHERE v.id = ANY (p_variants);
END
$$;
