"""What held of resources, in SQL: the pieces that every reader of `resource` and `past` shares."""

from __future__ import annotations

from evidence.store.backend import OPEN

SPANS = f"""(
SELECT resource_id, from_run, to_run, evidence_id, judgement_id, statuses FROM past UNION ALL
SELECT id, since_run, {OPEN}, evidence_id, judgement_id, statuses FROM resource)"""  # noqa: S608 - a number
"""All that ever held, to be read like a table."""

AS_OF = "LEFT JOIN past p ON p.resource_id = r.id AND p.from_run <= ? AND p.to_run > ?"
"""Joins to `resource r` what held as of a run, which is given twice, where that is not what holds now."""

EVIDENCE = "CASE WHEN p.to_run IS NULL THEN r.evidence_id ELSE p.evidence_id END"
"""The object row of the evidence that held, 0 for none; `coalesce` would hide a past that was emptied."""

JUDGEMENT = "CASE WHEN p.to_run IS NULL THEN r.judgement_id ELSE p.judgement_id END"
"""The object row of the judgement that held, 0 for none."""
