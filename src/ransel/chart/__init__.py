"""The record of one treatment: signed entries, appended and never changed; folding them gives its state."""
