"""Learns the rhythm of each car park, foresees its free spaces, and checks how well it did."""
