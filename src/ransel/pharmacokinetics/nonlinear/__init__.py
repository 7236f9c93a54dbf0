"""Models without a closed form, integrated with an error that is controlled."""
