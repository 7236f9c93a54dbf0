"""Measured figures, as ratios against a limit or a peer: `make bench`."""
