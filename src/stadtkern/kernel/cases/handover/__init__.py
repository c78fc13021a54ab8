"""Cases on their way into the procedures of back offices, by adapters."""
