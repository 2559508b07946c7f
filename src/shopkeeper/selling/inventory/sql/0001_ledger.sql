-- The ledger only grows: what was written is corrected by a further movement. TRUNCATE stays possible for emptying a whole shop.
CREATE FUNCTION inventory_ledger_only_grows() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'inventory_movement only grows: book a further movement instead' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER inventory_movement_only_grows BEFORE UPDATE OR DELETE ON inventory_movement
    FOR EACH ROW EXECUTE FUNCTION inventory_ledger_only_grows();

-- Shelves and holds turn over fast: room on each page keeps their updates in place, vacuum comes by number, not by size.
ALTER TABLE inventory_shelf SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
ALTER TABLE inventory_hold SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
