-- What these functions ask has the same best plan whatever is asked for: some rows by their ids. PostgreSQL would look at each list of ids
-- anew and plan every statement at every call, which cost more than running it. Holds for the rooms' functions called within.
ALTER FUNCTION place_order_plan(text, text, text) SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION place_order(text, text, jsonb, jsonb, jsonb, jsonb, bigint, jsonb, integer, integer, timestamptz, timestamptz)
    SET plan_cache_mode = force_generic_plan;
