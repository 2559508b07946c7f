-- All trade in the asked stretches of time, one row per line of goods sold or returned; metric formulas are aggregates over it.
-- Expects a table `stretches` (slot, start_us, end_us); stretches may overlap, a row then appears once for each. Expects `sold` after `sales`:
-- goods by line where a question goes down to products, else by order (sold_by_line.sql, sold_by_order.sql).
-- Times are whole microseconds since 1970 throughout, so the same text runs on any engine.
paid AS (
    SELECT order_id, min(ts_us) AS ts_us, min(buyer_id) AS buyer_id FROM order_paid GROUP BY order_id
),
first_paid AS (
    SELECT buyer_id, min(ts_us) AS first_us FROM paid GROUP BY buyer_id
),
sales AS (
    SELECT slot, start_us, end_us, order_id, buyer_id, first_us
    FROM paid JOIN first_paid USING (buyer_id) JOIN stretches ON ts_us >= start_us AND ts_us < end_us
),
