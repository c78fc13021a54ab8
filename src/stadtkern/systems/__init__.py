"""The city systems, one folder each; no system imports another."""
