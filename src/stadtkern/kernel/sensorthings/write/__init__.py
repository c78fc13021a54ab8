"""Creates, changes and deletes entities in one transaction of Django's connection."""
