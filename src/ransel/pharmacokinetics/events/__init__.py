"""Event tables as pharmacometricians write them: doses, infusions, steady states, levels."""
