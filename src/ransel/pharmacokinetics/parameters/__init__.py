"""What a drug is taken to do in children: parameter sets as data, and what in them was not read in a source."""
