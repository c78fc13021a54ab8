"""Places and areas: whatever stands somewhere."""
