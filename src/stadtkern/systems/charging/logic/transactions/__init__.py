"""Cars that charge: beginning, meter values and end, in whatever order a point tells them."""
