"""Judge: pure functions from facts to verdicts. No I/O, no SDK, no clock."""
