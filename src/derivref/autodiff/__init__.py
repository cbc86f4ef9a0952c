"""Rules for NumPy's functions of whole arrays, one module a subject; `derivref.dual` loads them."""
