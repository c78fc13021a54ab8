"""Who somebody is, how sure the city is of it, and for whom they act."""
