-- Goods sold, one row per order: a fifteenth of the rows for every question that does not ask for products.
sold AS (
    SELECT order_id, min(country) AS country, min(channel) AS channel, NULL AS product, NULL AS category,
           sum(gross_minor)::BIGINT AS goods_minor, sum(tax_minor)::BIGINT AS tax_minor, sum(units)::BIGINT AS units
    FROM order_lines WHERE order_id IN (SELECT order_id FROM sales) GROUP BY order_id
),
