"""The few things every city system is made of; knows no system and no city."""
