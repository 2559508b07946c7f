-- Return the shop's book currency, null where no shop has been opened.
CREATE FUNCTION shop_currency() RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT currency FROM shop_shop WHERE id = 1);
END
$$;
