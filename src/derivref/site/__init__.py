"""What the pages call: each function returns Markdown or HTML for a one-line fence."""
