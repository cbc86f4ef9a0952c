"""The judge: exact values, measured errors, facts, the checks of each kind, the export."""
