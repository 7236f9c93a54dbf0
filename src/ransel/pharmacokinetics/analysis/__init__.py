"""Measured levels analysed without a model."""
