"""Simulated children: the same ones for the same seed, whoever draws them."""
