"""The dump's text: the same migrations give the same file, and an older server can read it."""

from datetime import UTC, datetime

from shopkeeper.ops.database.rules import dump_text

FILES = {"shop/migrations/0001_initial.py": "aaaaaaaaaaaa", "shop/migrations/0002_more.py": "bbbbbbbbbbbb"}
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

DUMPED = """--
-- PostgreSQL database dump
--

\\restrict abc

-- Dumped from database version 18.4
-- Dumped by pg_dump version 18.4

SET statement_timeout = 0;
SET transaction_timeout = 0;

--
-- Name: f; Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.f() RETURNS integer AS $$
-- a comment of ours stays
SELECT 1 $$ LANGUAGE sql;

INSERT INTO public.django_migrations VALUES
	(1, 'shop', '0001_initial', '2026-03-01 12:00:03.123456+00'),
	(2, 'kept', 'since', '2020-01-01 00:00:00+00');
INSERT INTO public.page VALUES (1, '{first}'), (2, '{second}'), (3, '{first}');

\\unrestrict abc
"""
A, B = "a1cb9e59-0b50-4e3f-b0bc-275c6adecd66", "0f9e8d7c-6b5a-4c3d-8e2f-1a0b9c8d7e6f"


def cleaned(first=A, second=B):
    return dump_text.clean(DUMPED.replace("{first}", first).replace("{second}", second), files=FILES, made_after=NOON)


def test_moments_and_random_identifiers_do_not_change_the_file():
    assert cleaned() == cleaned(first=B, second=A)
    assert "2026-03-01 12:00:03" not in cleaned()
    assert "2020-01-01 00:00:00+00" in cleaned(), "a moment that a migration wrote on purpose stays"


def test_equal_identifiers_stay_equal_and_different_ones_different():
    row = next(line for line in cleaned().splitlines() if "public.page" in line)
    first, second, third = (part.split("'")[1] for part in row.split("(")[1:])

    assert first == third != second


def test_what_postgresql_15_does_not_know_is_left_out_and_our_functions_are_left_alone():
    text = cleaned()

    assert "transaction_timeout" not in text
    assert "\\restrict" not in text
    assert "\\unrestrict" not in text
    assert "-- a comment of ours stays\n" in text


def test_a_dump_serves_newer_code_but_not_code_whose_old_migrations_changed():
    text = cleaned()

    assert dump_text.is_made_from(text, FILES)
    assert dump_text.is_made_from(text, {**FILES, "shop/migrations/0003_new.py": "cccccccccccc"})
    assert not dump_text.is_made_from(text, {**FILES, "shop/migrations/0002_more.py": "dddddddddddd"})
    assert not dump_text.is_made_from(text, {"shop/migrations/0001_initial.py": "aaaaaaaaaaaa"})
    assert not dump_text.is_made_from("SELECT 1;", FILES), "a file that names no migrations proves nothing"


def test_a_planted_difference_is_named():
    kept = cleaned()
    made = kept.replace("RETURNS integer", "RETURNS bigint")

    assert dump_text.difference(kept, kept) == []
    assert any("+" in line and "bigint" in line for line in dump_text.difference(kept, made))
