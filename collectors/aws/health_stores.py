"""HealthLake: stores of health records. What they hold is never asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from collectors.aws.client import AwsClient, own_arn
from collectors.aws.kind import REGIONS, AwsKind
from collectors.kind import Found, lists
from evidence.facts.aws_data import HealthRecords

_ENDED = frozenset({"DELETING", "DELETED", "CREATE_FAILED"})


class HealthStore(AwsKind):
    """A store of FHIR records, whose id is never used again."""

    kind = "aws.healthlake.datastore"
    service = "healthlake"
    part = "region"
    keep: ClassVar = {
        "list_fhir_datastores": (
            "DatastorePropertiesList[]{DatastoreArn, DatastoreId, DatastoreName, DatastoreStatus, "
            "SseConfiguration{KmsEncryptionConfig{CmkType}}, BackupStatusInfo{Configuration{Status}}}"
        )
    }
    records: HealthRecords

    @lists(needs={"list_fhir_datastores": "healthlake:ListFHIRDatastores", **REGIONS}, gives="records")
    def every(self, healthlake: AwsClient) -> Iterator[Found]:
        """ListFHIRDatastores, 100 at a time, without those that are gone or going."""
        for page in healthlake.pages("list_fhir_datastores", MaxResults=100):
            for row in page["DatastorePropertiesList"]:
                if row["DatastoreStatus"] not in _ENDED:
                    yield Found(
                        own_arn(healthlake, row["DatastoreArn"]),
                        row.get("DatastoreName") or row["DatastoreId"],
                        gives={"records": _records(row)},
                    )


def _records(row: Mapping[str, Any]) -> HealthRecords:
    key = row.get("SseConfiguration", {}).get("KmsEncryptionConfig", {}).get("CmkType", "AWS_OWNED_KMS_KEY")
    status = row.get("BackupStatusInfo", {}).get("Configuration", {}).get("Status")
    return {
        "own_key": key == "CUSTOMER_MANAGED_KMS_KEY",
        "backups": None if status is None else status == "ENABLED",
    }
