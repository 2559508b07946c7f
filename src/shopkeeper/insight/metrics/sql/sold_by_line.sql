-- Goods sold, one row per line of an order.
sold AS (
    SELECT order_id, country, channel, product_id AS product, category_id AS category, gross_minor AS goods_minor, tax_minor, units
    FROM order_lines
),
