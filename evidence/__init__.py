"""Remember: the vocabulary, the store, the ledger and what changed. Nothing here looks or judges."""
