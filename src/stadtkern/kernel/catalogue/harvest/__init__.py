"""Other catalogues in ours: DCAT and CKAN sources, with provenance and without duplicates."""
