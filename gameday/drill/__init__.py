"""A drill from plan to ENDEX: the facilitator (pure), the loop, the ledger, the owner, the guardian."""
