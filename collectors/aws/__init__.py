"""AWS: accounts, their regions and the resources the safeguards speak about. Read-only calls only."""
