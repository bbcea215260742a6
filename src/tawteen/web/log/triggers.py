"""Triggers with which SQLite and PostgreSQL refuse every change of the record but the next entry."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

TRIGGERS = frozenset(("record_log_insert", "record_log_update", "record_log_delete"))
POSTGRESQL_TRIGGERS = TRIGGERS | {"record_log_truncate"}

_REFUSAL = "the record takes the next entry and refuses every other change"

# Statements hold no value of anybody's.
_SQLITE = [
    # Fires before INSERT OR REPLACE removes the row in its way.
    f"""
    CREATE TRIGGER record_log_insert BEFORE INSERT ON record_log
    WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM record_log)
    BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END
    """,  # nosec B608
    f"CREATE TRIGGER record_log_update BEFORE UPDATE ON record_log BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    f"CREATE TRIGGER record_log_delete BEFORE DELETE ON record_log BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
]
_POSTGRESQL = [
    f"""
    CREATE FUNCTION record_log_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$
    """,
    f"""
    CREATE FUNCTION record_log_next() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.number IS DISTINCT FROM (SELECT coalesce(max(number), 0) + 1 FROM record_log) THEN
            RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$
    """,  # nosec B608
    "CREATE TRIGGER record_log_insert BEFORE INSERT ON record_log FOR EACH ROW EXECUTE FUNCTION record_log_next()",
    *(
        f"CREATE TRIGGER record_log_{act} BEFORE {act.upper()} ON record_log "
        "FOR EACH STATEMENT EXECUTE FUNCTION record_log_refuse()"
        for act in ("update", "delete", "truncate")
    ),
]


def trigger_statements(vendor: str) -> list[str]:
    """The statements that make the triggers on a database. Raises KeyError for one that is not supported."""
    return {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}[vendor]


def triggers_stand(connection: BaseDatabaseWrapper) -> bool:
    """Whether the database has all triggers, switched on."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = 'record_log'::regclass AND tgenabled IN ('O', 'A')"
            )
            return {name for (name,) in cursor.fetchall()} >= POSTGRESQL_TRIGGERS
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'record_log'")
        return {name for (name,) in cursor.fetchall()} >= TRIGGERS
