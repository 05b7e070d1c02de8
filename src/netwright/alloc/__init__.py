"""Numbers that never move: pools, and the ledger that says which claim holds which number."""
