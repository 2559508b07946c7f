-- What of a mail address tells a person: small letters, the local part without dots and without what follows a plus.
-- A likeness for people to judge, never an identity: two addresses that differ only so may belong to two people.
CREATE FUNCTION customers_mail_key(p_email text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT replace(split_part(split_part(lower(p_email), '@', 1), '+', 1), '.', '') || '@' || split_part(lower(p_email), '@', 2)
$$;

-- The last nine digits of a telephone number, so that +44 1904 496000 and 01904 496000 are alike; empty where there are fewer.
CREATE FUNCTION customers_phone_key(p_phone text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN length(regexp_replace(p_phone, '[^0-9]', '', 'g')) < 9 THEN ''
                ELSE right(regexp_replace(p_phone, '[^0-9]', '', 'g'), 9) END
$$;

-- A name without spaces, points and letter case.
CREATE FUNCTION customers_name_key(p_name text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(lower(p_name), '[[:space:].,''’·-]', '', 'g')
$$;

-- Pairs of records that are likely one person. What more than ten records share (a switchboard, a parcel shop) tells nobody apart and
-- proposes nothing. Left out: records merged already, pairs that staff told apart, and pairs that both sign in, as those cannot be merged.
CREATE VIEW customers_likeness AS
WITH alike AS (
    SELECT 'mail' AS why, array_agg(id) AS ids
    FROM customers_customer
    WHERE merged_into_id IS NULL AND email <> ''
    GROUP BY customers_mail_key(email)
    HAVING count(*) BETWEEN 2 AND 10
    UNION ALL
    SELECT 'phone', array_agg(id)
    FROM customers_customer
    WHERE merged_into_id IS NULL AND customers_phone_key(phone) <> ''
    GROUP BY customers_phone_key(phone)
    HAVING count(*) BETWEEN 2 AND 10
    UNION ALL
    SELECT 'place', array_agg(DISTINCT c.id)
    FROM customers_customer AS c JOIN customers_address AS a ON a.customer_id = c.id
    WHERE c.merged_into_id IS NULL AND customers_name_key(c.name) <> '' AND a.postcode <> ''
    GROUP BY customers_name_key(c.name), a.country, replace(upper(a.postcode), ' ', '')
    HAVING count(DISTINCT c.id) BETWEEN 2 AND 10
), pairs AS (
    SELECT one.id AS customer_id, other.id AS other_id, alike.why
    FROM alike, unnest(alike.ids) AS one(id), unnest(alike.ids) AS other(id)
    WHERE one.id < other.id
)
SELECT (p.customer_id << 32) | p.other_id AS id, p.customer_id, p.other_id,
       bool_or(p.why = 'mail') AS by_mail, bool_or(p.why = 'phone') AS by_phone, bool_or(p.why = 'place') AS by_place
FROM pairs AS p
    JOIN customers_customer AS one ON one.id = p.customer_id
    JOIN customers_customer AS other ON other.id = p.other_id
WHERE NOT (one.user_id IS NOT NULL AND other.user_id IS NOT NULL)
    AND NOT EXISTS (SELECT FROM customers_notthesame AS apart WHERE apart.one_id = p.customer_id AND apart.other_id = p.other_id)
GROUP BY p.customer_id, p.other_id;

-- One record stands for another directly or not at all: no chains, so that undoing one merge never touches another.
CREATE FUNCTION customers_no_chains() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF (TG_OP = 'UPDATE' AND OLD.merged_into_id <> NEW.merged_into_id)
        OR EXISTS (SELECT FROM customers_customer WHERE id = NEW.merged_into_id AND merged_into_id IS NOT NULL)
        OR EXISTS (SELECT FROM customers_customer WHERE merged_into_id = NEW.id)
    THEN
        RAISE EXCEPTION 'customer % cannot be merged into %: one of the two is part of a merge already', NEW.id, NEW.merged_into_id
            USING ERRCODE = 'SK900', HINT = 'Undo the other merge first.';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER customers_no_chains BEFORE INSERT OR UPDATE OF merged_into_id ON customers_customer
    FOR EACH ROW WHEN (NEW.merged_into_id IS NOT NULL) EXECUTE FUNCTION customers_no_chains();

-- A note stays as it was written. It may be struck out, once.
CREATE FUNCTION customers_note_kept() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.struck_at IS NULL
        AND (NEW.id, NEW.customer_id, NEW.text, NEW.author_id, NEW.at) = (OLD.id, OLD.customer_id, OLD.text, OLD.author_id, OLD.at)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a note about a customer is never changed or removed, only struck out, once'
        USING ERRCODE = 'SK900', HINT = 'Strike the note out with a reason and write another.';
END
$$;

CREATE TRIGGER customers_note_kept BEFORE UPDATE OR DELETE ON customers_note
    FOR EACH ROW EXECUTE FUNCTION customers_note_kept();

-- A merge stays as it was made. It may be undone, once.
CREATE FUNCTION customers_merge_kept() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.parted_at IS NULL
        AND (NEW.id, NEW.customer_id, NEW.merged_id, NEW.reason, NEW.taken, NEW.at, NEW.actor_id)
            = (OLD.id, OLD.customer_id, OLD.merged_id, OLD.reason, OLD.taken, OLD.at, OLD.actor_id)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a merge of customers is never changed or removed, only undone, once'
        USING ERRCODE = 'SK900', HINT = 'Undo the merge and make another.';
END
$$;

CREATE TRIGGER customers_merge_kept BEFORE UPDATE OR DELETE ON customers_merge
    FOR EACH ROW EXECUTE FUNCTION customers_merge_kept();
