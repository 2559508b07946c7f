-- A product's pictures show on its shelf and on its page, which are kept by the marks of the catalogue. Media and catalogue stand side by
-- side and know nothing of each other: here the one moves the other's marks.
CREATE FUNCTION pictures_touch(products bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_touch(ARRAY(SELECT DISTINCT coalesce(category_id, -1) FROM catalog_product WHERE id = ANY (products)));
END $$;

CREATE FUNCTION pictures_touch_own() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pictures_touch(ARRAY(SELECT DISTINCT product_id FROM changed_rows));
    RETURN NULL;
END $$;

CREATE FUNCTION pictures_touch_variants() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pictures_touch(ARRAY(SELECT product_id FROM media_picture WHERE id IN (SELECT picture_id FROM changed_rows)));
    RETURN NULL;
END $$;

CREATE FUNCTION pictures_touch_tracks() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pictures_touch(ARRAY(SELECT product_id FROM media_video WHERE id IN (SELECT video_id FROM changed_rows)));
    RETURN NULL;
END $$;

-- Other formats of a cut have come: pages that show it may name them from now on.
CREATE FUNCTION pictures_touch_cuts() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pictures_touch(ARRAY(
        SELECT product_id FROM media_picture WHERE whole_id IN (SELECT key FROM changed_rows) OR square_id IN (SELECT key FROM changed_rows)
        UNION SELECT product_id FROM media_video WHERE poster_id IN (SELECT key FROM changed_rows)));
    RETURN NULL;
END $$;

CREATE FUNCTION pictures_touch_films() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pictures_touch(ARRAY(SELECT product_id FROM media_video WHERE film_id IN (SELECT sha FROM changed_rows)));
    RETURN NULL;
END $$;

CREATE FUNCTION pictures_touch_all() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_touch(ARRAY[0]);
    RETURN NULL;
END $$;

DO $$
DECLARE
    watched record;
BEGIN
    FOR watched IN SELECT * FROM (VALUES
        ('media_picture', 'pictures_touch_own'), ('media_video', 'pictures_touch_own'), ('media_picturevariant', 'pictures_touch_variants'),
        ('media_track', 'pictures_touch_tracks'), ('media_cut', 'pictures_touch_cuts'), ('media_film', 'pictures_touch_films')) AS w (place, teller)
    LOOP
        EXECUTE format('CREATE TRIGGER %1$s_added AFTER INSERT ON %1$s REFERENCING NEW TABLE AS changed_rows '
                       'FOR EACH STATEMENT EXECUTE FUNCTION %2$s()', watched.place, watched.teller);
        EXECUTE format('CREATE TRIGGER %1$s_changed AFTER UPDATE ON %1$s REFERENCING NEW TABLE AS changed_rows '
                       'FOR EACH STATEMENT EXECUTE FUNCTION %2$s()', watched.place, watched.teller);
        EXECUTE format('CREATE TRIGGER %1$s_removed AFTER DELETE ON %1$s REFERENCING OLD TABLE AS changed_rows '
                       'FOR EACH STATEMENT EXECUTE FUNCTION %2$s()', watched.place, watched.teller);
        EXECUTE format('CREATE TRIGGER %1$s_emptied AFTER TRUNCATE ON %1$s FOR EACH STATEMENT EXECUTE FUNCTION pictures_touch_all()',
                       watched.place);
    END LOOP;
END $$;
