"""Sessions that no point ever ended: found, closed with what is known, and explained."""
