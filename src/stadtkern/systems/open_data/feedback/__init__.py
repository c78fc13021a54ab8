"""What people ask for and report, for staff: inbox, answer, release."""
