"""Several requests in one (18-088, 11): as multipart/mixed, or as OData's JSON."""
