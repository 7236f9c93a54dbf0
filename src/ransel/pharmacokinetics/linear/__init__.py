"""Linear models, exact between two changes of rate."""
