"""FIT-Connect: applications, encrypted from here to the procedure, with signed receipts."""
