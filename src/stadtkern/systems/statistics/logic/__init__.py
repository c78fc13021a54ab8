"""The rules of statistics: editions, secrecy, publication."""
