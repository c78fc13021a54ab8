"""Plays those who share vehicles and a transport company: GBFS 3.0, GTFS, GTFS Realtime."""
