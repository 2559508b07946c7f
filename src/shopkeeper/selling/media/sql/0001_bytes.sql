-- Pictures are packed already: packing them again would cost time and save nothing; and a stretch of a piece is read without the rest.
ALTER TABLE media_original ALTER COLUMN content SET STORAGE EXTERNAL;
ALTER TABLE media_size ALTER COLUMN content SET STORAGE EXTERNAL;
ALTER TABLE media_filmpiece ALTER COLUMN content SET STORAGE EXTERNAL;

-- Browsers keep what stands under an address for ever, so it never changes: rows come and go, what they hold stays.
CREATE FUNCTION media_stays() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what stands in % under a name stays as it is', TG_TABLE_NAME USING ERRCODE = 'SK900';
END $$;

CREATE TRIGGER media_original_stays BEFORE UPDATE OF sha, content, width, height ON media_original
    FOR EACH ROW EXECUTE FUNCTION media_stays();
CREATE TRIGGER media_cut_stays BEFORE UPDATE OF key, original_id, is_square, focus_x, focus_y, width, height ON media_cut
    FOR EACH ROW EXECUTE FUNCTION media_stays();
CREATE TRIGGER media_size_stays BEFORE UPDATE ON media_size
    FOR EACH ROW EXECUTE FUNCTION media_stays();
CREATE TRIGGER media_film_stays BEFORE UPDATE OF sha, kind, size ON media_film
    FOR EACH ROW EXECUTE FUNCTION media_stays();
CREATE TRIGGER media_filmpiece_stays BEFORE UPDATE ON media_filmpiece
    FOR EACH ROW EXECUTE FUNCTION media_stays();
