"""The judge: enclosures, theorems about functions of one variable, and what "verified" means."""
