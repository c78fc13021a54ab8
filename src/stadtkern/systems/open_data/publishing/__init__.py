"""Staff publish files as datasets: upload, correct, describe, check, release."""
