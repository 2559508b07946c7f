-- The plan for some prices by their ids is the same for all ids: kept, not made anew at every quote. Holds for catalog_goods within.
ALTER FUNCTION pricing_material(bigint[], text, bigint) SET plan_cache_mode = force_generic_plan;
