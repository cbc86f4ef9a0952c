"""The Python-Markdown extensions with which the pages are written."""
