"""The city as an app: first page for phones, offline copies, messages, manifest, worker."""
