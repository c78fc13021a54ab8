"""Display boards: what they ought to show, how they are told, and what they do show."""
