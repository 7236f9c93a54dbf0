"""Concentrations after infusions: whole populations, single children, and what may be said about them."""
