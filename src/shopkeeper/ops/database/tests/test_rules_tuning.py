"""Settings for a machine: exact values worked by hand."""

import pytest

from shopkeeper.ops.database.rules import tuning

GB = tuning.GB


@pytest.mark.parametrize(
    ("memory", "buffers", "cache", "wal"),
    [
        (GB // 2, "64MB", "256MB", "512MB"),
        (8 * GB, "341MB", "4096MB", "682MB"),
        (256 * GB, "4096MB", "131072MB", "8192MB"),
    ],
)
def test_memory_settings_follow_the_machine_within_bounds(memory, buffers, cache, wal):
    values = tuning.settings(memory_bytes=memory, major=18)

    assert (values["shared_buffers"], values["effective_cache_size"], values["max_wal_size"]) == (buffers, cache, wal)


@pytest.mark.parametrize("name", ["fsync", "full_page_writes", "synchronous_commit", "restart_after_crash", "summarize_wal"])
def test_nothing_that_keeps_data_safe_is_off(name):
    assert tuning.settings(memory_bytes=GB, major=18)[name] == "on"


def test_a_server_before_17_is_not_given_a_setting_it_does_not_know():
    assert "summarize_wal" not in tuning.settings(memory_bytes=GB, major=15)


def test_no_statement_and_no_value_of_a_row_can_reach_the_log():
    values = tuning.settings(memory_bytes=GB, major=18)

    assert values["log_min_error_statement"] == "panic"
    assert values["log_error_verbosity"] == "terse"
    assert values["log_min_duration_statement"] == "-1"
    assert values["log_parameter_max_length_on_error"] == "0"
    assert "log_statement" not in values


def test_a_file_has_one_setting_a_line():
    assert tuning.as_file({"fsync": "on", "listen_addresses": "''"}) == "fsync = on\nlisten_addresses = ''\n"
