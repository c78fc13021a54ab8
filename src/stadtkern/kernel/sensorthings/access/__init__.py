"""Who asks: keys, tokens and log-ins, what they may see and write, and how often."""
