"""What each car may draw where the grid gives less than all outlets together could take."""
