"""Money that the city is owed: charges, payments through providers, refunds, a ledger."""
