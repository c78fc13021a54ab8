"""Pay for parking by phone, at the machine or here, to the minute."""
