"""Letters the city sends by itself: kept as rows with the deed, sent by a job, never twice."""
