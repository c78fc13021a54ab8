"""Number plates in photos: read by a child process, suggested to the officer, never kept."""
