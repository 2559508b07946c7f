-- Record one live fact in the caller's transaction and return its id; the one place that writes a single outbox row.
-- entity is "order:12"; body must hold the fields of the fact class named by kind (events/facts.py).
CREATE FUNCTION events_record(kind text, entity text, body jsonb, occurred_at timestamptz) RETURNS bigint
LANGUAGE sql VOLATILE AS $$
    INSERT INTO events_outbox (kind, entity, body, occurred_at) VALUES ($1, $2, $3, $4) RETURNING id
$$;

-- The unheard rows are a small, fast-turning part of the table: vacuum by their number, not by the table's size.
ALTER TABLE events_outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
                               autovacuum_vacuum_insert_scale_factor = 0.1, autovacuum_analyze_scale_factor = 0.05);
