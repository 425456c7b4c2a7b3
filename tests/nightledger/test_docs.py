import pytest

from nightledger.docs import ROOT, documents


@pytest.mark.parametrize("name", sorted(documents()))
def test_a_generated_document_says_what_the_code_says(name):
    assert (ROOT / name).read_text(encoding="utf-8") == documents()[name], (
        "stale: run python -m nightledger.docs"
    )


def test_documents_name_every_check_and_every_verb():
    texts = documents()
    assert "### aws-s3-bucket-versioning" in texts["docs/checks.md"]
    assert "## nightledger schedule" in texts["docs/cli.md"]
    assert "`s3:GetEncryptionConfiguration`" in texts["docs/permissions.md"]
