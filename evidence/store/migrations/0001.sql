-- Schema 1. Written for SQLite; postgres.py lists the few words that differ there.
-- Intervals are half-open [from_run, to_run); an open one ends at 2147483647. Digests are 32 raw bytes.
-- packing: -1 as it is, 0 zstd, else the id of the dictionary that zstd was given.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE dictionary (
    id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, family TEXT NOT NULL, data BLOB NOT NULL);

CREATE TABLE object (
    id INTEGER PRIMARY KEY, packing SMALLINT NOT NULL, digest BLOB NOT NULL UNIQUE, data BLOB NOT NULL);

CREATE TABLE principal (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

CREATE TABLE run (
    id INTEGER PRIMARY KEY, series TEXT NOT NULL, trigger TEXT NOT NULL, state TEXT NOT NULL,
    started TEXT NOT NULL, finished TEXT NOT NULL, plan_id INTEGER NOT NULL, ledger_idx INTEGER NOT NULL);

CREATE TABLE unit (
    id INTEGER PRIMARY KEY, series TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL,
    kind TEXT NOT NULL, UNIQUE (series, source, target, kind));

-- journal is the digest of the unit's journal, body what it says beyond this row.
CREATE TABLE run_unit (
    run_id INTEGER NOT NULL, unit_id INTEGER NOT NULL, principal_id INTEGER NOT NULL, started INTEGER NOT NULL,
    finished INTEGER NOT NULL, coverage_id INTEGER NOT NULL, state SMALLINT NOT NULL, packing SMALLINT NOT NULL,
    attempt SMALLINT NOT NULL, owner TEXT NOT NULL, digest BLOB NOT NULL, journal BLOB NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (run_id, unit_id)) WITHOUT ROWID;

CREATE INDEX run_unit_by_unit ON run_unit (unit_id);

-- A resource and what has held of it since since_run. evidence_id and judgement_id are objects, or 0; both are 0 while
-- the resource is gone. statuses is the sum of 1 pass, 2 fail, 4 unknown, 8 not applicable over the verdicts.
CREATE TABLE resource (
    id INTEGER PRIMARY KEY, unit_id INTEGER NOT NULL, since_run INTEGER NOT NULL, evidence_id INTEGER NOT NULL,
    judgement_id INTEGER NOT NULL, statuses SMALLINT NOT NULL, uid TEXT NOT NULL, name TEXT NOT NULL,
    part TEXT NOT NULL, UNIQUE (uid, unit_id));

CREATE INDEX resource_by_unit ON resource (unit_id);

-- What held before, from run 1 without a gap, also that nothing was known yet: what ended is all that changed.
CREATE TABLE past (
    resource_id INTEGER NOT NULL, from_run INTEGER NOT NULL, to_run INTEGER NOT NULL,
    evidence_id INTEGER NOT NULL, judgement_id INTEGER NOT NULL, statuses SMALLINT NOT NULL,
    PRIMARY KEY (resource_id, to_run)) WITHOUT ROWID;

CREATE INDEX past_to ON past (to_run);

CREATE TABLE ledger (idx INTEGER PRIMARY KEY, leaf BLOB NOT NULL, hash BLOB NOT NULL);

CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, note TEXT NOT NULL);
