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
    held = "from_run <= ? AND to_run > ?"
    rows = []
    for resource, uid in store.backend.query("SELECT id, uid FROM resource WHERE unit_id = ?", (number,)):
        evidence = store.backend.query(
            f"SELECT digest FROM evidence JOIN object ON object.id = object_id WHERE resource_id = ? AND {held}",
            (resource, run, run),
        )
        findings = store.backend.query(
            "SELECT name, digest FROM finding JOIN check_name ON check_name.id = check_id "
            f"JOIN object ON object.id = verdict_id WHERE resource_id = ? AND {held}",
            (resource, run, run),
        )
        said = [text for name, raw in sorted(findings) for text in (name, "sha256:" + raw.hex())]
        if evidence or said:
            rows.append([uid, "sha256:" + evidence[0][0].hex() if evidence else "", *said])
    manifest = {"v": 1, "unit": key, "principal": principal, "coverage": covered, "resources": sorted(rows)}
    return digest(canonical(manifest))


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
    assert store.object(span.digest) == canonical(document)
    finding = next(iter(store.findings(1)))
    verdict = {"status": "pass", "sentence": "the answer is pass", "facts": ["encryption"], "missing": []}
    assert store.object(finding.verdict) == canonical(verdict)


def test_the_checkpoint_is_that_of_the_ledgers_leaves(store):
    night(store, result([observed("a")]))
    leaves = [bytes(row[0]) for row in store.backend.query("SELECT leaf FROM ledger ORDER BY idx")]
    first, second = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]
    origin, size, text, blank, *_ = store.log.last_note().split("\n")
    assert (origin, size, blank) == (store.log.origin, "2", "")
    assert base64.b64decode(text) == hashlib.sha256(b"\x01" + first + second).digest()
    assert [canonical(json.loads(leaf)) for leaf in leaves] == leaves
