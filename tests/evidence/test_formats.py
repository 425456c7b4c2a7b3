from __future__ import annotations

import base64
import hashlib
import json

from evidence.model import Missing, Reason, Scope, ScopeStatus, Status
from tests.evidence.estate import OTHER, UNIT, coverage, judged, night, observed, result


def canonical(value) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def root(digests: list[str]) -> str:
    def tree(hashes: list[bytes]) -> bytes:
        if len(hashes) == 1:
            return hashes[0]
        split = 1
        while split * 2 < len(hashes):
            split *= 2
        return hashlib.sha256(b"\x01" + tree(hashes[:split]) + tree(hashes[split:])).digest()

    return "sha256:" + tree([hashlib.sha256(b"\x00" + bytes.fromhex(d[7:])).digest() for d in digests]).hex()


def unit_digest(store, run: int, unit: tuple[int, str, str, str], principal: str, covered: str) -> str:
    number, *key = unit
    rows = store.backend.query(
        "SELECT uid, e.digest, j.digest FROM (SELECT id, uid, evidence_id, judgement_id FROM resource "
        "WHERE unit_id = ? AND since_run <= ? UNION ALL SELECT id, uid, p.evidence_id, p.judgement_id FROM resource "
        "JOIN past p ON p.resource_id = id WHERE unit_id = ? AND p.from_run <= ? AND p.to_run > ?) held "
        "LEFT JOIN object e ON e.id = evidence_id LEFT JOIN object j ON j.id = judgement_id "
        "WHERE evidence_id <> 0 OR judgement_id <> 0",
        (number, run, number, run, run),
    )
    columns = sorted([uid, *("sha256:" + raw.hex() if raw else "" for raw in raws)] for uid, *raws in rows)
    uids, evidence, judgements = zip(*columns, strict=True) if columns else ((), (), ())
    manifest = {"v": 1, "unit": key, "principal": principal, "coverage": covered}
    once = sorted(set(judgements))
    judged = [once.index(judgement) for judgement in judgements]
    columns = {"uids": uids, "evidence": evidence, "judged": judged, "judgements": once}
    return digest(canonical(manifest | columns))


def test_a_sealed_run_is_rederived_from_the_documented_formats_alone(store):
    denied = Missing(Reason.DENIED, "s3:GetEncryptionConfiguration", "Zoë may not")
    first = result(
        [observed("a"), observed("b", "eu-west-1", encryption=denied)], [coverage(), coverage("eu-west-1")]
    )
    night(store, first, result([observed("c", unit=OTHER)], unit=OTHER))
    dark = [coverage(), coverage("eu-west-1", ScopeStatus.FAILED)]
    said = [
        judged(Scope(UNIT.target, "eu-west-1"), Status.UNKNOWN),
        judged(observed("a").resource, Status.FAIL),
    ]
    night(store, result([observed("a")], dark, night=2), said=said, number=2, planned=[UNIT, OTHER])
    for run in (1, 2):
        (event,) = [e for _, e in store.events("nightledger.run/1") if e["run"] == run]
        derived = []
        units = store.backend.query("SELECT id, source, target, kind FROM unit ORDER BY source, target, kind")
        for unit in units:
            state, principal, covered = store.backend.query(
                "SELECT state, name, object.digest FROM run_unit LEFT JOIN principal ON principal.id = principal_id "
                "LEFT JOIN object ON object.id = coverage_id WHERE run_id = ? AND unit_id = ?",
                (run, unit[0]),
            )[0]
            if state == 2:
                derived.append(unit_digest(store, run, unit, principal, "sha256:" + covered.hex()))
        assert len(derived) == event["done"]
        assert root(derived) == event["root"]


def test_the_documents_are_those_of_the_page(store):
    denied = Missing(Reason.DENIED, "s3:GetEncryptionConfiguration", "Zoë may not")
    night(store, result([observed("a", encryption=denied)]))
    ((span, _),) = store.evidence_at("a", 1)
    missing = {"$missing": "denied", "need": "s3:GetEncryptionConfiguration", "detail": "Zoë may not"}
    document = {"name": "a", "part": "global", "labels": [["Owner", "Zoë"]], "facts": {"encryption": missing}}
    assert store.object(store.evidence(span)[0]) == canonical(document)
    verdict = {"status": "pass", "sentence": "the answer is pass", "facts": ["encryption"], "missing": []}
    (judgement,) = store.backend.query("SELECT digest FROM object JOIN resource ON judgement_id = object.id")
    expected = canonical({"encrypted": verdict, "versioned": verdict})
    assert store.object("sha256:" + judgement[0].hex()) == expected


def test_a_journal_is_rederived_from_the_units_row_and_its_body(store):
    night(store, result([observed("a")]))
    ((journal, body),) = store.backend.query("SELECT journal, body FROM run_unit")
    assert store.journal(1, UNIT) == {
        "v": 1,
        "unit": ["prod", "aws/111122223333", "aws.s3.bucket"],
        "manifest": store.units(1)[0].digest,
        "principal": "arn:aws:iam::111122223333:role/nightledger",
        "owner": "",
        "attempt": 0,
        "started": "2026-11-01T01:00:00Z",
        "finished": "2026-11-01T01:00:09Z",
        "calls": [
            [
                "list_buckets",
                "{}",
                "2026-11-01T01:00:01Z",
                "request-1",
                digest(canonical({"Buckets": ["a"]})),
                "",
                "",
                "global",
            ]
        ],
        "volatile": [["arn:aws:s3:::a", {"last_used": "2026-11-21"}]],
        "dropped": [["Buckets[].CreationDate", 1]],
    }
    assert digest(canonical(store.journal(1, UNIT))) == "sha256:" + journal.hex()
    assert len(body) < len(canonical(store.journal(1, UNIT)))


def test_the_checkpoint_is_that_of_the_ledgers_leaves(store):
    night(store, result([observed("a")]))
    leaves = [bytes(row[0]) for row in store.backend.query("SELECT leaf FROM ledger ORDER BY idx")]
    first, second = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]
    origin, size, text, blank, *_ = store.log.last_note().split("\n")
    assert (origin, size, blank) == (store.log.origin, "2", "")
    assert base64.b64decode(text) == hashlib.sha256(b"\x01" + first + second).digest()
    assert [canonical(json.loads(leaf)) for leaf in leaves] == leaves
