"""The treasury's pages: charges, refunds, providers, comparing with the bank, the ledger."""
