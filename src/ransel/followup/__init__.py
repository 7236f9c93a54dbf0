"""How a child bears an infusion: side effects by the terms and grades of CTCAE."""
