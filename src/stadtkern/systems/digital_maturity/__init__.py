"""How far each of the city's services goes online, measured by the maturity model."""
