"""Linux hosts, this machine or over SSH: one script, one record, parsed into facts."""
