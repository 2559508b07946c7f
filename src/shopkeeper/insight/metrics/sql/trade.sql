-- What a paid order that was cancelled gives back: of each line, what was not refunded otherwise. Both may be told of one order.
refunded_of_line AS (
    SELECT line_id, sum(gross_minor) AS gross_minor, sum(tax_minor) AS tax_minor FROM refund_lines
    WHERE order_id IN (SELECT order_id FROM order_cancelled WHERE was_paid) GROUP BY line_id
),
trade AS (
    SELECT 'sale' AS entry, slot, start_us, end_us, order_id, buyer_id, first_us, country, channel, product, category,
           goods_minor, tax_minor, units
    FROM sales JOIN sold USING (order_id)
  UNION ALL
    SELECT 'refund', slot, start_us, end_us, refund_lines.order_id, refund_lines.buyer_id, NULL, refund_lines.country, order_placed.channel,
           product_id, category_id, gross_minor, tax_minor, units
    FROM refund_lines JOIN stretches ON refund_lines.ts_us >= start_us AND refund_lines.ts_us < end_us
    LEFT JOIN order_placed ON order_placed.order_id = refund_lines.order_id
  UNION ALL
    SELECT 'credit_note', slot, start_us, end_us, NULL, buyer_id, NULL, country, NULL,
           product_id, category_id, gross_minor, tax_minor, units
    FROM credit_note_lines JOIN stretches ON ts_us >= start_us AND ts_us < end_us
  UNION ALL
    SELECT 'cancellation', slot, start_us, end_us, order_lines.order_id, buyer_id, NULL, country, channel, product_id, category_id,
           order_lines.gross_minor - coalesce(refunded_of_line.gross_minor, 0),
           order_lines.tax_minor - coalesce(refunded_of_line.tax_minor, 0), units
    FROM order_cancelled JOIN stretches ON order_cancelled.ts_us >= start_us AND order_cancelled.ts_us < end_us
    JOIN order_lines ON order_lines.order_id = order_cancelled.order_id
    LEFT JOIN refunded_of_line USING (line_id)
    WHERE was_paid
  UNION ALL
    SELECT 'discount', slot, start_us, end_us, adjustment_booked.order_id, adjustment_booked.buyer_id, NULL, adjustment_booked.country,
           order_placed.channel, NULL, NULL, -amount_minor, 0, 0
    FROM adjustment_booked JOIN stretches ON adjustment_booked.ts_us >= start_us AND adjustment_booked.ts_us < end_us
    LEFT JOIN order_placed ON order_placed.order_id = adjustment_booked.order_id
    WHERE kind = 'discount'
)
