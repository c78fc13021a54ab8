"""The settings of the embedded PostgreSQL: modest memory, every commit on disk."""

from pathlib import Path

INCLUDED = "stadtkern.conf"

SETTINGS = {
    "max_connections": "60",
    "shared_buffers": "96MB",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "huge_pages": "off",
    "max_worker_processes": "4",
    "max_parallel_workers": "2",
    "max_parallel_workers_per_gather": "1",
    "autovacuum_max_workers": "2",
    # Acknowledged means committed, and committed means on disk.
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_compression": "pglz",
    "max_wal_size": "1GB",
    "min_wal_size": "80MB",
    "checkpoint_timeout": "10min",
    "max_wal_senders": "2",
    "max_replication_slots": "2",
    # Server times and messages do not depend on the machine; the supervisor reads the log.
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_startup_progress_interval": "2s",
    "log_min_duration_statement": "1s",
    # Values of a statement may be personal data: they stay out of the log.
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_checkpoints": "off",
    "datestyle": "iso, dmy",
    "default_text_search_config": "pg_catalog.german",
    "dynamic_shared_memory_type": "posix",
}
# Fewer of the reading processes that version 18 brought: each idle one costs memory.
NEWER = {"io_workers": "2"}


def write_settings(cluster: Path, version: int) -> None:
    """Rewritten at every start; ALTER SYSTEM and postgresql.conf are the operator's and win."""
    settings = {**SETTINGS, **(NEWER if version >= 18 else {})}
    lines = [f"{name} = '{value}'" for name, value in settings.items()]
    head = "# Written at every start. Use ALTER SYSTEM for settings of your own."
    (cluster / INCLUDED).write_text("\n".join([head, *lines, ""]))


def include_settings(cluster: Path) -> None:
    """In place of what initdb wrote: its values would win over ours."""
    (cluster / "postgresql.conf").write_text(
        f"# What stands below the next line wins over Stadtkern's own settings.\n"
        f"include_if_exists = '{INCLUDED}'\n"
    )
