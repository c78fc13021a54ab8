"""Words and figures of the bike boxes for templates."""
