"""Controllers of bike boxes: doors, PIN pad and card reader of three places, with their faults."""
