"""The applicant's way through a case: begin, save, send, follow, end."""
