"""PostgreSQL's settings for a machine: pure arithmetic over its memory and the server's version."""

from __future__ import annotations

from collections.abc import Mapping

MB = 1024 * 1024
GB = 1024 * MB


def _clamp(value: int, low: int, high: int) -> int:
    return max(low, min(value, high))


def settings(*, memory_bytes: int, major: int) -> dict[str, str]:
    """Return the server's settings, by name, for a machine with this much memory and a server of this major version.

    The shop's own processes share the machine, so the server takes an eighth of the memory for its buffers, not the usual quarter.
    """
    return {**_safety(major), **_memory(memory_bytes), **_logging(), **_conduct()}


def _safety(major: int) -> dict[str, str]:
    safe = {
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "wal_level": "replica",
        "max_wal_senders": "10",
        # A standby that was away for a while catches up from here; a rewind needs it too.
        "wal_keep_size": "256MB",
        # What an archive that nobody writes any more may hold back, before it is given up rather than the disk filled.
        "max_slot_wal_keep_size": "4GB",
        "restart_after_crash": "on",
    }
    if major >= 17:
        safe["summarize_wal"] = "on"
    return safe


def _memory(memory_bytes: int) -> dict[str, str]:
    def part(share: int, low: int, high: int) -> str:
        return f"{_clamp(memory_bytes // share, low, high) // MB}MB"

    return {
        # What does not fit is kept by the operating system all the same; each GB here takes 18 MB more to keep account of.
        "shared_buffers": part(24, 64 * MB, 4 * GB),
        "effective_cache_size": part(2, 256 * MB, 512 * GB),
        "maintenance_work_mem": part(32, 32 * MB, GB),
        "work_mem": part(1024, 4 * MB, 64 * MB),
        "max_wal_size": part(12, 512 * MB, 8 * GB),
        "min_wal_size": "128MB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "max_connections": "100",
        # Compiling a plan costs more than it saves on short shop queries.
        "jit": "off",
    }


def _logging() -> dict[str, str]:
    return {
        "logging_collector": "on",
        "log_filename": "'postgresql-%a.log'",
        "log_file_mode": "0600",
        "log_rotation_age": "1d",
        "log_truncate_on_rotation": "on",
        "log_rotation_size": "0",
        "log_min_duration_statement": "-1",
        # Statements and the details of a broken constraint carry names and addresses: neither belongs in a log.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "log_checkpoints": "on",
        "log_lock_waits": "on",
        "log_timezone": "UTC",
    }


def _conduct() -> dict[str, str]:
    return {
        "listen_addresses": "''",
        "unix_socket_permissions": "0700",
        "timezone": "UTC",
        "default_text_search_config": "'pg_catalog.simple'",
        "idle_in_transaction_session_timeout": "15min",
        "autovacuum_vacuum_scale_factor": "0.05",
        "autovacuum_analyze_scale_factor": "0.02",
    }


def as_file(values: Mapping[str, str]) -> str:
    """Return the settings as the text of a configuration file."""
    return "".join(f"{name} = {value}\n" for name, value in values.items())
