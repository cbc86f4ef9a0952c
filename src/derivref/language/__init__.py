"""One closed language for formulas and proofs: syntax, values, TeX."""
